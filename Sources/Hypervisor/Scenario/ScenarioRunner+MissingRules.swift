import Flask

extension ScenarioRunner {
    /// The rule that a refusal asks for; what the rules allow already is kept back by something else, which no rule lifts.
    func missingRules(_ denial: ScenarioOutcome.Question) -> [String] {
        guard let source = Self.type(denial.source), let target = Self.type(denial.target) else { return [] }
        let allowed = allowedByRules(denial)
        let missing = denial.permissions.filter { !allowed.contains($0) }
        let kept = denial.permissions.filter(allowed.contains)
        func words(_ permissions: [String]) -> String {
            permissions.count == 1 ? permissions[0] : "{ \(permissions.joined(separator: " ")) }"
        }
        var lines: [String] = []
        if !missing.isEmpty { lines.append("allow \(source) \(target):\(denial.objectClass) \(words(missing));") }
        if !kept.isEmpty {
            lines.append(
                "a constraint to let \(denial.source) have \(denial.objectClass) \(words(kept)) over \(denial.target): the rules do"
            )
        }
        return lines
    }

    /// What the rules of a policy allow of what was refused, before anything else is looked at.
    private func allowedByRules(_ denial: ScenarioOutcome.Question) -> Set<String> {
        guard let server = hypervisor.hooks.flask?.server, let known = server.vocabulary.objectClass(named: denial.objectClass),
            let source = try? server.identifier(of: Array(denial.source.utf8)),
            let target = try? server.identifier(of: Array(denial.target.utf8)),
            let allowed = try? server.allowedByRules(
                source: source, target: target, objectClass: UInt16(truncatingIfNeeded: known.number))
        else { return [] }
        let named = known.objectClass.permissions.prefix(32).enumerated().filter { allowed >> UInt32($0.offset) & 1 == 1 }
        return Set(named.map(\.element))
    }

    /// The type of a label: the third of its words.
    private static func type(_ label: String) -> Substring? {
        let words = label.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
        return words.count >= 3 ? words[2] : nil
    }

    /// A label as a line of the log has it.
    static func text(of context: AuditRecord.Context) -> String {
        switch context {
        case .text(let bytes): String(decoding: bytes, as: UTF8.self)
        case .identifier(let number): number.description
        }
    }
}
