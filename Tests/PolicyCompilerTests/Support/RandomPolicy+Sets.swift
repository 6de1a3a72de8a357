import TestSupport

extension RandomPolicy {
    /// A set of types, and which types it may stand for at most.
    struct TypeSet {
        let text: String
        var members: Set<Int>
    }

    func members(of name: String) -> Set<Int> {
        var result: Set<Int> = []
        var seen: Set<String> = []
        var open = [name]
        while let next = open.popLast() {
            guard seen.insert(next).inserted else { continue }
            result.formUnion(members[next] ?? [])
            open.append(contentsOf: attributeParts[next] ?? [])
        }
        return result
    }

    enum SetUse { case source, target, neverallowSource, neverallowTarget, plain }

    mutating func typeOrAttribute(_ scope: Scope) -> String {
        !scope.attributes.isEmpty && random.percent(35) ? random.pick(scope.attributes) : random.pick(scope.types)
    }

    mutating func typeSet(_ scope: Scope, _ use: SetUse) -> TypeSet {
        let isTarget = use == .target || use == .neverallowTarget
        let isNeverallow = use == .neverallowSource || use == .neverallowTarget
        if isTarget, random.percent(12) { return TypeSet(text: "self", members: []) }
        if isNeverallow, random.percent(25) {
            let text =
                switch random.below(form.isNew && isTarget ? 5 : 3) {
                case 0: "*"
                case 1: "~" + typeOrAttribute(scope)
                case 2: "~{ \(typeOrAttribute(scope)) \(random.pick(scope.types)) }"
                case 3: "~self"
                default: "{ \(typeOrAttribute(scope)) -self }"
                }
            return TypeSet(text: text, members: [])
        }
        if isCareless() { return TypeSet(text: random.pick(["*", "~self", "nothing_t", "{ }", "{ a, b }"]), members: []) }
        switch random.below(10) {
        case 0...4:
            let name = typeOrAttribute(scope)
            return TypeSet(text: name, members: members(of: name))
        case 5, 6:
            var names: [String] = []
            for _ in 0..<(1 + random.below(random.pick([2, 5]))) { names.append(typeOrAttribute(scope)) }
            let set = names.reduce(into: Set<Int>()) { $0.formUnion(members(of: $1)) }
            if isTarget, random.percent(15) { names.insert("self", at: random.below(names.count + 1)) }
            return TypeSet(text: braced(names), members: set)
        case 7:
            let name = typeOrAttribute(scope)
            let minus = random.pick([" - ", " -"])
            return TypeSet(text: name + minus + typeOrAttribute(scope), members: members(of: name))
        default:
            var parts: [String] = []
            var set: Set<Int> = []
            for _ in 0..<(1 + random.below(3)) {
                let name = typeOrAttribute(scope)
                set.formUnion(members(of: name))
                parts.append(random.percent(15) ? "{ \(name) }" : name)
            }
            for _ in 0..<(1 + random.below(2)) { parts.append("-" + typeOrAttribute(scope)) }
            if random.percent(30) { parts.shuffle(using: &random) }
            return TypeSet(text: "{ \(parts.joined(separator: " ")) }", members: set)
        }
    }

    /// A set without `self`, for statements that look at more than one class.
    mutating func plainTypeSet(_ scope: Scope) -> TypeSet { typeSet(scope, .plain) }

    mutating func anyRole(_ scope: Scope) -> String {
        !scope.roleAttributes.isEmpty && random.percent(15) ? random.pick(scope.roleAttributes) : random.pick(scope.roles)
    }

    mutating func roleSet(_ scope: Scope) -> String {
        if isCareless() { return random.pick(["*", "~{ \(anyRole(scope)) }", "norole", "object_r"]) }
        var roles: [String] = []
        for _ in 0..<random.pick([1, 1, 2, 4]) { roles.append(anyRole(scope)) }
        return braced(roles)
    }

    // MARK: Constraints

    enum ConstraintUse { case plain, transition, level, levelTransition }

