import Flask
import PolicyCompiler

/// Looks at constraints that one policy has and another has not, or not as strict.
struct SubsetConstraints {
    /// Rules of a permission of which types are tried.
    static let triedRules = 256
    /// Types on each side of a rule.
    static let triedTypes = 6

    private let pair: PolicyPair
    private let members: (first: JointMembers, second: JointMembers)
    /// What the inner policy allows, by class.
    private let rules: [Int: [JointRule]]

    /// `rules` are those of the inner policy.
    init(_ pair: PolicyPair, _ members: (first: JointMembers, second: JointMembers), _ rules: [JointRule]) {
        self.pair = pair
        self.members = members
        self.rules = Dictionary(grouping: rules.lazy.filter { $0.subject.kind == .allow }, by: \.subject.objectClass)
    }

    /// What is weaker, with an access that only the inner policy allows because of it, where one was found.
    mutating func weaker(
        _ conditions: inout JointConditions, _ search: inout SubsetSearch
    ) throws(QuestionMistake) -> [(text: String, access: SubsetCounterexample.Access?)] {
        var constraints = JointConstraints(pair)
        var result: [(text: String, access: SubsetCounterexample.Access?)] = []
        for joint in 0..<pair.classes.count where pair.classes.inSecond[joint] != nil {
            let before = try constraints.entries(ofClass: joint, ofFirst: true, validateTransitions: false)
            guard !before.isEmpty else { continue }
            let after = try constraints.entries(ofClass: joint, ofFirst: false, validateTransitions: false)
            let granting = rules[joint] ?? []
            var weaker: UInt64 = 0
            var rest = granting.reduce(0) { $0 | $1.vector } & pair.permissions[joint].ofFirst
            while rest != 0 {
                let bit = rest & (0 &- rest)
                rest &= rest - 1
                let (demanded, kept) = (try constraints.demand(before, bit), try constraints.demand(after, bit))
                if try constraints.difference(kept, demanded) != DecisionDiagram.never { weaker |= bit }
            }
            guard weaker != 0 else { continue }
            let what = pair.text(weaker, ofClass: joint)
            if let access = access(joint, weaker, granting, conditions, &search) {
                result.append(("constraints demand less of `\(what)`", access))
            } else {
                result.append(("constraints of `\(what)` differ, and no contexts were found for which that matters", nil))
            }
        }
        return result
    }

    private func access(
        _ objectClass: Int, _ weaker: UInt64, _ granting: [JointRule], _ conditions: JointConditions, _ search: inout SubsetSearch
    ) -> SubsetCounterexample.Access? {
        let (types, users) = named(objectClass, weaker)
        var decisions = 0
        for rule in granting.lazy.filter({ $0.vector & weaker != 0 }).prefix(Self.triedRules) {
            for source in candidates(rule.source, types) {
                for target in candidates(rule.target, types) {
                    let found = search.access(
                        source, target, objectClass, weaker & rule.vector, rule.condition, conditions, users: users, &decisions)
                    if let found { return found }
                }
            }
        }
        return nil
    }

    /// The types and users that the constraints of permissions name.
    private func named(_ joint: Int, _ weaker: UInt64) -> (types: Bitmap, users: Bitmap) {
        var (types, users) = (Bitmap(), Bitmap())
        for (isFirst, index) in [(true, joint < pair.classes.firstCount ? joint : nil), (false, pair.classes.inSecond[joint])] {
            guard let index else { continue }
            for constraint in (isFirst ? pair.first : pair.second).classes[index].constraints {
                let permissions = pair.permissions[joint]
                let vector =
                    isFirst ? permissions.joint(first: constraint.permissions) : permissions.joint(second: constraint.permissions)
                guard vector & weaker != 0 else { continue }
                for term in constraint.expression where term.kind == .names {
                    if term.attribute.contains(.type) { types.formUnion(isFirst ? term.names : pair.types.joint(term.names)) }
                    if term.attribute.contains(.user) { users.formUnion(isFirst ? term.names : pair.users.joint(term.names)) }
                }
            }
        }
        return (types, users)
    }

    /// Some types of a rule's side that the constraints name, and some that they do not; what only one policy has shows nothing.
    private func candidates(_ symbol: Int, _ named: Bitmap) -> [Int] {
        let types = members.second.types[symbol].lazy.filter { pair.types.isInFirst($0) }
        return Array(types.filter { named.contains($0) }.prefix(Self.triedTypes))
            + Array(types.filter { !named.contains($0) }.prefix(Self.triedTypes))
    }
}
