import Flask

/// What a policy decides, straight from the definition: every rule is looked at for every question. It is the
/// specification that the indexed decisions are held against; nothing here is clever.
struct ReferenceDecision {
    let policy: Policy
    let booleans: [Bool]
    let subjectClass: Name

    init(_ policy: Policy, booleans: [Bool]? = nil, subjectClass: Name = "domain") {
        self.policy = policy
        self.booleans = booleans ?? policy.booleans.map(\.value)
        self.subjectClass = subjectClass
    }

    // MARK: Access vectors

    func accessDecision(
        _ source: SecurityContext, _ target: SecurityContext, _ objectClass: UInt16, _ violations: inout [BoundsViolation]
    ) -> AccessDecision {
        var allowed: Set<UInt32> = []
        var auditAllow: Set<UInt32> = []
        var silent: Set<UInt32> = []
        for rule in rulesInForce where rule.objectClass == objectClass {
            guard has(source.type, rule.source), has(target.type, rule.target) else { continue }
            switch rule.kind {
            case .allow: allowed.formUnion(bits(rule.data))
            case .auditAllow: auditAllow.formUnion(bits(rule.data))
            case .auditDeny: silent.formUnion(bits(~rule.data))
            default: break
            }
        }
        for constraint in policy.classes[Int(objectClass) - 1].constraints {
            if !holds(constraint.expression, source, target, nil) { allowed.subtract(bits(constraint.permissions)) }
        }
        if policy.classes[Int(objectClass) - 1].name == subjectClass, source.role != target.role,
            !policy.roleAllows.contains(where: { $0.role == source.role && $0.newRole == target.role })
        {
            let transition = policy.classes[Int(objectClass) - 1].permissions.first { $0.name == "transition" }
            if let transition { allowed.remove(transition.number - 1) }
        }
        let masked = maskedByBounds(mask(allowed), source, target, objectClass, &violations)
        return AccessDecision(
            allowed: mask(allowed) & ~masked, auditAllow: mask(auditAllow), auditDeny: ~mask(silent),
            isPermissive: policy.permissiveTypes.contains(Int(source.type)))
    }

    /// The last of the bounds that has something missing decides; one that has everything acquits.
    private func maskedByBounds(
        _ allowed: UInt32, _ source: SecurityContext, _ target: SecurityContext, _ objectClass: UInt16,
        _ violations: inout [BoundsViolation]
    ) -> UInt32 {
        var lowSource = source
        var lowTarget = target
        lowSource.type = policy.types[Int(source.type) - 1]?.bounds ?? 0
        lowTarget.type = policy.types[Int(target.type) - 1]?.bounds ?? 0
        var pairs: [(SecurityContext, SecurityContext)] = []
        if lowSource.type != 0 { pairs.append((lowSource, target)) }
        if lowTarget.type != 0 { pairs.append((source, lowTarget)) }
        if lowSource.type != 0, lowTarget.type != 0 { pairs.append((lowSource, lowTarget)) }
        var masked: UInt32 = 0
        for (source, target) in pairs {
            masked = allowed & ~accessDecision(source, target, objectClass, &violations).allowed
            if masked == 0 { return 0 }
        }
        if masked != 0 {
            violations.append(
                BoundsViolation(source: source, target: target, objectClass: objectClass, permissions: masked))
        }
        return masked
    }

    private var rulesInForce: [Rule] {
        policy.conditionals.reduce(into: policy.rules.rules) { rules, condition in
            guard let value = value(condition.expression) else { return }
            rules += value ? condition.whenTrue : condition.whenFalse
        }
    }

    private func has(_ type: UInt32, _ attribute: UInt16) -> Bool {
        policy.typeAttributes[Int(type) - 1].contains(Int(attribute) - 1)
    }

    private func bits(_ mask: UInt32) -> Set<UInt32> { Set((0..<32).filter { mask >> $0 & 1 == 1 }) }
    private func mask(_ bits: Set<UInt32>) -> UInt32 { bits.reduce(0) { $0 | 1 << $1 } }

    // MARK: Expressions

    private func value(_ expression: [Conditional.Term]) -> Bool? {
        var stack: [Bool] = []
        for term in expression {
            switch term.operation {
            case .boolean: stack.append(booleans[Int(term.boolean) - 1])
            case .not: stack.append(!stack.removeLast())
            default:
                let right = stack.removeLast()
                let left = stack.removeLast()
                switch term.operation {
                case .and: stack.append(left && right)
                case .or: stack.append(left || right)
                case .equal: stack.append(left == right)
                default: stack.append(left != right)
                }
            }
        }
        return stack.last
    }

