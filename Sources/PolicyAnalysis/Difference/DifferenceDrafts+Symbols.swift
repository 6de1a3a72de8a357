import Flask
import PolicyCompiler

extension DifferenceDrafts {
    private var firstPolicy: Policy { pair.first }
    private var secondPolicy: Policy { pair.second }

    mutating func compareSymbols(_ members: (first: JointMembers, second: JointMembers)) throws(QuestionMistake) {
        try compareProperties()
        try compareClasses()
        try compareTypes(members)
        try compareRoles()
        try compareUsers()
        try compareOthers()
        if pair.first.isMLS || pair.second.isMLS { try compareLevels() }
    }

    // MARK: The policy as a whole

    private mutating func compareProperties() throws(QuestionMistake) {
        func change(_ name: String, _ before: String, _ after: String) throws(QuestionMistake) {
            guard before != after else { return }
            try add(
                Entry(
                    group: .properties, change: .changed, name: Name(name), before: [Statement("\(name) \(before)")],
                    after: [Statement("\(name) \(after)")]))
        }
        try change("target", firstPolicy.target == .xen ? "xen" : "selinux", secondPolicy.target == .xen ? "xen" : "selinux")
        try change("mls", "\(firstPolicy.isMLS)", "\(secondPolicy.isMLS)")
        try change("handle_unknown", "\(firstPolicy.handleUnknown)", "\(secondPolicy.handleUnknown)")
    }

    // MARK: Classes

    private mutating func compareClasses() throws(QuestionMistake) {
        for joint in 0..<pair.classes.count {
            let name = pair.classes.name(joint)
            guard joint < pair.classes.firstCount else {
                let entry = secondPolicy.classes[pair.classes.inSecond[joint] ?? 0]
                try add(
                    Entry(group: .classes, change: .added, name: name, after: [Statement(second.text(entry) ?? "class \(name)")]))
                continue
            }
            guard let index = pair.classes.inSecond[joint] else {
                let entry = firstPolicy.classes[joint]
                try add(
                    Entry(
                        group: .classes, change: .removed, name: name, before: [Statement(first.text(entry) ?? "class \(name)")]))
                continue
            }
            let permissions = pair.permissions[joint]
            var changes = [
                Self.members(
                    "permissions",
                    (
                        permissions.names(permissions.ofSecond & ~permissions.ofFirst),
                        permissions.names(permissions.ofFirst & ~permissions.ofSecond)
                    ))
            ]
            if pair.isForXen {
                changes.append(Self.members("number", "\(joint + 1)", "\(index + 1)"))
                changes.append(numbers(joint, index))
                changes.append(Self.members("common", common(firstPolicy, joint), common(secondPolicy, index)))
            }
            try addChanged(.classes, name, changes)
        }
        guard firstPolicy.commons != secondPolicy.commons else { return }
        func facts(_ policy: Policy) -> [Fact<Name, Set<Name>>] {
            policy.commons.map { Fact(key: $0.name, value: Set($0.permissions.map(\.name))) }
        }
        let (firstPolicy, secondPolicy, first, second) = (firstPolicy, secondPolicy, first, second)
        try compare(.commons, facts(firstPolicy), facts(secondPolicy), name: { $0 }) { isFirst, place in
            Statement(isFirst ? first.text(firstPolicy.commons[place]) : second.text(secondPolicy.commons[place]))
        }
    }

    /// The permissions that both have with another number, which Xen does not take.
    private func numbers(_ first: Int, _ second: Int) -> DifferenceEntry.Members {
        var (added, removed): ([Name], [Name]) = ([], [])
        let after = Dictionary(
            secondPolicy.permissions(ofClass: second).map { ($0.name, $0.number) }, uniquingKeysWith: { first, _ in first })
        for permission in firstPolicy.permissions(ofClass: first) {
            guard let number = after[permission.name], number != permission.number else { continue }
            removed.append(Name(bytes: permission.name.bytes + Array("=\(permission.number)".utf8)))
            added.append(Name(bytes: permission.name.bytes + Array("=\(number)".utf8)))
        }
        return DifferenceEntry.Members(what: "permission-numbers", added: added, removed: removed)
    }

    private func common(_ policy: Policy, _ objectClass: Int) -> PolicyText {
        let index = Int(policy.classes[objectClass].common) - 1
        return policy.commons.indices.contains(index) ? PolicyText(policy.commons[index].name) : "none"
    }

    // MARK: Types

