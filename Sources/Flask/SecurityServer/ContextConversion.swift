/// How contexts of one policy are said in another: by the names of users, roles, types, sensitivities and categories
/// (Xen, xen/xsm/flask/ss/services.c: `convert_context`).
struct ContextConversion {
    private let users: [UInt32]
    private let roles: [UInt32]
    private let types: [UInt32]
    private let sensitivities: [UInt32]
    private let categories: [UInt32]
    private let policy: LoadedPolicy
    private let isEnforcing: Bool

    init(from old: LoadedPolicy, to new: LoadedPolicy, isEnforcing: Bool) {
        policy = new
        self.isEnforcing = isEnforcing
        func numbers(_ names: [Name?], _ known: NameIndex) -> [UInt32] {
            names.map { $0.flatMap { known[$0] } ?? 0 }
        }
        users = numbers(old.policy.users.map { $0?.name }, new.tables.names.users)
        roles = numbers(old.policy.roles.map { $0?.name }, new.tables.names.roles)
        types = numbers(old.policy.types.map { $0?.name }, new.tables.names.types)
        sensitivities = numbers(old.policy.sensitivities.map(\.name), new.tables.names.sensitivities)
        categories = numbers(old.policy.categories, new.tables.names.categories)
    }

    enum Result {
        case converted(SecurityContext)
        /// It is kept all the same, because nothing is enforced.
        case keptInvalid(SecurityContext)
        /// A name is gone, or the new policy does not let the names stand together.
        case invalid
    }

    func convert(_ context: borrowing SecurityContext) -> Result {
        var converted = SecurityContext(
            user: Self.number(context.user, users), role: Self.number(context.role, roles),
            type: Self.number(context.type, types))
        guard converted.user != 0, converted.role != 0, converted.type != 0 else { return .invalid }
        if policy.policy.isMLS {
            guard let low = level(context.range.low), let high = level(context.range.high) else { return .invalid }
            converted.range = MLSRange(low: low, high: high)
        }
        if policy.tables.policy.isValid(converted) { return .converted(converted) }
        return isEnforcing ? .invalid : .keptInvalid(converted)
    }

    private static func number(_ old: UInt32, _ numbers: [UInt32]) -> UInt32 {
        old > 0 && old <= numbers.count ? numbers[Int(old) - 1] : 0
    }

    private func level(_ level: MLSLevel) -> MLSLevel? {
        var converted = MLSLevel(sensitivity: Self.number(level.sensitivity, sensitivities))
        guard converted.sensitivity != 0 else { return nil }
        for category in level.categories {
            guard category < categories.count, categories[category] != 0 else { return nil }
            converted.categories.insert(Int(categories[category]) - 1)
        }
        return converted
    }
}
