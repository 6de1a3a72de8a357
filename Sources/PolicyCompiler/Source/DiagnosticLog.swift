import Diagnostics

/// What the stages of one compilation have to say, up to a limit of errors.
struct DiagnosticLog: Sendable {
    private var list = DiagnosticList(errorLimit: nil)
    /// After so many errors the compiler stops looking for more; nil looks for all.
    let errorLimit: Int?

    init(errorLimit: Int? = nil) {
        self.errorLimit = errorLimit
    }

    var diagnostics: [Diagnostic] { list.kept }
    var errorCount: Int { list.counts.errors }

    var hasErrors: Bool { errorCount > 0 }

    var isFull: Bool { errorLimit.map { errorCount >= $0 } ?? false }

    mutating func report(_ diagnostic: Diagnostic) {
        list.append(diagnostic)
    }

    /// Changes a diagnostic that was reported, by its place among ``diagnostics``.
    mutating func amend(_ place: Int, _ change: (inout Diagnostic) -> Void) {
        list.amend(place, change)
    }

    mutating func report(
        _ severity: Diagnostic.Severity, _ code: Diagnostic.Code, _ message: String, at span: Span, label: String? = nil,
        labels: [Diagnostic.Label] = [], notes: [String] = [], help: String? = nil,
        suggestion: Diagnostic.Suggestion? = nil
    ) {
        report(
            Diagnostic(
                code, severity, message, at: span, label: label, labels: labels, notes: notes, help: help,
                suggestion: suggestion))
    }
}
