/// Where the lines of one file begin, so that finding a line takes logarithmic time.
struct LineIndex {
    /// Ascending offsets; the first is 0. Four bytes suffice, as a source map holds at most 1 GiB.
    private var starts: [UInt32] = [0]

    init(_ bytes: [UInt8]) {
        var offset: UInt32 = 0
        for byte in bytes {
            offset &+= 1
            if byte == UInt8(ascii: "\n") { starts.append(offset) }
        }
    }

    /// The number of the line, counted from 0, that holds the byte at `offset`.
    func line(at offset: Int) -> Int {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if Int(starts[middle]) <= offset { low = middle + 1 } else { high = middle }
        }
        return max(low - 1, 0)
    }

    /// The offsets of a line's text in `bytes`, of which this is the index, without the line end.
    func text(ofLine line: Int, in bytes: [UInt8]) -> Range<Int> {
        let start = Int(starts[line])
        guard line + 1 < starts.count else { return start..<bytes.count }
        let newline = Int(starts[line + 1]) - 1
        let end = newline > start && bytes[newline - 1] == UInt8(ascii: "\r") ? newline - 1 : newline
        return start..<end
    }
}
