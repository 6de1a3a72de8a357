extension LoadedPolicy {
    /// What the policy allows a source to do to a target, for the permissions of one class (Xen,
    /// xen/xsm/flask/ss/services.c: `context_struct_compute_av`).
    ///
    /// Rules give permissions, constraints take them away, then the change of a role that is not allowed, then the types
    /// that bound the source's and the target's. What bounds took away is appended to `violations`, in the order in
    /// which Xen reports it.
    ///
    /// Throws ``DecisionError``, for which Xen answers `EINVAL`, when there is no such class.
    public func accessDecision(
        source: borrowing SecurityContext, target: borrowing SecurityContext, objectClass: UInt16,
        violations: inout [BoundsViolation]
    ) throws(DecisionError) -> AccessDecision {
        guard objectClass > 0, objectClass <= tables.policy.classes.count else { throw .unknownClass(objectClass) }
        try checkSymbols(source)
        try checkSymbols(target)
        return decide(source, target, objectClass, &violations)
    }

    /// What ``accessDecision(source:target:objectClass:violations:)`` says, when nobody asks about bounds.
    public func accessDecision(
        source: borrowing SecurityContext, target: borrowing SecurityContext, objectClass: UInt16
    ) throws(DecisionError) -> AccessDecision {
        var violations: [BoundsViolation] = []
        return try accessDecision(source: source, target: target, objectClass: objectClass, violations: &violations)
    }

    private func decide(
        _ source: borrowing SecurityContext, _ target: borrowing SecurityContext, _ objectClass: UInt16,
        _ violations: inout [BoundsViolation]
    ) -> AccessDecision {
        var decision = rulesDecision(source.type, target.type, objectClass)
        for constraint in tables.constraints.constraints(ofClass: objectClass)
        where constraint.permissions & decision.allowed != 0 {
            if !tables.constraints.holds(constraint, source: source, target: target) {
                decision.allowed &= ~constraint.permissions
            }
        }
        if objectClass == tables.subjectClass, decision.allowed & tables.transition != 0, source.role != target.role,
            !tables.roleAllows.contains(RoleAllow(role: source.role, newRole: target.role))
        {
            decision.allowed &= ~tables.transition
        }
        applyBounds(source, target, objectClass, &decision, &violations)
        decision.isPermissive = tables.policy.permissiveTypes.contains(Int(source.type))
        return decision
    }

    // MARK: Rules

    /// What rules give to the attributes of the source for those of the target.
    package func rulesDecision(_ source: UInt32, _ target: UInt32, _ objectClass: UInt16) -> AccessDecision {
        var decision = AccessDecision(allowed: 0)
        let attributes = tables.attributes
        let rules = tables.rules.rules
        let targets = attributes.membership(of: target)
        for place in attributes.range(of: source) {
            for index in tables.rules.row(source: attributes.numbers[place], objectClass: objectClass) {
                let rule = rules[index]
                if targets.mayContain(rule.target), attributes.contains(rule.target, targets) { add(rule, to: &decision) }
            }
        }
        return decision
    }

    private func add(_ rule: Rule, to decision: inout AccessDecision) {
        var data = rule.data
        if rule.kind.rawValue & AccessVectorTable.conditionalMark != 0 {
            let conditional = tables.rules.conditionalRules[Int(data)]
            guard holds[Int(conditional.branch)] else { return }
            data = conditional.data
        }
        switch Rule.Kind(rawValue: rule.kind.rawValue & ~AccessVectorTable.conditionalMark) {
        case .allow: decision.allowed |= data
        case .auditAllow: decision.auditAllow |= data
        case .auditDeny: decision.auditDeny &= data
        default: break
        }
    }

    // MARK: Bounds

    /// Takes away what those types do not have that bound the source's, the target's, or both. As in Xen, a bound that
    /// has everything ends the search, also when one before it had not
    /// (xen/xsm/flask/ss/services.c: `type_attribute_bounds_av`).
    private func applyBounds(
        _ source: borrowing SecurityContext, _ target: borrowing SecurityContext, _ objectClass: UInt16,
        _ decision: inout AccessDecision, _ violations: inout [BoundsViolation]
    ) {
        let sourceBounds = tables.policy.types[Int(source.type) - 1]?.bounds ?? 0
        let targetBounds = tables.policy.types[Int(target.type) - 1]?.bounds ?? 0
        guard sourceBounds != 0 || targetBounds != 0 else { return }
        var masked: UInt32 = 0
        for (usesSource, usesTarget) in [(true, false), (false, true), (true, true)] {
            if usesSource, sourceBounds == 0 { continue }
            if usesTarget, targetBounds == 0 { continue }
            var lowSource = copy source
            var lowTarget = copy target
            if usesSource { lowSource.type = sourceBounds }
            if usesTarget { lowTarget.type = targetBounds }
            let bound = decide(lowSource, lowTarget, objectClass, &violations)
            masked = decision.allowed & ~bound.allowed
            if masked == 0 { return }
        }
        decision.allowed &= ~masked
        violations.append(
            BoundsViolation(source: copy source, target: copy target, objectClass: objectClass, permissions: masked))
    }

    // MARK: Contexts

    /// Whether every number of a context is one of the policy's. That it belongs together is another question.
    func checkSymbols(_ context: borrowing SecurityContext) throws(DecisionError) {
        guard context.user > 0, context.user <= tables.policy.users.count, tables.policy.users[Int(context.user) - 1] != nil else {
            throw .unknownSymbol(.user, context.user)
        }
        guard context.role > 0, context.role <= tables.policy.roles.count, tables.policy.roles[Int(context.role) - 1] != nil else {
            throw .unknownSymbol(.role, context.role)
        }
        guard context.type > 0, context.type <= tables.policy.types.count, tables.policy.types[Int(context.type) - 1] != nil else {
            throw .unknownSymbol(.type, context.type)
        }
    }
}
