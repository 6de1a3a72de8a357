import Flask
import PolicyCompiler

/// The rules about permissions of one of two policies in joint numbers, in the policy's order, and its type rules.
struct JointRules {
    /// Extended rules say up to 65,536 numbers in 36 bytes: more than so many entries are not made of them.
    static let maximumEntries = 1 << 24

    private(set) var rules: [JointRule] = []
    /// Rules that say which type results.
    private(set) var typeRules: [JointTypeRule] = []

    private let pair: PolicyPair
    private let isFirst: Bool
    private let wantsAudit: Bool

    /// Without `wantsAudit` only what grants is taken.
    init(_ pair: PolicyPair, ofFirst isFirst: Bool, _ conditions: inout JointConditions, wantsAudit: Bool) throws(QuestionMistake)
    {
        self.pair = pair
        self.isFirst = isFirst
        self.wantsAudit = wantsAudit
        let policy = isFirst ? pair.first : pair.second
        rules.reserveCapacity(policy.rules.rules.count)
        try add(policy.rules.rules, policy, DecisionDiagram.always, nil)
        guard !policy.conditionals.isEmpty else { return }
        let expressions = ExpressionWriter(names: PolicyNames(policy), isPrefix: false)
        for (place, conditional) in policy.conditionals.enumerated() {
            guard !conditional.whenTrue.isEmpty || !conditional.whenFalse.isEmpty else { continue }
            let expression = JointConditions.Expression(length: policy.textLength(of: conditional)) {
                String(decoding: expressions.text(conditional.expression).bytes, as: UTF8.self)
            }
            let functions = try conditions.function(of: conditional, expression) { [isFirst] number in
                isFirst ? Int(number) - 1 : Int(pair.booleans.joint(number)) - 1
            }
            for (branch, rules, function) in [
                (true, conditional.whenTrue, functions.whenTrue), (false, conditional.whenFalse, functions.whenFalse),
            ] {
                let condition = RuleCondition(place: place, branch: branch, isEnabled: conditional.state == branch)
                try add(rules, policy, function, condition)
            }
        }
    }

    private mutating func add(
        _ list: [Rule], _ policy: Policy, _ condition: DecisionDiagram.Function, _ place: RuleCondition?
    ) throws(QuestionMistake) {
        guard condition != DecisionDiagram.never else { return }
        for rule in list {
            let (source, target, objectClass) = joint(rule)
            if rule.kind.isType {
                guard wantsAudit else { continue }
                let result = isFirst ? Int(rule.data) - 1 : Int(pair.types.joint(rule.data)) - 1
                typeRules.append(
                    JointTypeRule(
                        kind: rule.kind, source: source, target: target, objectClass: objectClass, result: result,
                        condition: condition,
                        rule: rule, place: place))
            } else if rule.kind.isExtended {
                guard policy.rules.extendedPermissions.indices.contains(Int(rule.data)) else { continue }
                let said = policy.rules.extendedPermissions[Int(rule.data)]
                for (driver, quarter, vector) in said.parts {
                    let subject = RuleSubject(
                        rule.kind, objectClass: objectClass, isNetlink: said.kind == .netlinkMessage, driver: driver,
                        quarter: quarter)
                    guard rules.count < Self.maximumEntries else {
                        throw .tooMany(what: "rules with extended permissions", limit: Self.maximumEntries)
                    }
                    rules.append(JointRule(subject, condition, source: source, target: target, vector: vector))
                }
            } else {
                guard wantsAudit || rule.kind == .allow else { continue }
                let vector = vector(rule, objectClass)
                guard vector != 0 else { continue }
                rules.append(
                    JointRule(
                        RuleSubject(rule.kind, objectClass: objectClass), condition, source: source, target: target,
                        vector: vector))
            }
        }
    }

    @inline(__always)
    private func joint(_ rule: Rule) -> (source: Int, target: Int, objectClass: Int) {
        let (source, target, objectClass) = (Int(rule.source) - 1, Int(rule.target) - 1, Int(rule.objectClass) - 1)
        if isFirst { return (source, target, objectClass) }
        return (pair.types.ofSecond[source], pair.types.ofSecond[target], pair.classes.ofSecond[objectClass])
    }

    /// The joint permissions of a rule.
    private func vector(_ rule: Rule, _ objectClass: Int) -> UInt64 {
        let data = rule.kind == .auditDeny ? ~rule.data : rule.data
        return isFirst ? pair.permissions[objectClass].joint(first: data) : pair.permissions[objectClass].joint(second: data)
    }
}

extension ExtendedPermissions {
    /// Sixty-four numbers each, from `driver * 256 + quarter * 64`, without those that are empty. A driver that is meant as a
    /// whole has all its numbers.
    fileprivate var parts: [(driver: Int, quarter: Int, vector: UInt64)] {
        var parts: [(driver: Int, quarter: Int, vector: UInt64)] = []
        for quarter in 0..<4 {
            guard words.indices.contains(quarter * 2 + 1) else { break }
            let vector = UInt64(words[quarter * 2]) | UInt64(words[quarter * 2 + 1]) << 32
            guard vector != 0 else { continue }
            if kind == .ioctlDriver {
                for bit in 0..<64 where vector >> UInt64(bit) & 1 == 1 {
                    for part in 0..<4 { parts.append((quarter * 64 + bit, part, .max)) }
                }
            } else {
                parts.append((Int(driver), quarter, vector))
            }
        }
        return parts
    }
}
