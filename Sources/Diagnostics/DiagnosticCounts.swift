/// How many diagnostics of each severity there were.
public struct DiagnosticCounts: Hashable, Sendable {
    /// All errors, also those beyond the limit of a ``DiagnosticList``.
    public var errors = 0
    public var warnings = 0
    public var notes = 0
    /// How many of `errors` were counted but not kept.
    public var errorsNotShown = 0

    public init() {}

    /// Counts the given diagnostics.
    public init(of diagnostics: some Sequence<Diagnostic>) {
        for diagnostic in diagnostics { count(diagnostic.severity) }
    }

    mutating func count(_ severity: Diagnostic.Severity) {
        switch severity {
        case .error: errors += 1
        case .warning: warnings += 1
        case .note: notes += 1
        }
    }
}