    mutating func constrainedPermissions() -> (classes: String, permissions: String) {
        let (classes, permissions) = classesAndPermissions()
        // A constraint takes names only.
        guard permissions.hasPrefix("*") || permissions.hasPrefix("~") else { return (classes, permissions) }
        if isCareless() { return (classes, permissions) }
        let one = random.pick(self.classes)
        return (one.name, braced(random.some(one.permissions, 1, 4)))
    }

    /// An expression that needs no more than five places of the stack on which it is evaluated.
    mutating func constraintExpression(_ use: ConstraintUse) -> String {
        constraintExpression(use, isCareless() ? 7 : 4).text
    }

    private mutating func constraintExpression(_ use: ConstraintUse, _ room: Int) -> (text: String, depth: Int) {
        switch random.below(room > 1 ? 10 : 4) {
        case 4...7:
            let left = constraintExpression(use, room)
            let right = constraintExpression(use, room - 1)
            let operation = random.pick([" and ", " or ", " && ", " || ", " AND "])
            let text = left.text + operation + right.text
            // Without parentheses the operators' precedence decides, and the depth is not known: keep it small.
            return (random.percent(60) || room < 3 ? "(\(text))" : text, max(left.depth, right.depth + 1))
        case 8:
            let inner = constraintExpression(use, room)
            return (random.pick(["not ", "! ", "!", "NOT "]) + "(\(inner.text))", inner.depth)
        default:
            return ((random.percent(20) ? "not " : "") + constraintTerm(use), 1)
        }
    }

    private mutating func constraintTerm(_ use: ConstraintUse) -> String {
        let isTransition = use == .transition || use == .levelTransition
        let equality = random.pick(["==", "!=", "eq", "=="])
        let dominance = random.pick(["==", "!=", "eq", "dom", "domby", "incomp"])
        if use == .level || use == .levelTransition || isCareless(), random.percent(40) {
            return random.pick(["l1", "h1"]) + " \(dominance) " + random.pick(["l2", "h2"])
        }
        if use == .level, random.percent(15) { return random.pick(["l1 \(dominance) h1", "l2 \(dominance) h2"]) }
        let side = random.pick(isTransition ? ["1", "2", "3"] : ["1", "2"])
        // Types and roles are declared behind the MLS constraints, but known by then.
        switch random.below(8) {
        case 0: return random.pick(["u1 \(equality) u2", "t1 \(equality) t2", "sameuser"])
        case 1: return random.pick(["r1 \(dominance) r2", "role \(dominance)"])
        case 2...3 where !plannedTypes.isEmpty:
            return "t\(side) \(equality) \(constraintNames(plannedTypes))"
        case 4 where !global.roles.isEmpty: return "r\(side) \(equality) \(constraintNames(global.roles + global.roleAttributes))"
        case 5 where !global.users.isEmpty && use == .plain: return "u\(side) \(equality) \(constraintNames(global.users))"
        case 6 where !plannedTypes.isEmpty:
            return random.percent(50) || global.roles.isEmpty
                ? "\(random.pick(["source", "target"])) type \(constraintNames(plannedTypes))"
                : "\(random.pick(["source", "target"])) role \(constraintNames(global.roles))"
        default: return "u1 \(equality) u2"
        }
    }

    private var plannedTypes: [String] { global.types + global.attributes }

    private mutating func constraintNames(_ names: [String]) -> String {
        if isCareless() { return random.pick(["*", "~\(names[0])", "{ \(names[0]) -\(names[0]) }", "object_r"]) }
        var chosen: [String] = []
        for _ in 0..<random.pick([1, 1, 2, 4]) { chosen.append(random.pick(names)) }
        return chosen.count == 1 && random.percent(70) ? chosen[0] : "{ \(chosen.joined(separator: " ")) }"
    }

    mutating func writeConstraints() {
        guard random.percent(60) else { return }
        for _ in 0..<(1 + random.below(8)) {
            if random.percent(25) {
                emit("validatetrans \(someClasses()) \(constraintExpression(.transition));")
            } else {
                let (classes, permissions) = constrainedPermissions()
                emit("constrain \(classes) \(permissions) \(constraintExpression(.plain));")
            }
        }
    }
}
