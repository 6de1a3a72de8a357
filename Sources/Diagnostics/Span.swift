/// A stretch of source text, and the macro call through which it reached the compiler.
public struct Span: Hashable, Sendable {
    public let start: SourcePosition
    /// In bytes; a span never crosses a line in what is shown.
    public let length: Int
    public let expansion: MacroExpansion.ID

    public init(start: SourcePosition, length: Int, expansion: MacroExpansion.ID = .none) {
        self.start = start
        self.length = length
        self.expansion = expansion
    }

    /// No place.
    public static let unknown = Span(start: .unknown, length: 0)
}

extension MappedText {
    /// The span of `length` bytes at `offset`, as an author wrote it; it ends where the author's piece ends.
    public func span(at offset: Int, length: Int) -> Span {
        let (position, expansion) = origin(of: offset)
        return Span(start: position, length: lengthOfPiece(at: offset, upTo: length), expansion: expansion)
    }
}
