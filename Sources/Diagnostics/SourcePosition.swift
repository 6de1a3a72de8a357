/// A place in the sources of one run: an offset into all loaded files laid end to end.
///
/// One number names the file and the byte, so that a token, a rule or a macro body can carry where it was
/// written in four bytes. ``SourceMap`` turns it back into file, line and column.
public struct SourcePosition: Hashable, Comparable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// No place: the text was made by the tool, not written by an author.
    public static let unknown = SourcePosition(rawValue: 0)

    public static func < (a: SourcePosition, b: SourcePosition) -> Bool {
        a.rawValue < b.rawValue
    }

    /// The place `count` bytes further on; the unknown place stays unknown.
    public func advanced(by count: Int) -> SourcePosition {
        self == .unknown ? self : SourcePosition(rawValue: rawValue &+ UInt32(truncatingIfNeeded: count))
    }
}
