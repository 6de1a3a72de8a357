/// The names of a policy's symbols, aliases included, with their numbers: what contexts and reloads look up.
struct SymbolNames: Sendable {
    let users: NameIndex
    let roles: NameIndex
    /// Attributes as well: a context may not name one, and says so.
    let types: NameIndex
    let sensitivities: NameIndex
    let categories: NameIndex

    init(_ policy: borrowing Policy) {
        users = Self.index(policy.users.count) { policy.users[$0]?.name }
        roles = Self.index(policy.roles.count) { policy.roles[$0]?.name }
        types = Self.index(policy.types.count, policy.typeAliases) { policy.types[$0]?.name }
        sensitivities = Self.index(policy.sensitivities.count, policy.sensitivityAliases) { policy.sensitivities[$0].name }
        categories = Self.index(policy.categories.count, policy.categoryAliases) { policy.categories[$0] }
    }

    private static func index(_ count: Int, _ aliases: [Policy.Alias] = [], name: (Int) -> Name?) -> NameIndex {
        var index = NameIndex(capacity: count + aliases.count)
        for place in 0..<count {
            if let name = name(place) { index.insert(name, UInt32(place + 1)) }
        }
        for alias in aliases { index.insert(alias.name, alias.number) }
        return index
    }
}
