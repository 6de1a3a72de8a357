import Diagnostics
import Flask

/// Something that a linter found, before it is known where a source says it.
struct LintFinding {
    enum Subject {
        case symbol(SymbolKind, Name)
        case statements([FoundStatement])
    }

    let code: Diagnostic.Code
    let severity: Diagnostic.Severity
    let message: String
    /// Where it stands: a declaration, or statements, the first of them first.
    let subject: Subject
    var notes: [String] = []
    var help: String?
}
