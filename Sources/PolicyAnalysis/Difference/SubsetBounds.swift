import Flask

/// Looks at types that the outer policy bounds: it may take away from them what its rules give.
///
/// What a type and its bound both have is never taken away. So it is enough that all that the inner policy's rules give, the
/// outer's give too, to the types and to those that bound them.
struct SubsetBounds {
    /// Pairs of types that are looked at, and steps to do so.
    static let maximumWork = 1 << 28

    private let pair: PolicyPair
    private let members: (first: JointMembers, second: JointMembers)
    private let rules: (first: [JointRule], second: [JointRule])
    /// By joint index, the joint index of what bounds the type in the outer policy.
    private var bounds: [Int: Int] = [:]
    private var scratch: [UInt64]
    private var work = 0

    init(
        _ pair: PolicyPair, _ members: (first: JointMembers, second: JointMembers), first: [JointRule], second: [JointRule]
    ) {
        self.pair = pair
        self.members = members
        rules = (first, second)
        scratch = [UInt64](repeating: 0, count: pair.types.count)
        for (index, entry) in pair.first.types.enumerated() {
            if let entry, entry.bounds != 0, !entry.isAttribute { bounds[index] = Int(entry.bounds) - 1 }
        }
    }

    /// What the outer policy may take away and the inner does not, with an access that shows it, where one was found.
    mutating func weaker(
        _ conditions: inout JointConditions, _ search: inout SubsetSearch
    ) throws(QuestionMistake) -> [(text: String, access: SubsetCounterexample.Access?)] {
        guard !bounds.isEmpty else { return [] }
        let bounded = Bitmap(bounds.keys.sorted())
        let order = { (a: JointRule, b: JointRule) in (a.subject.bits, a.types) < (b.subject.bits, b.types) }
        let (outer, inner) = (rules.first.sorted(by: order), rules.second.sorted(by: order))
        let all = Bitmap(0..<pair.types.count)
        var result: [(text: String, access: SubsetCounterexample.Access?)] = []
        for joint in 0..<pair.classes.count {
            let subject = RuleSubject(.allow, objectClass: joint)
            let rows = (outer: RuleRows(outer, of: subject), inner: RuleRows(inner, of: subject))
            guard !rows.inner.isEmpty else { continue }
            for source in 0..<pair.types.count where members.second.has(source) {
                work += 1
                let given = try functions(rows.inner, source, bounds[source] == nil ? bounded : all, members.second)
                for (target, gift) in given {
                    guard let why = try excess(gift, rows.outer, source, target, joint, &conditions) else { continue }
                    guard result.count < SubsetAnswer.limit else { return result }
                    var decisions = 0
                    let access = search.access(
                        source, target, joint, why.vector, why.condition, conditions, users: [], &decisions)
                    let text = "`\(pair.types.name(source)) \(pair.types.name(target)):\(pair.classes.name(joint))`"
                    result.append(
                        (
                            access == nil
                                ? "a bound may take something from \(text), and it was not shown that it does not matter"
                                : "a bound takes something from \(text)",
                            access
                        ))
                }
            }
        }
        return result
    }

    /// What the rules give a source for a target.
    private struct Gift {
        let always: UInt64
        let conditional: [RuleRows.Conditional]

        var vector: UInt64 { conditional.reduce(always) { $0 | $1.vector } }

        func when(_ bit: UInt64, _ conditions: inout JointConditions) throws(QuestionMistake) -> DecisionDiagram.Function {
            if always & bit != 0 { return DecisionDiagram.always }
            var result = DecisionDiagram.never
            for rule in conditional where rule.vector & bit != 0 { result = try conditions.or(result, rule.condition) }
            return result
        }
    }

    private mutating func functions(
        _ rows: RuleRows, _ source: Int, _ targets: Bitmap, _ members: JointMembers
    ) throws(QuestionMistake) -> [(target: Int, gift: Gift)] {
        let conditional = Dictionary(
            grouping: rows.collect(source, targets, members, &scratch, &work, limit: Self.maximumWork), by: \.target)
        var result: [(target: Int, gift: Gift)] = []
        for target in targets {
            let own = conditional[target] ?? []
            if scratch[target] != 0 || !own.isEmpty { result.append((target, Gift(always: scratch[target], conditional: own))) }
            scratch[target] = 0
        }
        work += targets.words.count
        // What was broken off is not all that the rules give.
        guard work <= Self.maximumWork else { throw .tooMany(what: "steps to look at bounds", limit: Self.maximumWork) }
        return result
    }

    /// What is given and not kept by the outer policy for sure, and when.
    private mutating func excess(
        _ gift: Gift, _ outer: RuleRows, _ source: Int, _ target: Int, _ objectClass: Int, _ conditions: inout JointConditions
    ) throws(QuestionMistake) -> (vector: UInt64, condition: DecisionDiagram.Function)? {
        var known: [Gift] = []
        var (source, target) = (source, target)
        // Bounds of bounds, of which Xen takes four; a loop would be refused.
        for _ in 0..<8 {
            let own = try functions(outer, source, [target], members.first).first?.gift
            known.append(own ?? Gift(always: 0, conditional: []))
            guard bounds[source] != nil || bounds[target] != nil else { break }
            (source, target) = (bounds[source] ?? source, bounds[target] ?? target)
        }
        var rest = gift.vector
        while rest != 0 {
            let bit = rest & (0 &- rest)
            rest &= rest - 1
            let given = try gift.when(bit, &conditions)
            // For the bound another type stands in the constraint.
            if isConstrainedByType(bit, objectClass) { return (bit, given) }
            for step in known {
                let more = try conditions.difference(given, step.when(bit, &conditions))
                if more != DecisionDiagram.never { return (bit, more) }
            }
        }
        return nil
    }

    private func isConstrainedByType(_ bit: UInt64, _ joint: Int) -> Bool {
        guard joint < pair.classes.firstCount else { return false }
        return pair.first.classes[joint].constraints.contains { constraint in
            pair.permissions[joint].joint(first: constraint.permissions) & bit != 0
                && constraint.expression.contains { $0.attribute.contains(.type) }
        }
    }
}