    private mutating func compareTypes(_ members: (first: JointMembers, second: JointMembers)) throws(QuestionMistake) {
        for joint in 0..<pair.types.count where pair.types.names[joint] != nil {
            let name = pair.types.name(joint)
            let isAttribute = pair.isAttribute(joint)
            let group: DifferenceGroup = isAttribute ? .attributes : .types
            let text: PolicyText = isAttribute ? "attribute \(name);" : "type \(name);"
            let change =
                isAttribute
                ? Self.members("types", pair.types.change(members.first.types[joint], members.second.types[joint])) : nil
            switch (pair.types.isInFirst(joint), pair.types.isInSecond(joint)) {
            case (true, true): if let change { try addChanged(group, name, [change]) }
            case (true, false):
                try add(
                    Entry(
                        group: group, change: .removed, name: name, before: [Statement(text)], members: change.map { [$0] } ?? [])
                )
            default:
                try add(
                    Entry(group: group, change: .added, name: name, after: [Statement(text)], members: change.map { [$0] } ?? []))
            }
        }
        func aliases(_ policy: Policy, _ number: (UInt32) -> UInt32) -> [Fact<Name, UInt32>] {
            policy.typeAliases.map { Fact(key: $0.name, value: number($0.number)) }
        }
        func bounds(_ policy: Policy, _ number: (UInt32) -> UInt32) -> [Fact<Int, UInt32>] {
            policy.types.enumerated().compactMap { index, entry in
                guard let entry, entry.bounds != 0 else { return nil }
                return Fact(key: Int(number(UInt32(index + 1))) - 1, value: number(entry.bounds))
            }
        }
        let pair = pair
        let before = (aliases(pair.first) { $0 }, bounds(pair.first) { $0 })
        let after = (aliases(pair.second, pair.types.joint), bounds(pair.second, pair.types.joint))
        try compare(.aliases, before.0, after.0, name: { $0 }) { isFirst, place in
            let fact = isFirst ? before.0[place] : after.0[place]
            return Statement("typealias \(pair.types.name(Int(fact.value) - 1)) alias \(fact.key);")
        }
        try compare(.typebounds, before.1, after.1, name: { pair.types.name($0) }) { isFirst, place in
            let fact = isFirst ? before.1[place] : after.1[place]
            return Statement("typebounds \(pair.types.name(Int(fact.value) - 1)) \(pair.types.name(fact.key));")
        }
    }

    // MARK: Roles and users

    private mutating func compareRoles() throws(QuestionMistake) {
        for joint in 0..<pair.roles.count {
            let name = pair.roles.name(joint)
            let before = joint < pair.roles.firstCount ? firstPolicy.roles[joint] : nil
            let after = pair.roles.inSecond[joint].flatMap { secondPolicy.roles[$0] }
            let types = pair.types.change(before?.types ?? [], after.map { pair.types.joint($0.types) } ?? [])
            switch (before, after) {
            case (let before?, let after?):
                var dominated = (before.dominates, pair.roles.joint(after.dominates))
                dominated.0.remove(joint)
                dominated.1.remove(joint)
                try addChanged(
                    .roles, name,
                    [
                        Self.members("types", types), Self.members("dominates", pair.roles.change(dominated.0, dominated.1)),
                        Self.members(
                            "bounds", bound(before.bounds, pair.roles), bound(pair.roles.joint(after.bounds), pair.roles)),
                    ])
            case (_?, nil):
                try add(
                    Entry(
                        group: .roles, change: .removed, name: name, before: [Statement("role \(name);")],
                        members: [Self.members("types", types)]))
            case (nil, _?):
                try add(
                    Entry(
                        group: .roles, change: .added, name: name, after: [Statement("role \(name);")],
                        members: [Self.members("types", types)]))
            case (nil, nil): break
            }
        }
    }

    private func bound(_ number: UInt32, _ symbols: JointSymbols) -> PolicyText {
        number == 0 ? "none" : PolicyText(symbols.name(Int(number) - 1))
    }

    private mutating func compareUsers() throws(QuestionMistake) {
        for joint in 0..<pair.users.count {
            let before = joint < pair.users.firstCount ? firstPolicy.users[joint] : nil
            let after = pair.users.inSecond[joint].flatMap { secondPolicy.users[$0] }
            switch (before, after) {
            case (let before?, let after?):
                var changes = [
                    Self.members("roles", pair.roles.change(before.roles, pair.roles.joint(after.roles))),
                    Self.members("bounds", bound(before.bounds, pair.users), bound(pair.users.joint(after.bounds), pair.users)),
                ]
                if firstPolicy.isMLS, secondPolicy.isMLS {
                    if before.defaultLevel != pair.joint(after.defaultLevel) {
                        changes.append(Self.members("level", first.level(before.defaultLevel), second.level(after.defaultLevel)))
                    }
                    if before.range != pair.joint(after.range) {
                        changes.append(Self.members("range", first.range(before.range), second.range(after.range)))
                    }
                }
                try addChanged(.users, before.name, changes)
            case (let before?, nil):
                try add(Entry(group: .users, change: .removed, name: before.name, before: [Statement(first.text(before))]))
            case (nil, let after?):
                try add(Entry(group: .users, change: .added, name: after.name, after: [Statement(second.text(after))]))
            case (nil, nil): break
            }
        }
    }

