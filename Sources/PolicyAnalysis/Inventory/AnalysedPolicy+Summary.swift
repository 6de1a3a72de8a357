import Flask
import PolicyCompiler

extension AnalysedPolicy {
    public func summary() -> PolicySummary {
        let texts = StatementTexts(self, namesInitialSIDs: false)
        let known = initialSIDs()
        return PolicySummary(
            form: form, target: policy.target, version: policy.version, isMLS: policy.isMLS, handleUnknown: policy.handleUnknown,
            counts: symbolCounts + ruleCounts + constraintCounts(texts.writer) + contextCounts,
            booleans: policy.booleans.sorted { $0.name < $1.name },
            initialSIDs: policy.initialContexts.sorted { $0.sid < $1.sid }.map {
                .init(number: $0.sid, name: Self.name($0.sid, known.names), context: texts.writer.context($0.context).bytes)
            },
            release: origins == nil ? known.release : nil, capabilities: policy.capabilities.map(Self.name(ofCapability:)))
    }

    /// The name of an initial SID, by its number; one without a name is called by that.
    static func name(_ number: UInt32, _ names: [Name]) -> Name {
        names.indices.contains(Int(number) - 1) ? names[Int(number) - 1] : Name("sid\(number)")
    }

    static func name(ofCapability number: Int) -> String {
        PolicyCapability.names.indices.contains(number) ? PolicyCapability.names[number] : "capability\(number)"
    }

    private func counts(_ pairs: KeyValuePairs<String, Int>) -> [PolicySummary.Count] {
        pairs.map { PolicySummary.Count(what: $0.key, count: $0.value) }
    }

    private var symbolCounts: [PolicySummary.Count] {
        counts([
            "classes": policy.classes.count,
            "permissions": policy.classes.reduce(0) { $0 + $1.permissions.count } + policy.commons.reduce(0) { $0 + $1.permissions.count },
            "commons": policy.commons.count,
            "types": policy.types.count { $0?.isAttribute == false },
            "attributes": policy.types.count { $0?.isAttribute == true },
            "aliases": policy.typeAliases.count,
            "roles": policy.roles.count { $0 != nil },
            "users": policy.users.count { $0 != nil },
            "booleans": policy.booleans.count,
            "sensitivities": policy.sensitivities.count,
            "categories": policy.categories.count,
            "permissive": policy.permissiveTypes.count,
            "neveraudit": policy.neverauditTypes.count,
            "policycaps": policy.capabilities.count,
            "typebounds": policy.types.count { $0.map { $0.bounds != 0 } ?? false },
        ])
    }

    private var ruleCounts: [PolicySummary.Count] {
        var found: [StatementKind: Int] = [:]
        func count(_ rules: [Rule]) {
            var byKind = [Int](repeating: 0, count: 16)
            for rule in rules { byKind[Int(rule.kind.rawValue).trailingZeroBitCount & 15] += 1 }
            for (bit, count) in byKind.enumerated() where count > 0 {
                found[StatementKind(Rule.Kind(rawValue: 1 << UInt16(bit))), default: 0] += count
            }
        }
        count(policy.rules.rules)
        for conditional in policy.conditionals {
            count(conditional.whenTrue)
            count(conditional.whenFalse)
        }
        found[.typeTransition, default: 0] += policy.filenameTransitions.reduce(0) { $0 + $1.results.reduce(0) { $0 + $1.sources.count } }
        found[.rangeTransition] = policy.rangeTransitions.count
        found[.roleAllow] = policy.roleAllows.count
        found[.roleTransition] = policy.roleTransitions.count
        let kinds: [StatementKind] = [
            .allow, .auditAllow, .dontAudit, .allowExtended, .auditAllowExtended, .dontAuditExtended, .typeTransition, .typeMember, .typeChange,
            .rangeTransition, .roleAllow, .roleTransition,
        ]
        return kinds.map { PolicySummary.Count(what: $0.rawValue, count: found[$0] ?? 0) }
            + counts(["conditions": policy.conditionals.count])
    }

    private func constraintCounts(_ writer: StatementWriter) -> [PolicySummary.Count] {
        let constraints = policy.classes.flatMap(\.constraints)
        let transitions = policy.classes.flatMap(\.validateTransitions)
        let ofLevels = (constraints.count(where: writer.isMLS), transitions.count(where: writer.isMLS))
        let defaults = policy.classes.reduce(0) { $0 + writer.defaults($1).count }
        return counts([
            "constrain": constraints.count - ofLevels.0, "mlsconstrain": ofLevels.0, "validatetrans": transitions.count - ofLevels.1,
            "mlsvalidatetrans": ofLevels.1, "defaults": defaults,
        ])
    }

    private var contextCounts: [PolicySummary.Count] {
        let initial = counts(["initial-sids": policy.initialContexts.count])
        switch policy.target {
        case .xen:
            let devices = policy.deviceContexts
            return initial + counts([
                "pirqcon": devices.interrupts.count, "iomemcon": devices.ioMemory.count, "ioportcon": devices.ioPorts.count,
                "pcidevicecon": devices.pciDevices.count, "devicetreecon": devices.deviceTreeNodes.count,
            ])
        case .selinux:
            let network = policy.networkContexts
            return initial + counts([
                "fs_use": network.filesystemUses.count, "genfscon": policy.genfsContexts.reduce(0) { $0 + $1.entries.count },
                "portcon": network.ports.count, "netifcon": network.interfaces.count,
                "nodecon": network.nodes.count + network.nodes6.count, "ibpkeycon": network.partitionKeys.count,
                "ibendportcon": network.endPorts.count,
            ])
        }
    }
}
