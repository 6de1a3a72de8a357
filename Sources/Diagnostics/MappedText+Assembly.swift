extension MappedText {
    /// Appends a stretch of another text, which keeps its places.
    public mutating func append(_ other: MappedText, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        let start = bytes.count
        bytes.append(contentsOf: other.bytes[range])
        guard var index = other.indexOfRun(at: range.lowerBound) else { return }
        let (position, expansion) = other.origin(of: range.lowerBound)
        runs.append(Run(offset: UInt32(truncatingIfNeeded: start), position: position, expansion: expansion))
        index += 1
        while index < other.runs.count, Int(other.runs[index].offset) < range.upperBound {
            let run = other.runs[index]
            let offset = start + Int(run.offset) - range.lowerBound
            runs.append(
                Run(offset: UInt32(truncatingIfNeeded: offset), position: run.position, expansion: run.expansion))
            index += 1
        }
    }

    /// Appends text of the tool's own, which stands at `position` or nowhere.
    public mutating func append(_ text: some Collection<UInt8>, at position: SourcePosition = .unknown) {
        guard !text.isEmpty else { return }
        runs.append(Run(offset: UInt32(truncatingIfNeeded: bytes.count), position: position, expansion: .none))
        bytes.append(contentsOf: text)
    }

    /// Puts another text in front, without copying this one to another place where there is room.
    public mutating func prepend(_ other: MappedText) {
        let shift = UInt32(truncatingIfNeeded: other.bytes.count)
        bytes.insert(contentsOf: other.bytes, at: 0)
        for index in runs.indices {
            let run = runs[index]
            runs[index] = Run(offset: run.offset &+ shift, position: run.position, expansion: run.expansion)
        }
        runs.insert(contentsOf: other.runs, at: 0)
    }

    /// Makes comments of the lines that begin at these offsets.
    public mutating func commentOut(linesAt offsets: [Int]) {
        for offset in offsets { bytes[offset] = UInt8(ascii: "#") }
    }

    public mutating func reserveCapacity(bytes count: Int, runs runCount: Int) {
        bytes.reserveCapacity(count)
        runs.reserveCapacity(runCount)
    }
}