    private func holds(
        _ expression: [Constraint.Term], _ source: SecurityContext, _ target: SecurityContext, _ process: SecurityContext?
    ) -> Bool {
        var stack: [Bool] = []
        for term in expression {
            switch term.kind {
            case .not: stack.append(!stack.removeLast())
            case .and:
                let right = stack.removeLast()
                stack.append(stack.removeLast() && right)
            case .or:
                let right = stack.removeLast()
                stack.append(stack.removeLast() || right)
            case .attribute: stack.append(compare(term, source, target))
            case .names:
                let whose = term.attribute.contains(.target) ? target : term.attribute.contains(.relabellingProcess) ? process! : source
                let number = term.attribute.contains(.user) ? whose.user : term.attribute.contains(.role) ? whose.role : whose.type
                stack.append(term.names.contains(Int(number) - 1) == (term.comparison == .equal))
            }
        }
        return stack.last ?? false
    }

    private func compare(_ term: Constraint.Term, _ source: SecurityContext, _ target: SecurityContext) -> Bool {
        func levels(_ first: MLSLevel, _ second: MLSLevel) -> Bool {
            let up = first.sensitivity >= second.sensitivity && Set(first.categories).isSuperset(of: second.categories)
            let down = second.sensitivity >= first.sensitivity && Set(second.categories).isSuperset(of: first.categories)
            return switch term.comparison {
            case .equal: first.sensitivity == second.sensitivity && Set(first.categories) == Set(second.categories)
            case .notEqual: first.sensitivity != second.sensitivity || Set(first.categories) != Set(second.categories)
            case .dominates: up
            case .dominatedBy: down
            case .incomparable: !up && !down
            case .none: false
            }
        }
        func numbers(_ first: UInt32, _ second: UInt32) -> Bool { (first == second) == (term.comparison == .equal) }
        switch term.attribute {
        case .user: return numbers(source.user, target.user)
        case .type: return numbers(source.type, target.type)
        case .role:
            let up = policy.roles[Int(source.role) - 1]!.dominates.contains(Int(target.role) - 1)
            let down = policy.roles[Int(target.role) - 1]!.dominates.contains(Int(source.role) - 1)
            switch term.comparison {
            case .dominates: return up
            case .dominatedBy: return down
            case .incomparable: return !up && !down
            default: return numbers(source.role, target.role)
            }
        case .lowLow: return levels(source.range.low, target.range.low)
        case .lowHigh: return levels(source.range.low, target.range.high)
        case .highLow: return levels(source.range.high, target.range.low)
        case .highHigh: return levels(source.range.high, target.range.high)
        case .sourceLowHigh: return levels(source.range.low, source.range.high)
        default: return levels(target.range.low, target.range.high)
        }
    }

    // MARK: New contexts

    func newContext(
        _ purpose: LoadedPolicy.NewContext, _ source: SecurityContext, _ target: SecurityContext, _ objectClass: UInt16
    ) -> SecurityContext {
        let index = Int(objectClass) - 1
        let isSubject = policy.classes.indices.contains(index) && policy.classes[index].name == subjectClass
        var context = isSubject ? source : SecurityContext(user: source.user, role: 1, type: target.type)
        if purpose == .member { context.user = target.user }
        context.range = isSubject && purpose != .member ? source.range : MLSRange(low: source.range.low, high: source.range.low)
        let kind: Rule.Kind =
            switch purpose {
            case .transition: .typeTransition
            case .member: .typeMember
            case .change: .typeChange
            }
        let isAsked: (Rule) -> Bool = {
            $0.kind == kind && $0.source == source.type && $0.target == target.type && $0.objectClass == objectClass
        }
        if let rule = policy.rules.rules.first(where: isAsked) ?? rulesInForce.first(where: isAsked) { context.type = rule.data }
        guard purpose == .transition else { return policy.isMLS ? context : context.withoutRange }
        if isSubject, let rule = policy.roleTransitions.first(where: { $0.role == source.role && $0.type == target.type }) {
            context.role = rule.newRole
        }
        let range = policy.rangeTransitions.first {
            $0.source == source.type && $0.target == target.type && $0.objectClass == UInt32(objectClass)
        }
        if let range { context.range = range.range }
        return policy.isMLS ? context : context.withoutRange
    }

    func allowsTransition(
        _ old: SecurityContext, _ new: SecurityContext, _ process: SecurityContext, _ objectClass: UInt16
    ) -> Bool {
        policy.classes[Int(objectClass) - 1].validateTransitions.allSatisfy { holds($0.expression, old, new, process) }
    }
}

extension SecurityContext {
    fileprivate var withoutRange: SecurityContext { SecurityContext(user: user, role: role, type: type) }
}
