/// A place as a reader looks it up: a file's name, a line and a column.
///
/// Where a line marker (`#line 7 "domains/dom0.te"`) governs the text, file and line are those that the marker
/// presumes, and ``isPresumed`` is set: the text was copied from there into the file that was read.
public struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
    /// The file's name as the user or the line marker wrote it. It may hold any character: escape it before it
    /// is shown.
    public let file: String
    /// Counted from 1 (from whatever the line marker says where the location is presumed).
    public let line: Int
    /// In bytes of the line that was read, counted from 1.
    public let column: Int
    /// Whether a line marker named the file and the line.
    public let isPresumed: Bool

    public init(file: String, line: Int, column: Int, isPresumed: Bool = false) {
        self.file = file
        self.line = line
        self.column = column
        self.isPresumed = isPresumed
    }

    /// `file:line:column`, with the file's name as it is.
    public var description: String { "\(file):\(line):\(column)" }
}
