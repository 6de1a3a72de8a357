extension LoadedPolicy {
    /// What a new context is for.
    public enum NewContext: Sendable, CaseIterable {
        /// A domain or object that the source makes, or a domain that enters the target.
        case transition
        /// One of several instances of an object, for the source.
        case member
        /// An object that the source wants to have relabelled.
        case change

        var ruleKind: Rule.Kind {
            switch self {
            case .transition: .typeTransition
            case .member: .typeMember
            case .change: .typeChange
            }
        }
    }

    /// The context that a source's new object of a class gets, in view of a target (Xen, xen/xsm/flask/ss/services.c:
    /// `security_compute_sid`). It need not be a valid one.
    ///
    /// For a class that the policy does not have there are no rules, and Xen does not mind. Differences from Linux: the
    /// role changes only for domains, whatever the class of the rule, and defaults of classes are not read.
    public func newContext(
        _ purpose: NewContext, source: borrowing SecurityContext, target: borrowing SecurityContext, objectClass: UInt16
    ) throws(DecisionError) -> SecurityContext {
        try checkSymbols(source)
        try checkSymbols(target)
        let isSubject = objectClass == tables.subjectClass
        var context = SecurityContext(
            user: purpose == .member ? target.user : source.user, role: isSubject ? source.role : Self.objectRole,
            type: isSubject ? source.type : target.type)
        if let type = type(purpose.ruleKind, source.type, target.type, objectClass) { context.type = type }
        if isSubject, purpose == .transition,
            let role = tables.roleTransitions[RoleTransitionKey(role: source.role, type: target.type)]
        {
            context.role = role
        }
        guard tables.policy.isMLS else { return context }
        if purpose == .transition,
            let range = tables.rangeTransitions[
                RangeTransitionKey(source: source.type, target: target.type, objectClass: UInt32(objectClass))]
        {
            context.range = range
        } else if isSubject, purpose != .member {
            context.range = source.range
        } else {
            context.range = MLSRange(low: source.range.low, high: source.range.low)
        }
        return context
    }

    /// The number of `object_r`, the role of all that does not act.
    static var objectRole: UInt32 { 1 }

    /// What a type rule says about two types and a class, one under a condition only when there is no other.
    private func type(_ kind: Rule.Kind, _ source: UInt32, _ target: UInt32, _ objectClass: UInt16) -> UInt32? {
        let table = tables.rules
        var found: UInt32?
        for index in table.row(source: UInt16(truncatingIfNeeded: source), objectClass: objectClass) {
            let rule = table.rules[index]
            guard rule.target == target else { continue }
            if rule.kind == kind { return rule.data }
            if rule.kind.rawValue == kind.rawValue | AccessVectorTable.conditionalMark, found == nil {
                let conditional = table.conditionalRules[Int(rule.data)]
                if holds[Int(conditional.branch)] { found = conditional.data }
            }
        }
        return found
    }

    /// Whether an object of a class may get another context when a process asks for it (Xen,
    /// xen/xsm/flask/ss/services.c: `security_validate_transition`).
    public func allowsTransition(
        from old: borrowing SecurityContext, to new: borrowing SecurityContext, by process: borrowing SecurityContext,
        objectClass: UInt16
    ) throws(DecisionError) -> Bool {
        guard objectClass > 0, objectClass <= tables.policy.classes.count else { throw .unknownClass(objectClass) }
        try checkSymbols(old)
        try checkSymbols(new)
        try checkSymbols(process)
        for constraint in tables.constraints.validateTransitions(ofClass: objectClass) {
            let process: SecurityContext? = copy process
            if !tables.constraints.holds(constraint, source: old, target: new, process: process) { return false }
        }
        return true
    }
}
