/// The names of a policy's symbols, aliases included, with their numbers: what contexts and reloads look up.
struct SymbolNames: Sendable {
    let users: [Name: UInt32]
    let roles: [Name: UInt32]
    /// Attributes as well: a context may not name one, and says so.
    let types: [Name: UInt32]
    let sensitivities: [Name: UInt32]
    let categories: [Name: UInt32]

    init(_ policy: borrowing Policy) {
        users = Self.numbers(policy.users.map { $0?.name })
        roles = Self.numbers(policy.roles.map { $0?.name })
        types = Self.numbers(policy.types.map { $0?.name }, policy.typeAliases)
        sensitivities = Self.numbers(policy.sensitivities.map(\.name), policy.sensitivityAliases)
        categories = Self.numbers(policy.categories, policy.categoryAliases)
    }

    private static func numbers(_ names: [Name?], _ aliases: [Policy.Alias] = []) -> [Name: UInt32] {
        var numbers: [Name: UInt32] = [:]
        numbers.reserveCapacity(names.count + aliases.count)
        for (index, name) in names.enumerated() {
            if let name { numbers[name] = UInt32(index + 1) }
        }
        for alias in aliases { numbers[alias.name] = alias.number }
        return numbers
    }
}