    // MARK: Others

    private mutating func compareOthers() throws(QuestionMistake) {
        let (first, second) = (firstPolicy, secondPolicy)
        let pair = pair
        let writer = self.first
        try compare(
            .booleans, first.booleans.map { Fact(key: $0.name, value: $0.value) },
            second.booleans.map { Fact(key: $0.name, value: $0.value) },
            name: { $0 }
        ) { isFirst, place in Statement(writer.text((isFirst ? first : second).booleans[place])) }
        func types(_ numbers: Bitmap, _ joint: (UInt32) -> UInt32) -> [Fact<Int, Bool>] {
            numbers.lazy.filter { $0 > 0 }.map { Fact(key: Int(joint(UInt32($0))) - 1, value: true) }
        }
        for (group, before, after) in [
            (DifferenceGroup.permissive, first.permissiveTypes, second.permissiveTypes),
            (DifferenceGroup.neveraudit, first.neverauditTypes, second.neverauditTypes),
        ] {
            let (left, right) = (types(before) { $0 }, types(after, pair.types.joint))
            try compare(group, left, right, name: { pair.types.name($0) }) { isFirst, place in
                Statement("\(group.rawValue) \(pair.types.name((isFirst ? left : right)[place].key));")
            }
        }
        let (left, right) = (
            first.capabilities.map { Fact(key: $0, value: true) }, second.capabilities.map { Fact(key: $0, value: true) }
        )
        try compare(.capabilities, left, right, name: { Name(AnalysedPolicy.name(ofCapability: $0)) }) { isFirst, place in
            Statement("policycap \(AnalysedPolicy.name(ofCapability: (isFirst ? left : right)[place].key));")
        }
    }

    private mutating func compareLevels() throws(QuestionMistake) {
        let (firstPolicy, secondPolicy, first, second, pair) = (firstPolicy, secondPolicy, first, second, pair)
        let before = firstPolicy.sensitivities.map { Fact(key: $0.name, value: $0.level.categories) }
        let after = secondPolicy.sensitivities.map { Fact(key: $0.name, value: pair.categories.joint($0.level.categories)) }
        try compare(.sensitivities, before, after, name: { $0 }) { isFirst, place in
            let level = MLSLevel(
                sensitivity: UInt32(place + 1),
                categories: (isFirst ? firstPolicy : secondPolicy).sensitivities[place].level.categories)
            return Statement("level \((isFirst ? first : second).level(level));")
        }
        let order = pair.sensitivityOrders
        if order.first != order.second {
            func text(_ names: [Name]) -> PolicyText { "dominance { \(names.map { PolicyText($0) }.joined(" ")) }" }
            try add(
                Entry(
                    group: .sensitivities, change: .changed, name: "dominance", before: [Statement(text(order.first))],
                    after: [Statement(text(order.second))]))
        }
        func names(_ policy: Policy) -> [Fact<Name, Bool>] { policy.categories.map { Fact(key: $0, value: true) } }
        try compare(.categories, names(firstPolicy), names(secondPolicy), name: { $0 }) { isFirst, place in
            Statement((isFirst ? first : second).category(place))
        }
        for (aliases, symbols, word) in [
            ((firstPolicy.sensitivityAliases, secondPolicy.sensitivityAliases), pair.sensitivities, "sensitivity"),
            ((firstPolicy.categoryAliases, secondPolicy.categoryAliases), pair.categories, "category"),
        ] {
            let before = aliases.0.map { Fact(key: $0.name, value: $0.number) }
            let after = aliases.1.map { Fact(key: $0.name, value: symbols.joint($0.number)) }
            try compare(.aliases, before, after, name: { $0 }) { isFirst, place in
                let fact = (isFirst ? before : after)[place]
                return Statement("\(word) \(symbols.name(Int(fact.value) - 1)) alias \(fact.key);")
            }
        }
    }
}

extension PolicyPair {
    /// The sensitivities that both have, from low to high.
    var sensitivityOrders: (first: [Name], second: [Name]) {
        let common = Set(first.sensitivities.map(\.name)).intersection(second.sensitivities.map(\.name))
        return (first.sensitivities.map(\.name).filter(common.contains), second.sensitivities.map(\.name).filter(common.contains))
    }
}
