extension Policy {
    /// What Xen has against the policy; empty when it loads it. Reading an image is as lenient as libsepol, loading is
    /// not (Xen, xen/xsm/flask/ss: policydb.c, avtab.c, mls.c).
    ///
    /// In the order in which it is met. Without a release: what all have since 4.6. Whether classes and permissions have the numbers that
    /// a release was built with is another question (``refusal(by:)``, ``VocabularyOutline/fittingReleases()``).
    public func xenRejections(on release: XenRelease? = nil) -> [XenRejection] {
        var reasons = headerRejections(newest: release?.policyVersion ?? 30)
        for entry in classes {
            if entry.common != 0, release?.takesCommons != true { reasons.append(.classWithCommon(entry.name)) }
            let terms = entry.constraints.lazy.flatMap(\.expression)
            if terms.contains(where: { $0.kind == .names && $0.attribute.contains(.relabellingProcess) }) {
                reasons.append(.relabellingProcessInConstraint(objectClass: entry.name))
            }
        }
        if rules.rules.isEmpty { reasons.append(.noRules) }
        reasons += ruleRejections()
        if version >= 25, !filenameTransitions.isEmpty {
            reasons.append(.filenameTransitions(count: filenameTransitions.count))
        }
        for context in objectContexts where !isValid(context) { reasons.append(.invalidContext(context)) }
        if let reason = contextsOfLinux(release) { reasons.append(reason) }
        if !genfsContexts.isEmpty { reasons.append(.genfsContexts(count: genfsContexts.count)) }
        if version >= 24 { reasons += boundsRejections() }
        return reasons.map { XenRejection($0) }
    }

    private func headerRejections(newest: UInt32) -> [XenRejection.Reason] {
        switch target {
        case .xen: return version == 24 || version == newest ? [] : [.version(version, target, newest: newest)]
        case .selinux:
            guard version <= 24 else { return [.version(version, target, newest: newest)] }
            // Xen counts its own kinds of contexts for these versions, Linux's only for the last.
            guard version < 24, let known = ImageVersion(version, target) else { return [] }
            let wanted = version < 17 ? 4 : 5
            return [.tableCounts(symbols: known.symbolKinds, contexts: known.contextKinds, wanted: wanted)]
        }
    }

    /// Of the form of Linux, the first contexts that stand where Xen has others.
    private func contextsOfLinux(_ release: XenRelease?) -> XenRejection.Reason? {
        guard target == .selinux else { return nil }
        let network = networkContexts
        if !network.filesystems.isEmpty { return .contextsOfLinux(insteadOf: "pirqcon") }
        if !network.ports.isEmpty { return .contextsOfLinux(insteadOf: "ioportcon") }
        if !network.interfaces.isEmpty { return .contextsOfLinux(insteadOf: "iomemcon") }
        if !network.nodes.isEmpty { return .contextsOfLinux(insteadOf: "pcidevicecon") }
        if !network.filesystemUses.isEmpty {
            return .contextsOfLinux(insteadOf: (release?.policyVersion ?? 30) >= 30 ? "devicetreecon" : nil)
        }
        return network.nodes6.isEmpty ? nil : .contextsOfLinux(insteadOf: nil)
    }

    private func ruleRejections() -> [XenRejection.Reason] {
        var reasons: [XenRejection.Reason] = []
        var count = 0
        func key(_ rule: Rule) -> Rule {
            Rule(source: rule.source, target: rule.target, objectClass: rule.objectClass, kind: rule.kind, data: 0)
        }
        // One type rule may stand in both branches of a condition.
        let conditional = conditionals.map { condition in
            let rules = condition.whenTrue + condition.whenFalse
            count += rules.count { $0.kind.isExtended }
            return Set(rules.lazy.filter(\.kind.isType).map(key))
        }
        // Policies have millions of rules, and few of them under conditions.
        let wanted = conditional.reduce(into: Set<Rule>()) { $0.formUnion($1) }
        var decided: Set<Rule> = []
        for rule in rules.rules {
            if rule.kind.isExtended { count += 1 }
            if !wanted.isEmpty, rule.kind.isType, wanted.contains(key(rule)) { decided.insert(key(rule)) }
        }
        for here in conditional {
            if !here.isDisjoint(with: decided) { reasons.append(.conflictingTypeRule) }
            decided.formUnion(here)
        }
        if count > 0 { reasons.append(.extendedPermissions(count: count)) }
        return reasons
    }

