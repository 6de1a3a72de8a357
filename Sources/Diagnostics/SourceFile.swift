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
}
