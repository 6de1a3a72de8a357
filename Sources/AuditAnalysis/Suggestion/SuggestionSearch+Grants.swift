import Flask
import PolicyAnalysis

extension SuggestionSearch {
    /// What a changed policy allows besides what was denied.
    struct Granted {
        var rest: [GrantedAccess] = []
        /// The types that all of it is about.
        var types: [Name] = []
        /// Whether the policies differ in nothing else than that more is allowed, or less reported.
        var isOnlyMore = true
    }

    private struct Pair: Hashable {
        let source: Name
        let target: Name
        let objectClass: Name
    }

    /// More pairs of types of one difference are told together, though some of it was denied.
    private static var pairLimit: Int { 256 }

    func granted(by changed: AnalysedPolicy) throws(QuestionMistake) -> Granted {
        try granted(by: changed, than: policy)
    }

    func granted(by changed: AnalysedPolicy, than base: AnalysedPolicy) throws(QuestionMistake) -> Granted {
        let difference = try base.difference(to: changed, steps: finder.limits.steps)
        let denied = deniedPairs()
        var granted = Granted()
        granted.isOnlyMore = difference.entries.isEmpty
        var types: Set<Name> = []
        for rule in difference.rules {
            guard rule.group == .allow else {
                // An interface may say what is not to be reported as well.
                if rule.group != .dontAudit, rule.group != .auditAllow { granted.isOnlyMore = false }
                continue
            }
            types.formUnion(rule.sources)
            types.formUnion(rule.targets)
            for part in rule.parts {
                guard !part.isRemoval else {
                    granted.isOnlyMore = false
                    continue
                }
                var condition: String?
                if case .condition(let expression) = part.after { condition = expression }
                append(rule, part.permissions, condition, denied, &granted.rest)
            }
        }
        granted.types = types.sorted()
        return granted
    }

    private func deniedPairs() -> [Pair: Set<Name>] {
        var denied: [Pair: Set<Name>] = [:]
        let types = policy.policy.types
        for entry in sorting.entries {
            func name(_ type: UInt32) -> Name { types[Int(type) - 1]?.name ?? Name("") }
            let pair = Pair(source: name(entry.question.source.type), target: name(entry.question.target.type), objectClass: entry.access.objectClass)
            denied[pair, default: []].formUnion(entry.access.permissions)
        }
        return denied
    }

    private func append(
        _ rule: RuleDifference, _ permissions: [Name], _ condition: String?, _ denied: [Pair: Set<Name>], _ rest: inout [GrantedAccess]
    ) {
        func pair(_ source: Name, _ target: Name) -> Pair { Pair(source: source, target: target, objectClass: rule.objectClass) }
        let hasDenied =
            condition == nil && rule.sources.count * rule.targets.count <= Self.pairLimit
            && rule.sources.contains { source in
                rule.targets.contains { denied[pair(source, $0)].map { !$0.isDisjoint(with: permissions) } ?? false }
            }
        guard hasDenied else {
            rest.append(
                GrantedAccess(
                    sources: rule.sources, targets: rule.targets, sourceAttribute: rule.sourceAttribute, targetAttribute: rule.targetAttribute,
                    objectClass: rule.objectClass, permissions: permissions, condition: condition))
            return
        }
        for source in rule.sources {
            for target in rule.targets {
                let asked = denied[pair(source, target)] ?? []
                let left = permissions.filter { !asked.contains($0) }
                guard !left.isEmpty else { continue }
                rest.append(
                    GrantedAccess(
                        sources: [source], targets: [target], sourceAttribute: nil, targetAttribute: nil, objectClass: rule.objectClass,
                        permissions: left, condition: nil))
            }
        }
    }
}