    private var objectContexts: [SecurityContext] {
        switch target {
        case .xen:
            let devices = deviceContexts
            return initialContexts.map(\.context) + devices.interrupts.map(\.context) + devices.ioPorts.map(\.context)
                + devices.ioMemory.map(\.context) + devices.pciDevices.map(\.context)
                + devices.deviceTreeNodes.map(\.context)
        case .selinux:
            // The others are not read.
            return initialContexts.map(\.context)
        }
    }

    // MARK: Contexts

    /// Whether a context's user, role, type and levels belong together.
    public func isValid(_ context: SecurityContext) -> Bool {
        guard let user = entry(context.user, users), let role = entry(context.role, roles), context.type > 0,
            context.type <= types.count
        else { return false }
        let isObject = context.role == 1
        if !isObject {
            guard role.types.contains(Int(context.type) - 1), user.roles.contains(Int(context.role) - 1) else {
                return false
            }
        }
        guard isMLS else { return true }
        let range = context.range
        guard isValid(range.low), isValid(range.high), range.high.dominates(range.low) else { return false }
        return isObject || user.range.contains(range)
    }

    /// Whether the categories are among those of the sensitivity.
    private func isValid(_ level: MLSLevel) -> Bool {
        guard level.sensitivity > 0, level.sensitivity <= sensitivities.count else { return false }
        return sensitivities[Int(level.sensitivity) - 1].level.categories.isSuperset(of: level.categories)
    }

    private func entry<Entry>(_ number: UInt32, _ table: [Entry?]) -> Entry? {
        number > 0 && number <= table.count ? table[Int(number) - 1] : nil
    }

    // MARK: Bounds

    /// Xen, xen/xsm/flask/ss/policydb.h: `POLICYDB_BOUNDS_MAXDEPTH`.
    private static var maximumBoundsDepth: Int { 4 }

    /// Whether more types bound each other above one than Xen follows, or they do so in a circle.
    func areBoundsTooDeep(above type: TypeEntry) -> Bool {
        !boundsRejection(of: type, in: types, \.bounds, .boundsTooDeep(.type, type.name)) { _ in nil }.isEmpty
    }

    private func boundsRejections() -> [XenRejection.Reason] {
        var reasons: [XenRejection.Reason] = []
        for user in users {
            guard let user, user.bounds != 0 else { continue }
            reasons += boundsRejection(of: user, in: users, \.bounds, .boundsTooDeep(.user, user.name)) { upper in
                guard let role = user.roles.first(where: { !upper.roles.contains($0) }) else { return nil }
                let name = entry(UInt32(role + 1), roles)?.name ?? ""
                return .boundsExceeded(.user, user.name, has: name, bounds: upper.name)
            }
        }
        for role in roles {
            guard let role, role.bounds != 0 else { continue }
            reasons += boundsRejection(of: role, in: roles, \.bounds, .boundsTooDeep(.role, role.name)) { upper in
                guard let type = role.types.first(where: { !upper.types.contains($0) }) else { return nil }
                let name = entry(UInt32(type + 1), types)?.name ?? ""
                return .boundsExceeded(.role, role.name, has: name, bounds: upper.name)
            }
        }
        for type in types {
            guard let type, type.bounds != 0 else { continue }
            reasons += boundsRejection(of: type, in: types, \.bounds, .boundsTooDeep(.type, type.name)) { upper in
                upper.isAttribute ? .boundedByAttribute(type.name, attribute: upper.name) : nil
            }
        }
        return reasons
    }

    /// What is wrong above an entry that is bounded: one that bounds it has a fault, or there are too many of them.
    private func boundsRejection<Entry>(
        of first: Entry, in table: [Entry?], _ bounds: KeyPath<Entry, UInt32>, _ tooDeep: XenRejection.Reason,
        fault: (Entry) -> XenRejection.Reason?
    ) -> [XenRejection.Reason] {
        var upper = first
        var depth = 0
        while upper[keyPath: bounds] != 0, let next = entry(upper[keyPath: bounds], table) {
            depth += 1
            guard depth < Self.maximumBoundsDepth else { return [tooDeep] }
            upper = next
            if let fault = fault(upper) { return [fault] }
        }
        return []
    }
}
