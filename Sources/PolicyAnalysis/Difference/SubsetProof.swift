import Flask
import PolicyCompiler

/// Looks for what a policy grants and another does not, until it is shown that there is nothing. The other is the first of the
/// pair, as it is the older one mostly.
struct SubsetProof {
    let outer: AnalysedPolicy
    let inner: AnalysedPolicy
    let pair: PolicyPair
    private(set) var found: [SubsetCounterexample] = []

    init(of inner: AnalysedPolicy, in outer: AnalysedPolicy) {
        self.outer = outer
        self.inner = inner
        pair = PolicyPair(outer.policy, inner.policy)
    }

    mutating func run() throws(QuestionMistake) {
        guard comparable() else { return }
        compareUnknown()
        compareSymbols()
        if pair.first.isMLS { compareLevels() }
        try compareAccess()
    }

    mutating func add(
        _ kind: SubsetCounterexample.Kind, _ text: String, _ access: SubsetCounterexample.Access? = nil,
        _ statements: [DifferenceEntry.Statement] = []
    ) {
        guard found.count(where: { $0.kind == kind }) < SubsetAnswer.limit else { return }
        found.append(SubsetCounterexample(kind: kind, text: text, access: access, statements: statements))
    }

    // MARK: What decides beside rules

    private mutating func comparable() -> Bool {
        if pair.first.isForXen != pair.second.isForXen { add(.unproven, "one policy is for Xen, the other for Linux") }
        if pair.first.isMLS != pair.second.isMLS { add(.unproven, "one policy has MLS, the other has not") }
        if !pair.isForXen, pair.first.capabilities != pair.second.capabilities {
            add(.unproven, "policy capabilities differ, which decide what Linux asks for")
        }
        for policy in [pair.first, pair.second] { addAmbiguous(policy) }
        let objectRoles = (Self.firstRole(pair.first), Self.firstRole(pair.second))
        if objectRoles.0 != objectRoles.1 || objectRoles.0.map({ $0 != "object_r" }) == true {
            add(.unproven, "the first role, which may have every type, is not `object_r` in both")
        }
        return found.isEmpty
    }

    private mutating func compareUnknown() {
        guard pair.second.handleUnknown == .allow else { return }
        if pair.first.handleUnknown != .allow {
            add(.handleUnknown, "classes and permissions that the policy does not know are allowed")
            return
        }
        for joint in 0..<pair.classes.count {
            let permissions = pair.permissions[joint]
            let unknown = permissions.names(permissions.ofFirst & ~permissions.ofSecond)
            guard !unknown.isEmpty || pair.classes.isInFirst(joint) && !pair.classes.isInSecond(joint) else { continue }
            let list = unknown.map(\.description).joined(separator: " ")
            add(
                .handleUnknown,
                "the policy does not know `\(pair.classes.name(joint)) { \(list) }`, and allows what it does not know")
        }
    }

    private mutating func compareSymbols() {
        for number in pair.second.permissiveTypes where number > 0 {
            let joint = Int(pair.types.joint(UInt32(number)))
            if joint > pair.types.firstCount || !pair.first.permissiveTypes.contains(joint) {
                add(.permissive, "the type `\(pair.types.name(joint - 1))` is permissive")
            }
        }
        let allows = Set(pair.first.roleAllows)
        for allow in pair.second.roleAllows {
            let joint = RoleAllow(role: pair.roles.joint(allow.role), newRole: pair.roles.joint(allow.newRole))
            guard !allows.contains(joint), allow.role != allow.newRole else { continue }
            let names = (pair.roles.name(Int(joint.role) - 1), pair.roles.name(Int(joint.newRole) - 1))
            let statement = DifferenceEntry.Statement(
                text: Array("allow ".utf8) + names.0.bytes + [32] + names.1.bytes + [59], condition: nil,
                places: inner.places(of: [FoundStatement(.roleAllow(allow))])?.first)
            add(.roleAllow, "the role `\(names.0)` may become `\(names.1)`", nil, [statement])
        }
        for (index, role) in pair.second.roles.enumerated() {
            guard let role else { continue }
            let joint = pair.roles.ofSecond[index]
            let known = joint < pair.roles.firstCount ? pair.first.roles[joint]?.types ?? [] : []
            let more = pair.types.names(pair.types.joint(role.types).subtracting(known))
            if !more.isEmpty { add(.roleTypes, "the role `\(role.name)` may have \(Self.list(more))") }
        }
        for (index, user) in pair.second.users.enumerated() {
            guard let user else { continue }
            let joint = pair.users.ofSecond[index]
            guard joint < pair.users.firstCount, let known = pair.first.users[joint] else {
                add(
                    .userRoles,
                    "the user `\(user.name)` is new, and may have \(Self.list(pair.roles.names(pair.roles.joint(user.roles))))")
                continue
            }
            let more = pair.roles.names(pair.roles.joint(user.roles).subtracting(known.roles))
            if !more.isEmpty { add(.userRoles, "the user `\(user.name)` may have \(Self.list(more))") }
            guard pair.first.isMLS, pair.second.isMLS else { continue }
            if !known.range.contains(pair.joint(user.range)) {
                let range = StatementWriter(pair.second, usesSelf: false).range(user.range)
                add(.userLevels, "the user `\(user.name)` may have levels of \(String(decoding: range.bytes, as: UTF8.self))")
            }
        }
    }

