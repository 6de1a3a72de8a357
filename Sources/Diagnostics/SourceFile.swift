/// One file as it was read, with the stretch of the position space that it occupies.
public struct SourceFile: Sendable {
    /// The path as the user wrote it, or as the tool derived it from what the user wrote.
    public let name: String
    public let bytes: [UInt8]
    /// The position of the first byte.
    public let start: SourcePosition

    /// Line and column, both counted from 1; the column counts bytes.
    public struct LineAndColumn: Hashable, Sendable {
        public let line: Int
        public let column: Int
    }

    /// The offset in `bytes` of a position inside this file.
    public func offset(of position: SourcePosition) -> Int {
        min(Int(position.rawValue) - Int(start.rawValue), bytes.count)
    }

    /// Where the byte at `offset` stands. Linear in the offset: it is asked for a diagnostic, not for every token.
    public func lineAndColumn(at offset: Int) -> LineAndColumn {
        var line = 1
        var lineStart = 0
        for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        return LineAndColumn(line: line, column: offset - lineStart + 1)
    }

    /// The text of the line around `offset`, without its line end.
    public func line(around offset: Int) -> ArraySlice<UInt8> {
        let anchor = min(offset, bytes.count)
        var first = anchor
        while first > 0, bytes[first - 1] != UInt8(ascii: "\n") { first -= 1 }
        var last = anchor
        while last < bytes.count, bytes[last] != UInt8(ascii: "\n") { last += 1 }
        if last > first, bytes[last - 1] == UInt8(ascii: "\r") { last -= 1 }
        return bytes[first..<last]
    }
}
