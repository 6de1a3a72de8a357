/// A file as lines.
struct SourceLines: Sendable {
    /// Without line ends.
    private(set) var lines: [ArraySlice<UInt8>]
    /// Whether the last line has an end, as a file of text should.
    private(set) var isTerminated: Bool

    init(_ bytes: [UInt8]) {
        lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        isTerminated = bytes.isEmpty || bytes.last == UInt8(ascii: "\n")
        if isTerminated { lines.removeLast() }
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(lines.reduce(0) { $0 + $1.count + 1 })
        for (place, line) in lines.enumerated() {
            bytes += line
            if place + 1 < lines.count || isTerminated { bytes.append(UInt8(ascii: "\n")) }
        }
        return bytes
    }

    /// With lines put in; those for one place in their order.
    func inserting(_ insertions: [SourceInsertion]) -> SourceLines {
        var result = self
        result.lines = []
        result.lines.reserveCapacity(lines.count + insertions.count)
        var next = 0
        for insertion in Self.ordered(insertions) {
            let line = min(max(insertion.line, next), lines.count)
            result.lines += lines[next..<line]
            result.lines += insertion.text.map { Array($0.utf8)[...] }
            next = line
        }
        result.lines += lines[next...]
        // Behind the last line nothing can stand unless that ends.
        if next == lines.count, !insertions.isEmpty { result.isTerminated = true }
        return result
    }

    static func ordered(_ insertions: [SourceInsertion]) -> [SourceInsertion] {
        insertions.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
    }
}
