import Flask
import PolicyCompiler

/// Finds the rules of a policy that are behind a difference.
struct RuleLookup {
    /// Rules that are told of one difference.
    static let toldRules = 16

    private let pair: PolicyPair
    private let members: JointMembers
    private let isFirst: Bool

    init(_ pair: PolicyPair, _ members: JointMembers, ofFirst isFirst: Bool) {
        self.pair = pair
        self.members = members
        self.isFirst = isFirst
    }

    /// For each difference the rules that say what is only in this policy, or what has another condition there.
    ///
    /// Throws where their conditions are longer than an answer may be.
    func statements(
        _ differences: [RuleComparison.Found], in policy: AnalysedPolicy
    ) throws(QuestionMistake) -> [[DifferenceEntry.Statement]] {
        let rules = rules(of: policy.policy, Set(differences.map { Key($0.subject) }))
        var found: [(statement: FoundStatement, mask: UInt32)] = []
        var counts: [Int] = []
        for difference in differences {
            let own = rules[Key(difference.subject), default: []].lazy.compactMap { matching($0, difference) }.prefix(
                Self.toldRules)
            let list = Array(own)
            found += list
            counts.append(list.count)
        }
        var length = 0
        for condition in found.compactMap(\.statement.condition) {
            length += policy.policy.textLength(of: policy.policy.conditionals[condition.place])
            guard length <= SearchAnswer.maximumLength else { throw .tooLong(limit: SearchAnswer.maximumLength) }
        }
        let writer = StatementWriter(policy.policy, usesSelf: false)
        let masks = found.map(\.mask)
        let places = policy.places(of: found.map(\.statement)) { masks[$0] }
        var next = 0
        return counts.map { count in
            defer { next += count }
            return (next..<next + count).compactMap { place in
                guard case .rule(let rule) = found[place].statement.statement, let text = writer.text(rule) else { return nil }
                let condition = found[place].statement.condition.map { condition in
                    let expression = writer.expressions.text(policy.policy.conditionals[condition.place].expression)
                    return (condition.branch ? "" : "! ") + String(decoding: expression.bytes, as: UTF8.self)
                }
                return DifferenceEntry.Statement(text: text.bytes, condition: condition, places: places?[place])
            }
        }
    }

    private struct Key: Hashable {
        let kind: UInt16
        let objectClass: Int

        init(_ subject: RuleSubject) {
            kind = subject.kind.rawValue
            objectClass = subject.objectClass
        }

        init(_ rule: Rule, _ objectClass: Int) {
            kind = rule.kind.rawValue
            self.objectClass = objectClass
        }
    }

    private func rules(of policy: Policy, _ keys: Set<Key>) -> [Key: [(rule: Rule, condition: RuleCondition?)]] {
        var result: [Key: [(rule: Rule, condition: RuleCondition?)]] = [:]
        func add(_ rules: [Rule], _ condition: RuleCondition?) {
            for rule in rules where !rule.kind.isType {
                let index = Int(rule.objectClass) - 1
                let key = Key(rule, isFirst ? index : pair.classes.ofSecond[index])
                if keys.contains(key) { result[key, default: []].append((rule, condition)) }
            }
        }
        add(policy.rules.rules, nil)
        for (place, conditional) in policy.conditionals.enumerated() {
            add(conditional.whenTrue, RuleCondition(place: place, branch: true, isEnabled: conditional.state == true))
            add(conditional.whenFalse, RuleCondition(place: place, branch: false, isEnabled: conditional.state == false))
        }
        return result
    }

    /// The rule with the part of its permissions that differs; nil where it is about something else.
    private func matching(
        _ entry: (rule: Rule, condition: RuleCondition?), _ difference: RuleComparison.Found
    ) -> (statement: FoundStatement, mask: UInt32)? {
        var rule = entry.rule
        var source = Int(rule.source) - 1
        var target = Int(rule.target) - 1
        if !isFirst { (source, target) = (pair.types.ofSecond[source], pair.types.ofSecond[target]) }
        guard members.types[source].intersects(difference.sources), members.types[target].intersects(difference.targets) else {
            return nil
        }
        guard !rule.kind.isExtended else { return (FoundStatement(.rule(rule), entry.condition), .max) }
        let wanted = difference.outcome.parts.reduce(UInt64(0)) { result, part in
            (isFirst ? part.before : part.after) == DecisionDiagram.never ? result : result | part.vector
        }
        let permissions = pair.permissions[difference.subject.objectClass]
        let data = rule.kind == .auditDeny ? ~rule.data : rule.data
        var mask: UInt32 = 0
        for bit in 0..<32 where data >> UInt32(bit) & 1 == 1 {
            let one: UInt32 = 1 << UInt32(bit)
            if (isFirst ? permissions.joint(first: one) : permissions.joint(second: one)) & wanted != 0 { mask |= one }
        }
        guard mask != 0 else { return nil }
        let original = FoundStatement(.rule(rule), entry.condition)
        rule.data = rule.kind == .auditDeny ? ~mask : mask
        return (FoundStatement(.rule(rule), original.condition), mask)
    }
}
