import Diagnostics
import Flask
import PolicyCompiler

extension AnalysedPolicy {
    /// What is odd about the policy: what the compiler said of the source, if it was read for that (``InputOptions/isLinted``), what Xen
    /// has against an image, and what is found in the policy itself, source or not.
    public func lint(_ selection: LintSelection = LintSelection()) -> LintAnswer {
        var linter = PolicyLinter(self)
        linter.lint()
        var map = map
        var found = diagnostics(linter.findings, &map)
        if let origins {
            found = self.diagnostics + origins.unsilenced(found, in: &map)
        } else {
            found = Compiler.check(policy, for: release).map { finding in
                // Whether a release takes it is not the question of who reads it.
                var finding = finding
                finding.severity = .warning
                return finding
            } + found
        }
        var list = DiagnosticList(errorLimit: nil)
        for finding in found where !selection.excluded.contains(finding.code) {
            var finding = finding
            if selection.denied.contains(finding.code) { finding.severity = .error }
            list.append(finding)
        }
        return LintAnswer(findings: list.sorted, map: map)
    }

    private func diagnostics(_ findings: [LintFinding], _ map: inout SourceMap) -> [Diagnostic] {
        let statements = findings.flatMap { finding -> [FoundStatement] in
            if case .statements(let statements) = finding.subject { statements } else { [] }
        }
        var spans = spans(of: statements, &map)[...]
        return findings.map { finding in
            var places: [Span] = []
            switch finding.subject {
            case .symbol(let kind, let name): places = [origins?.declaration(of: name, kind, in: &map)].compactMap(\.self)
            case .statements(let statements):
                places = spans.prefix(statements.count).flatMap(\.self)
                spans = spans.dropFirst(statements.count)
            }
            return Diagnostic(
                finding.code, finding.severity, finding.message, at: places.first ?? .unknown,
                labels: places.dropFirst().map { Diagnostic.Label($0, "and here") },
                // Where the source is shown, it need not be told.
                notes: places.isEmpty ? finding.notes : [], help: finding.help)
        }
    }

    /// Where a source says statements; empty for what has none.
    private func spans(of found: [FoundStatement], _ map: inout SourceMap) -> [[Span]] {
        var numbers = [[UInt32]](repeating: [], count: found.count)
        guard let origins, !found.isEmpty else { return found.map { _ in [] } }
        var questions: [(place: Int, question: StatementOrigins.RuleQuestion)] = []
        for (place, entry) in found.enumerated() {
            switch entry.statement {
            case .rule(let rule):
                let extended = rule.kind.isExtended ? policy.rules.extendedPermissions[Int(rule.data)] : nil
                let permissions = rule.kind == .allow ? rule.data : .max
                questions.append(
                    (
                        place,
                        StatementOrigins.RuleQuestion(
                            rule, extended: extended, condition: entry.condition.map { ($0.place, $0.branch) }, permissions: permissions)
                    ))
            case .constraint(let constraint, let objectClass, let index):
                numbers[place] = origins.statements(ofConstraint: index, ofClass: objectClass, isTransition: constraint.permissions == 0)
            default: break
            }
        }
        for (question, found) in zip(questions, origins.statements(of: questions.map(\.question))) { numbers[question.place] = found }
        return origins.spans(of: numbers, in: &map)
    }
}
