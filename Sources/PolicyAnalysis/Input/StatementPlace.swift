public import Diagnostics

/// Where a statement was written.
public struct StatementPlace: Hashable, Sendable {
    /// A macro call through which the statement came about.
    public struct Call: Hashable, Sendable {
        public let macro: String
        public let location: SourceLocation
    }

    /// The line of the author's that says it: the statement's own, or that of the outermost macro call.
    public let location: SourceLocation
    /// Where the statement stands in the text of the innermost macro; the same without macros.
    public let written: SourceLocation
    /// The calls, innermost first.
    public let calls: [Call]

    /// Nil for text that no author wrote.
    init?(_ span: Span, _ locations: inout SourceLocations) {
        guard let written = locations.location(of: span.start) else { return nil }
        self.written = written
        calls = locations.calls(of: span).compactMap { call in call.location.map { Call(macro: call.macro, location: $0) } }
        location = calls.last?.location ?? written
    }
}

extension StatementPlace: Comparable {
    public static func < (a: StatementPlace, b: StatementPlace) -> Bool {
        (a.location.file, a.location.line, a.location.column) < (b.location.file, b.location.line, b.location.column)
    }
}
