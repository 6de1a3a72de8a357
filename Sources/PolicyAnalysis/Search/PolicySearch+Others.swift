import Flask

// What is no rule in the access vector table.

extension PolicySearch {
    mutating func searchTransitions() {
        if wants(.typeTransition) {
            for transition in policy.filenameTransitions where wants(class: transition.objectClass) {
                guard target?.contains(transition.target) ?? true else { continue }
                for result in transition.results where resultType?.contains(result.type) ?? true {
                    for index in result.sources where source?.contains(index + 1) ?? true {
                        add(.filenameTransition(transition, source: UInt32(index + 1), type: result.type))
                    }
                }
            }
        }
        guard wants(.rangeTransition), resultType == nil else { return }
        for transition in policy.rangeTransitions where wants(class: transition.objectClass) {
            guard source?.contains(transition.source) ?? true, target?.contains(transition.target) ?? true else { continue }
            add(.rangeTransition(transition))
        }
    }

    mutating func searchRoles() {
        func holds(_ roles: Bitmap?, _ number: UInt32) -> Bool { roles?.contains(Int(number) - 1) ?? true }
        if wants(.roleAllow), classes == nil, resultType == nil {
            for allow in policy.roleAllows where holds(sourceRoles, allow.role) && holds(targetRoles, allow.newRole) { add(.roleAllow(allow)) }
        }
        guard wants(.roleTransition) else { return }
        for transition in policy.roleTransitions where wants(class: transition.objectClass) {
            guard holds(sourceRoles, transition.role), target?.contains(transition.type) ?? true, holds(resultRoles, transition.newRole) else {
                continue
            }
            add(.roleTransition(transition))
        }
    }

    // MARK: Constraints

    mutating func searchConstraints() {
        for (index, entry) in policy.classes.enumerated() where wants(class: index + 1) {
            if wants(.constrain) {
                for (place, constraint) in entry.constraints.enumerated() where meets(constraint, ofClass: index + 1) {
                    add(.constraint(constraint, objectClass: index + 1, place: place))
                }
            }
            guard wants(.validateTransition), permissions == nil else { continue }
            for (place, constraint) in entry.validateTransitions.enumerated() where meets(constraint, ofClass: index + 1) {
                add(.constraint(constraint, objectClass: index + 1, place: place))
            }
        }
    }

    private func meets(_ constraint: Constraint, ofClass number: Int) -> Bool {
        if let permissions, !permissions.isMet(by: constraint.permissions, ofClass: number) { return false }
        if let source, !names(constraint, source, sourceRoles, isTarget: false, isDirect: question.isSourceDirect) { return false }
        if let target, !names(constraint, target, targetRoles, isTarget: true, isDirect: question.isTargetDirect) { return false }
        return true
    }

    /// Whether a term compares that side with a type or role that is asked for.
    private func names(_ constraint: Constraint, _ types: TypeCriterion, _ roles: Bitmap?, isTarget: Bool, isDirect: Bool) -> Bool {
        constraint.expression.contains { term in
            guard term.kind == .names, term.attribute.contains(.target) == isTarget else { return false }
            if term.attribute.contains(.role) { return roles.map { term.names.intersects($0) } ?? false }
            guard term.attribute.contains(.type) else { return false }
            return (isDirect && !term.typeSet.included.isEmpty ? term.typeSet.included : term.names).intersects(types.types)
        }
    }

    // MARK: Contexts

    mutating func searchContexts() {
        if wants(.initialSID) { for entry in policy.initialContexts where meets(entry.context) { add(.initialSID(entry)) } }
        let devices = policy.deviceContexts
        if wants(.interrupt) { for entry in devices.interrupts where meets(entry.context) { add(.interrupt(entry)) } }
        if wants(.ioMemory) { for entry in devices.ioMemory where meets(entry.context) { add(.ioMemory(entry)) } }
        if wants(.ioPorts) { for entry in devices.ioPorts where meets(entry.context) { add(.ioPorts(entry)) } }
        if wants(.pciDevice) { for entry in devices.pciDevices where meets(entry.context) { add(.pciDevice(entry)) } }
        if wants(.deviceTreeNode) { for entry in devices.deviceTreeNodes where meets(entry.context) { add(.deviceTreeNode(entry)) } }
    }

    private func meets(_ context: SecurityContext) -> Bool {
        guard let target else { return true }
        return target.contains(context.type) || targetRoles?.contains(Int(context.role) - 1) ?? false
    }
}