    static func list(_ names: [Name]) -> String {
        let told = names.prefix(8).map { "`\($0)`" }.joined(separator: ", ")
        return names.count > 8 ? "\(told) and \(names.count - 8) more" : told
    }

    private mutating func compareLevels() {
        let order = pair.sensitivityOrders
        if order.first != order.second { add(.unproven, "sensitivities have another order") }
        for (index, sensitivity) in pair.second.sensitivities.enumerated() {
            let joint = pair.sensitivities.ofSecond[index]
            guard joint < pair.sensitivities.firstCount else {
                add(.levels, "the sensitivity `\(sensitivity.name)` is new")
                continue
            }
            let known = pair.first.sensitivities[joint].level.categories
            let more = pair.categories.names(pair.categories.joint(sensitivity.level.categories).subtracting(known))
            if !more.isEmpty { add(.levels, "the sensitivity `\(sensitivity.name)` may have the categories \(Self.list(more))") }
        }
    }

    // MARK: Access

    private mutating func compareAccess() throws(QuestionMistake) {
        var conditions = JointConditions(pair.booleans)
        let members = (first: JointMembers(pair, ofFirst: true), second: JointMembers(pair, ofFirst: false))
        let first = try JointRules(pair, ofFirst: true, &conditions, wantsAudit: false).rules
        let second = try JointRules(pair, ofFirst: false, &conditions, wantsAudit: false).rules
        var comparison = RuleComparison(pair, members, first: first, second: second, conditions)
        conditions = try comparison.run()
        var search = SubsetSearch(pair, outer: outer, inner: inner)
        try compareRules(comparison.found, members, &conditions, &search)
        var constraints = SubsetConstraints(pair, members, second)
        for (text, access) in try constraints.weaker(&conditions, &search) {
            add(access == nil ? .unproven : .access, text, access)
        }
        var bounds = SubsetBounds(pair, members, first: first, second: second)
        for (text, access) in try bounds.weaker(&conditions, &search) { add(access == nil ? .unproven : .access, text, access) }
    }

    private mutating func compareRules(
        _ differences: [RuleComparison.Found], _ members: (first: JointMembers, second: JointMembers),
        _ conditions: inout JointConditions,
        _ search: inout SubsetSearch
    ) throws(QuestionMistake) {
        var lookups: [RuleComparison.Found] = []
        var places: [Int] = []
        // No two have the same first source and the same first target: a pair of types is in one of them alone.
        let ordered = differences.sorted {
            ($0.subject, $0.sources.firstNumber, $0.targets.firstNumber) < ($1.subject, $1.sources.firstNumber, $1.targets.firstNumber)
        }
        for difference in ordered {
            guard found.count(where: { $0.kind == .access || $0.kind == .unproven }) < SubsetAnswer.limit else { break }
            let types = (pair.types.names(difference.sources), pair.types.names(difference.targets))
            let objectClass = difference.subject.objectClass
            guard difference.subject.kind == .allow else {
                guard difference.subject.kind == .allowExtended else { continue }
                let about = "\(Self.list(types.0)) and \(Self.list(types.1)), \(pair.classes.name(objectClass))"
                add(.unproven, "extended permissions of \(about) differ")
                continue
            }
            for part in difference.outcome.parts {
                let more = try conditions.difference(part.after, part.before)
                guard more != DecisionDiagram.never else { continue }
                let count = found.count
                let what = pair.text(part.vector, ofClass: objectClass)
                let text = "rules allow \(Self.list(types.0)) to do `\(what)` to \(Self.list(types.1))"
                if let access = search.access(difference, part.vector, more, conditions) {
                    add(.access, text, access)
                } else {
                    add(.unproven, "\(text), but no contexts were found for which nothing stands against it")
                }
                guard found.count > count else { continue }
                places.append(count)
                lookups.append(
                    RuleComparison.Found(
                        subject: difference.subject, outcome: .init(parts: [part], isInBoth: false), sources: difference.sources,
                        targets: difference.targets))
            }
        }
        let statements = try RuleLookup(pair, members.second, ofFirst: false).statements(lookups, in: inner)
        for (place, list) in zip(places, statements) { found[place].statements = list }
    }
}

extension Bitmap {
    /// The lowest number; 0 of the empty set.
    var firstNumber: Int { first { _ in true } ?? 0 }
}
