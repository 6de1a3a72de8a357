import Flask
import TestSupport

/// Policies that a seed decides, small enough for every question to be asked, in which all that decides something occurs.
struct RandomPolicy {
    private var random: SplitMix64
    private var policy: Policy
    private let isMLS: Bool
    private var taken: Set<Rule> = []
    /// The numbers of types that are no attributes, and of the attributes.
    private var types: [Int] = []
    private var attributes: [Int] = []

    /// The policy of a seed. `hasBounds` also lets types bound each other.
    static func make(seed: UInt64, isMLS: Bool, hasBounds: Bool) -> Policy {
        var maker = RandomPolicy(seed: seed, isMLS: isMLS)
        maker.addClasses()
        maker.addTypes(hasBounds: hasBounds)
        maker.addLevels()
        maker.addRolesAndUsers()
        maker.addRules()
        maker.addConstraints()
        maker.addTransitions()
        maker.addInitialContexts()
        return maker.policy
    }

    /// A context of the policy's symbols, which need not belong together.
    static func context(of policy: Policy, using random: inout SplitMix64) -> SecurityContext {
        let types = policy.types.indices.filter { policy.types[$0]?.isAttribute == false }
        return context(
            of: policy, type: UInt32(types.randomElement(using: &random)! + 1), roles: policy.roles.indices.filter { policy.roles[$0] != nil },
            using: &random)
    }

    /// A context of a type, mostly with a role that has the type and a user that has the role.
    static func context(of policy: Policy, type: UInt32, using random: inout SplitMix64) -> SecurityContext {
        let roles = policy.roles.indices.filter { policy.roles[$0]?.types.contains(Int(type) - 1) == true }
        return context(of: policy, type: type, roles: roles.isEmpty ? [0] : roles, using: &random)
    }

    private static func context(
        of policy: Policy, type: UInt32, roles: [Int], using random: inout SplitMix64
    ) -> SecurityContext {
        let role = roles.randomElement(using: &random)!
        let users = policy.users.indices.filter { policy.users[$0] != nil }
        let fitting = users.filter { policy.users[$0]?.roles.contains(role) == true }
        let user = (Bool.random(using: &random) ? fitting : users).randomElement(using: &random) ?? users[0]
        return SecurityContext(
            user: UInt32(user + 1), role: UInt32(role + 1), type: type, range: range(of: policy, using: &random))
    }

    /// A range of levels that exist, the high one not below the low one.
    static func range(of policy: Policy, using random: inout SplitMix64) -> MLSRange {
        guard policy.isMLS else { return MLSRange() }
        let low = level(of: policy, above: MLSLevel(sensitivity: 1), using: &random)
        return MLSRange(low: low, high: level(of: policy, above: low, using: &random))
    }

    private static func level(of policy: Policy, above lower: MLSLevel, using random: inout SplitMix64) -> MLSLevel {
        var level = lower
        level.sensitivity = UInt32.random(in: lower.sensitivity...UInt32(policy.sensitivities.count), using: &random)
        for category in policy.categories.indices where Bool.random(using: &random) { level.categories.insert(category) }
        return level
    }

