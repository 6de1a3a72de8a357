package import Flask

extension StatementWriter {
    package func list(_ permissions: [PermissionTable.Permission]) -> PolicyText {
        permissions.map { PolicyText($0.name) }.joined(" ")
    }

    /// The statement that gives a class its permissions; nil where it has none.
    package func text(_ entry: ObjectClass) -> PolicyText? {
        guard entry.common != 0 || !entry.permissions.isEmpty else { return nil }
        var line: PolicyText = "class \(entry.name)"
        if entry.common != 0 { line = "\(line) inherits \(policy.commons[Int(entry.common) - 1].name)" }
        if !entry.permissions.isEmpty { line = "\(line) { \(list(entry.permissions)) }" }
        return line
    }

    package func text(_ common: PermissionTable) -> PolicyText {
        "common \(common.name) { \(list(common.permissions)) }"
    }

    package func text(_ boolean: Boolean) -> PolicyText {
        "bool \(boolean.name) \(boolean.value ? "true" : "false");"
    }

    package func text(_ user: User) -> PolicyText {
        var line: PolicyText = "user \(user.name)"
        let roles = names.sortedNames(user.roles, .role)
        if roles.count == 1 { line = "\(line) roles \(roles[0])" }
        if roles.count > 1 { line = "\(line) roles { \(roles.joined(" ")) }" }
        if policy.isMLS { line = "\(line) level \(level(user.defaultLevel)) range \(range(user.range))" }
        return "\(line);"
    }

    // MARK: Levels

    package func sensitivity(_ index: Int) -> PolicyText {
        "sensitivity \(policy.sensitivities[index].name)\(aliases(policy.sensitivityAliases, index));"
    }

    package func category(_ index: Int) -> PolicyText {
        "category \(policy.categories[index])\(aliases(policy.categoryAliases, index));"
    }

    private func aliases(_ aliases: [Policy.Alias], _ index: Int) -> PolicyText {
        let found = aliases.filter { Int($0.number) == index + 1 }.map { PolicyText($0.name) }.sorted()
        guard found.count != 1 else { return " alias \(found[0])" }
        return found.isEmpty ? "" : " alias { \(found.joined(" ")) }"
    }

    // MARK: Defaults

    /// The statements about where new objects of a class get their contexts from.
    package func defaults(_ entry: ObjectClass) -> [PolicyText] {
        [defaultUser(entry), defaultRole(entry), defaultType(entry), rangeDefault(entry)].compactMap(\.self)
    }

    func defaultUser(_ entry: ObjectClass) -> PolicyText? { side(entry.defaults.user).map { "default_user { \(entry.name) } \($0);" } }
    func defaultRole(_ entry: ObjectClass) -> PolicyText? { side(entry.defaults.role).map { "default_role { \(entry.name) } \($0);" } }
    func defaultType(_ entry: ObjectClass) -> PolicyText? { side(entry.defaults.type).map { "default_type { \(entry.name) } \($0);" } }

    /// Without MLS the language has no such statement, even where the policy has it.
    func defaultRange(_ entry: ObjectClass) -> PolicyText? { policy.isMLS ? rangeDefault(entry) : nil }

    private func rangeDefault(_ entry: ObjectClass) -> PolicyText? {
        guard (1...7).contains(entry.defaults.range) else { return nil }
        return "default_range { \(entry.name) } \(PolicyConfPrinter.defaultRanges[Int(entry.defaults.range)]);"
    }

    private func side(_ number: UInt32) -> String? {
        switch number {
        case 1: "source"
        case 2: "target"
        default: nil
        }
    }
}
