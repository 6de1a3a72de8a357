import Diagnostics
import Flask

/// What a call of an interface says in the policy language.
package struct InterfaceExpansion: Hashable, Sendable {
    /// An allow rule, its names not looked up: `-`, `~` and `*` stand among them as in the source.
    package struct Rule: Hashable, Sendable {
        package let sources: [String]
        package let targets: [String]
        package let classes: [String]
        package let permissions: [String]
        /// Whether it stands in an `if` block.
        package let isConditional: Bool
    }

    package let rules: [Rule]
    /// Whether it says nothing but rules about permissions: it declares nothing, and changes no labels.
    package let hasRulesOnly: Bool

    /// Reads the text of a call; nil for what is no policy language.
    init?(_ text: [UInt8]) {
        var log = DiagnosticLog(errorLimit: 16)
        let syntax = Parser.parse(
            MappedText(bytes: text, runs: []), dialect: Dialect(layout: .checkpolicy3_6), isMLS: false, map: SourceMap(), diagnostics: &log)
        // That other parts of a policy are missing is no mistake of an interface's.
        guard log.diagnostics.allSatisfy({ $0.severity != .error || $0.code == "missing-section" }) else { return nil }
        var rules: [Rule] = []
        var hasRulesOnly = true
        var depth = 0
        for node in syntax.nodes {
            switch node.statement {
            case .rule(let rule):
                switch rule.kind {
                case .allow:
                    func names(_ list: NameList) -> [String] { syntax[list].map { syntax.identifiers.text(of: $0.identifier) } }
                    rules.append(
                        Rule(
                            sources: names(rule.source), targets: names(rule.target), classes: names(rule.classes), permissions: names(rule.permissions),
                            isConditional: depth > 0))
                case .auditAllow, .auditDeny, .dontAudit: break
                case .neverAllow: hasRulesOnly = false
                }
            case .ifBegin: depth += 1
            case .ifElse: break
            case .ifEnd: depth -= 1
            default: hasRulesOnly = false
            }
        }
        self.rules = rules
        self.hasRulesOnly = hasRulesOnly
    }
}
