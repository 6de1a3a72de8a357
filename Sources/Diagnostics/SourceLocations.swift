/// Finds where many positions stand: it remembers where the lines of each file begin, which
/// ``SourceMap/location(of:)`` looks for each time.
public struct SourceLocations {
    private var locator: SourceLocator

    public init(_ map: SourceMap) {
        locator = SourceLocator(map)
    }

    /// Where a position stands; nil if it is in no file.
    public mutating func location(of position: SourcePosition) -> SourceLocation? {
        locator.region(of: Span(start: position, length: 0))?.location
    }

    /// The macro calls through which a span's text came about, innermost first, and where each is written.
    public mutating func calls(of span: Span) -> [(macro: String, location: SourceLocation?)] {
        locator.stack(of: span).map { (locator.macroName(of: $0), location(of: $0.call)) }
    }
}
