extension ImageWriter {
    mutating func writeRules() throws(ImageWriteError) {
        guard version.hasCompactRules else {
            try writeMergedRules()
            return
        }
        let rules = ruleOrder.sorted(policy.rules.rules)
        out.append(count: rules.count)
        if policy.rules.extendedPermissions.isEmpty {
            out.append(rules: rules)
        } else {
            for rule in rules { try write(rule, enabled: false, conditional: false) }
        }
    }

    private mutating func write(_ rule: Rule, enabled: Bool, conditional: Bool) throws(ImageWriteError) {
        out.append(rule.source)
        out.append(rule.target)
        out.append(rule.objectClass)
        out.append(rule.kind.rawValue | (enabled ? 0x8000 : 0))
        guard rule.kind.isExtended else {
            out.append(rule.data)
            return
        }
        guard version.hasExtendedPermissions else {
            throw .noExtendedPermissions(version: version.number, policy.target)
        }
        guard version.hasConditionalExtendedPermissions || !conditional else {
            throw .noConditionalExtendedPermissions(version: version.number)
        }
        let extended = policy.rules.extendedPermissions[Int(rule.data)]
        out.append(extended.kind.rawValue)
        out.append(extended.driver)
        for word in extended.words { out.append(word) }
    }

    mutating func writeConditionals() throws(ImageWriteError) {
        guard version.hasConditionals else {
            if !policy.booleans.isEmpty { omissions.append(.conditionalRules(version: version.number)) }
            return
        }
        out.append(count: policy.conditionals.count)
        for conditional in policy.conditionals {
            out.append(conditional.state.map { $0 ? 1 : 0 } ?? UInt32.max)
            out.append(count: conditional.expression.count)
            for term in conditional.expression {
                out.append(term.operation.rawValue)
                out.append(term.boolean)
            }
            try write(conditional.whenTrue, enabled: conditional.state == true)
            try write(conditional.whenFalse, enabled: conditional.state == false)
        }
    }

    private mutating func write(_ rules: [Rule], enabled: Bool) throws(ImageWriteError) {
        if !version.hasCompactRules {
            try writeExpanded(rules, enabled: enabled)
            return
        }
        out.append(count: rules.count)
        for rule in rules { try write(rule, enabled: enabled, conditional: true) }
    }

    mutating func writeRoleRules() {
        let processClass = classOfUnclassedTransitions
        let transitions = policy.roleTransitions.filter {
            version.hasRoleTransitionClasses || $0.objectClass == processClass
        }
        let omitted = policy.roleTransitions.count - transitions.count
        if omitted > 0 { omissions.append(.roleTransitions(version: version.number, count: omitted)) }
        out.append(count: transitions.count)
        for transition in transitions {
            out.append(transition.role)
            out.append(transition.type)
            out.append(transition.newRole)
            if version.hasRoleTransitionClasses { out.append(transition.objectClass) }
        }
        out.append(count: policy.roleAllows.count)
        for allow in policy.roleAllows {
            out.append(allow.role)
            out.append(allow.newRole)
        }
    }

    mutating func writeRangeTransitions() {
        let transitions = policy.rangeTransitions
        let slots = ImageLayout.slots(initial: 256, count: transitions.count)
        let keyed = transitions.map { transition in
            let hash = transition.source &+ (transition.target << 3) &+ (transition.objectClass << 5)
            return (slot: hash & UInt32(slots - 1), transition)
        }
        let ordered = keyed.sorted { a, b in
            (a.slot, a.1.source, a.1.target, a.1.objectClass) < (b.slot, b.1.source, b.1.target, b.1.objectClass)
        }
        let processClass = classOfUnclassedTransitions
        let written = ordered.filter { version.hasRangeTransitionClasses || $0.1.objectClass == processClass }
        let omitted = ordered.count - written.count
        if omitted > 0 { omissions.append(.rangeTransitions(version: version.number, count: omitted)) }
        out.append(count: written.count)
        for (_, transition) in written {
            out.append(transition.source)
            out.append(transition.target)
            if version.hasRangeTransitionClasses { out.append(transition.objectClass) }
            write(transition.range)
        }
    }

    /// Before versions 26 and 21 role and range transitions are of class process. Compilers keep none of them, because
    /// they do not look up that class; those that read an image do.
    private var classOfUnclassedTransitions: UInt32? {
        let number = isReread ? policy.processClass : 0
        return number == 0 ? nil : number
    }

    mutating func writeFilenameTransitions() {
        guard version.hasFilenameTransitions else {
            if !policy.filenameTransitions.isEmpty {
                omissions.append(
                    .filenameTransitions(version: version.number, count: policy.filenameTransitions.count))
            }
            return
        }
        let transitions = policy.filenameTransitions
        let slots = ImageLayout.slots(initial: 1_024, count: transitions.count)
        let keyed = transitions.map { ($0.slot(of: slots), $0) }
        let ordered = keyed.sorted { a, b in
            if a.0 != b.0 { return a.0 < b.0 }
            if a.1.target != b.1.target { return a.1.target < b.1.target }
            if a.1.objectClass != b.1.objectClass { return a.1.objectClass < b.1.objectClass }
            return a.1.name < b.1.name
        }
        if version.hasCompressedFilenameTransitions {
            out.append(count: ordered.count)
            for (_, transition) in ordered { writeCompressed(transition) }
        } else {
            out.append(count: ordered.reduce(0) { $0 + $1.1.results.reduce(0) { $0 + $1.sources.count } })
            for (_, transition) in ordered { writeOneByOne(transition) }
        }
    }

    private mutating func writeCompressed(_ transition: FilenameTransition) {
        out.append(count: transition.name.bytes.count)
        out.append(transition.name)
        out.append(transition.target)
        out.append(transition.objectClass)
        out.append(count: transition.results.count)
        for result in transition.results {
            write(result.sources)
            out.append(result.type)
        }
    }

    private mutating func writeOneByOne(_ transition: FilenameTransition) {
        for result in transition.results {
            for source in result.sources {
                out.append(count: transition.name.bytes.count)
                out.append(transition.name)
                out.append(count: source + 1)
                out.append(transition.target)
                out.append(transition.objectClass)
                out.append(result.type)
            }
        }
    }
}

extension FilenameTransition {
    /// The slot in libsepol's table (src/policydb.c: `filenametr_hash`).
    fileprivate func slot(of slots: Int) -> UInt64 {
        var hash = UInt64(target ^ objectClass)
        for byte in name.bytes {
            let value = UInt64(byte)
            hash = (hash &+ (value << 4) &+ (value >> 4)) &* 11
        }
        return hash & UInt64(slots - 1)
    }
}