    private init(seed: UInt64, isMLS: Bool) {
        random = SplitMix64(seed: seed)
        self.isMLS = isMLS
        policy = Policy(target: .xen, version: 30, isMLS: isMLS)
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    private mutating func chance(_ oneIn: Int) -> Bool { number(1...oneIn) == 1 }

    // MARK: Symbols

    private mutating func addClasses() {
        let count = number(2...5)
        let subject = number(0...count - 1)
        for index in 0..<count {
            var entry = ObjectClass(name: index == subject ? "domain" : Name("class\(index)"))
            let permissions = index == subject ? number(2...6) : chance(8) ? 32 : number(1...6)
            let transition = number(0...permissions - 1)
            entry.permissions = (0..<permissions).map {
                .init(name: index == subject && $0 == transition ? "transition" : Name("p\($0)"), number: UInt32($0 + 1))
            }
            entry.permissionCount = UInt32(permissions)
            policy.classes.append(entry)
        }
    }

    private mutating func addTypes(hasBounds: Bool) {
        let count = number(4...10)
        for index in 0..<count {
            let isAttribute = index > 0 && index < count - 1 && chance(3)
            policy.types.append(TypeEntry(name: Name(isAttribute ? "a\(index)" : "t\(index)_t"), isAttribute: isAttribute))
            if isAttribute { attributes.append(index + 1) } else { types.append(index + 1) }
        }
        for index in 0..<count {
            var set: Bitmap = [index]
            if types.contains(index + 1) { for attribute in attributes where chance(2) { set.insert(attribute - 1) } }
            policy.typeAttributes.append(set)
            if chance(6) { policy.permissiveTypes.insert(index + 1) }
        }
        guard hasBounds else { return }
        // A type is bounded by one before it, so that there is no circle; three in a row are what Xen takes.
        var depths = [Int](repeating: 0, count: count)
        for type in types.dropFirst() where chance(2) {
            let bounds = types[number(0...types.firstIndex(of: type)! - 1)]
            guard depths[bounds - 1] < 3 else { continue }
            depths[type - 1] = depths[bounds - 1] + 1
            policy.types[type - 1]?.bounds = UInt32(bounds)
        }
    }

    private mutating func addLevels() {
        guard isMLS else { return }
        policy.categories = (0..<number(1...5)).map { Name("c\($0)") }
        let all = Bitmap(policy.categories.indices)
        policy.sensitivities = (0..<number(1...3)).map {
            Sensitivity(name: Name("s\($0)"), level: MLSLevel(sensitivity: UInt32($0 + 1), categories: all))
        }
    }

    private mutating func addRolesAndUsers() {
        let all = Bitmap(types.map { $0 - 1 })
        for index in 0..<number(2...4) {
            var role = Role(name: index == 0 ? "object_r" : Name("r\(index)_r"))
            if index > 0 {
                role.types = index == 1 ? all : Bitmap(types.filter { _ in chance(2) }.map { $0 - 1 })
                role.dominates = [index]
                if index > 1, chance(2) { role.dominates.insert(number(1...index)) }
            }
            policy.roles.append(role)
        }
        for index in 0..<number(1...3) {
            var user = User(name: Name("u\(index)"))
            user.roles = Bitmap(policy.roles.indices.dropFirst().filter { _ in index == 0 || chance(2) })
            if isMLS {
                user.range = MLSRange(
                    low: MLSLevel(sensitivity: 1),
                    high: MLSLevel(
                        sensitivity: UInt32(policy.sensitivities.count), categories: Bitmap(policy.categories.indices)))
                user.defaultLevel = user.range.low
            }
            policy.users.append(user)
        }
    }

    // MARK: Rules

    private mutating func addRules() {
        policy.rules.rules = rules(number(8...60))
        policy.booleans = (0..<number(0...4)).map { Boolean(name: Name("b\($0)"), value: Bool.random(using: &random)) }
        guard !policy.booleans.isEmpty else { return }
        for _ in 0..<number(0...4) {
            let expression = condition(number(0...3))
            policy.conditionals.append(
                Conditional(state: nil, expression: expression, whenTrue: rules(number(0...6)), whenFalse: rules(number(0...6))))
        }
    }

    /// Rules with keys that no other has: so no two type rules contradict each other.
    private mutating func rules(_ count: Int) -> [Rule] {
        var rules: [Rule] = []
        for _ in 0..<count {
            let isType = chance(4)
            let kinds: [Rule.Kind] = isType ? [.typeTransition, .typeMember, .typeChange] : [.allow, .allow, .allow, .auditAllow, .auditDeny]
            let pool = isType ? types : types + attributes
            let key = Rule(
                source: UInt16(pool.randomElement(using: &random)!), target: UInt16(pool.randomElement(using: &random)!),
                objectClass: UInt16(number(1...policy.classes.count)), kind: kinds.randomElement(using: &random)!, data: 0)
            guard taken.insert(key).inserted else { continue }
            var rule = key
            let all = UInt32.max >> (32 - policy.classes[Int(key.objectClass) - 1].permissionCount)
            rule.data = isType ? UInt32(types.randomElement(using: &random)!) : UInt32.random(in: 1...all, using: &random)
            if rule.kind == .auditDeny { rule.data = ~rule.data }
            rules.append(rule)
        }
        return rules
    }

    private mutating func condition(_ depth: Int) -> [Conditional.Term] {
        guard depth > 0 else { return [.init(.boolean, boolean: UInt32(number(1...policy.booleans.count)))] }
        if chance(4) { return condition(depth - 1) + [.init(.not)] }
        let operators: [Conditional.Operator] = [.or, .and, .xor, .equal, .notEqual]
        return condition(depth - 1) + condition(depth - 1) + [.init(operators.randomElement(using: &random)!)]
    }

    // MARK: Constraints

    private mutating func addConstraints() {
        for index in policy.classes.indices {
            for _ in 0..<number(0...3) {
                let all = UInt32.max >> (32 - policy.classes[index].permissionCount)
                policy.classes[index].constraints.append(
                    Constraint(
                        permissions: UInt32.random(in: 1...all, using: &random),
                        expression: expression(number(0...3), isTransition: false)))
            }
            for _ in 0..<number(0...2) {
                policy.classes[index].validateTransitions.append(
                    Constraint(permissions: 0, expression: expression(number(0...3), isTransition: true)))
            }
        }
    }

    private mutating func expression(_ depth: Int, isTransition: Bool) -> [Constraint.Term] {
        guard depth > 0 else { return [term(isTransition)] }
        if chance(4) { return expression(depth - 1, isTransition: isTransition) + [.init(.not)] }
        return expression(depth - 1, isTransition: isTransition) + expression(depth - 1, isTransition: isTransition)
            + [.init(chance(2) ? .and : .or)]
    }

    private mutating func term(_ isTransition: Bool) -> Constraint.Term {
        let kinds: [Constraint.Attribute] = [.user, .role, .type]
        if chance(2) {
            let levels: [Constraint.Attribute] = [.lowLow, .lowHigh, .highLow, .highHigh, .sourceLowHigh, .targetLowHigh]
            let attribute = (isMLS && chance(2) ? levels : kinds).randomElement(using: &random)!
            let ordered: [Constraint.Term.Comparison] = [.equal, .notEqual, .dominates, .dominatedBy, .incomparable]
            let comparisons = attribute == .user || attribute == .type ? Array(ordered.prefix(2)) : ordered
            return Constraint.Term(.attribute, attribute, comparisons.randomElement(using: &random)!)
        }
        let kind = kinds.randomElement(using: &random)!
        let subjects: [Constraint.Attribute] = isTransition ? [[], .target, .relabellingProcess] : [[], .target]
        let numbers: [Int] =
            switch kind {
            case .user: Array(policy.users.indices)
            case .role: Array(policy.roles.indices)
            default: types.map { $0 - 1 }
            }
        let names = Bitmap(numbers.filter { _ in chance(2) })
        return Constraint.Term(
            .names, kind.union(subjects.randomElement(using: &random)!), chance(2) ? .equal : .notEqual, names: names,
            typeSet: .init(included: kind == .type ? names : []))
    }

    // MARK: Transitions

    private mutating func addTransitions() {
        let subject = UInt32(policy.classes.firstIndex { $0.name == "domain" }! + 1)
        let roles = Array(2...policy.roles.count)
        for role in roles {
            for newRole in roles where role != newRole && chance(3) {
                policy.roleAllows.append(RoleAllow(role: UInt32(role), newRole: UInt32(newRole)))
            }
            for type in types where chance(5) {
                policy.roleTransitions.append(
                    RoleTransition(
                        role: UInt32(role), type: UInt32(type), objectClass: subject,
                        newRole: UInt32(roles.randomElement(using: &random)!)))
            }
        }
        guard isMLS else { return }
        var keys: Set<[Int]> = []
        for _ in 0..<number(0...4) {
            let key = [types.randomElement(using: &random)!, types.randomElement(using: &random)!, number(1...policy.classes.count)]
            guard keys.insert(key).inserted else { continue }
            policy.rangeTransitions.append(
                RangeTransition(
                    source: UInt32(key[0]), target: UInt32(key[1]), objectClass: UInt32(key[2]),
                    range: Self.range(of: policy, using: &random)))
        }
    }

    private mutating func addInitialContexts() {
        let level = MLSLevel(sensitivity: isMLS ? 1 : 0)
        let context = SecurityContext(user: 1, role: 2, type: UInt32(types[0]), range: MLSRange(low: level, high: level))
        policy.initialContexts = (1...13).reversed().map { InitialContext(sid: $0, context: context) }
    }
}
