import Diagnostics
import Flask
import PolicyCompiler

/// Finds in a policy what has no effect, what has more than one should overlook, and what cannot come about.
struct PolicyLinter {
    let analysed: AnalysedPolicy
    let names: PolicyNames
    private let statementTexts: StatementTexts
    var findings: [LintFinding] = []
    /// How much is compared in all: who makes a policy that takes more hears nothing about the rest of it.
    var remainingSteps = 1 << 24
    var policy: Policy { analysed.policy }

    init(_ analysed: AnalysedPolicy) {
        self.analysed = analysed
        names = PolicyNames(analysed.policy)
        statementTexts = StatementTexts(analysed, namesInitialSIDs: false)
    }

    mutating func lint() {
        let mentions = TypeMentions(policy)
        // Of a source the compiler knows more about that: what macros, neverallow rules and other options name.
        if analysed.origins == nil { lintTypes(mentions) }
        lintRoles()
        lintBooleans()
        lintPowers()
        lintTransitions(mentions)
        lintPermissiveTypes()
        lintConstraints()
    }

    mutating func find(
        _ code: Diagnostic.Code, _ severity: Diagnostic.Severity, _ message: String, about subject: LintFinding.Subject, notes: [String] = [],
        help: String? = nil
    ) {
        findings.append(LintFinding(code: code, severity: severity, message: message, subject: subject, notes: notes, help: help))
    }

    /// A list for a reader: the first few, and how many more.
    static func list(_ names: [String]) -> String {
        let shown = names.prefix(4).map { "`\($0)`" }.joined(separator: ", ")
        return names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown
    }

    /// Statements as notes.
    func texts(_ statements: [FoundStatement]) -> [String] {
        let shown = Array(statements.prefix(8))
        let expressions = statementTexts.expressions(of: shown)
        return shown.compactMap { entry in
            guard let text = statementTexts.text(entry.statement) else { return nil }
            let condition = entry.condition.map { " \($0.branch ? "if" : "else of") (\(expressions[$0.place] ?? ""))" } ?? ""
            return "`\(String(decoding: text, as: UTF8.self))`\(condition)"
        }
    }

    // MARK: Permissive types

    private mutating func lintPermissiveTypes() {
        for number in policy.permissiveTypes {
            let name = names.type(number)
            guard !name.bytes.isEmpty else { continue }
            find(
                "permissive-type", .warning, "type `\(name)` is permissive: what it is denied is done all the same", about: .symbol(.type, name),
                help: "write the rules that it needs, and leave `permissive` out")
        }
    }
}
