import Flask

/// Images may hold what no compiler makes, and what matching by names does not see.
extension SubsetProof {
    /// Role number 1 is the role of objects, whatever its name: any user may have it with any type (Xen,
    /// xen/xsm/flask/ss/policydb.c: `policydb_context_isvalid`).
    static func firstRole(_ policy: Policy) -> Name? { policy.roles.first.flatMap { $0?.name } }

    /// Permissions that share a number or a name, and attributes that stand where types do.
    mutating func addAmbiguous(_ policy: Policy) {
        for (index, objectClass) in policy.classes.enumerated() {
            let permissions = policy.permissions(ofClass: index)
            let (names, numbers) = (Set(permissions.map(\.name)), Set(permissions.map(\.number)))
            guard min(names.count, numbers.count) < permissions.count else { continue }
            add(.unproven, "the class `\(objectClass.name)` has two permissions with one number or one name")
        }
        let attributes = Bitmap(policy.types.indices.filter { policy.types[$0]?.isAttribute == true })
        for role in policy.roles {
            guard let role, role.types.intersects(attributes) else { continue }
            add(.unproven, "the role `\(role.name)` may have an attribute as its type")
        }
        let isAttribute = { (context: SecurityContext) in
            context.type > 0 && attributes.contains(Int(context.type) - 1)
        }
        if policy.contexts.contains(where: isAttribute) { add(.unproven, "a context has an attribute as its type") }
    }
}

extension Policy {
    /// Those of initial SIDs, devices, the network and files.
    fileprivate var contexts: [SecurityContext] {
        var contexts = initialContexts.map(\.context)
        contexts += deviceContexts.interrupts.map(\.context)
        contexts += deviceContexts.ioPorts.map(\.context)
        contexts += deviceContexts.ioMemory.map(\.context)
        contexts += deviceContexts.pciDevices.map(\.context)
        contexts += deviceContexts.deviceTreeNodes.map(\.context)
        for named in networkContexts.filesystems + networkContexts.interfaces { contexts += [named.first, named.second] }
        contexts += networkContexts.ports.map(\.context)
        contexts += networkContexts.nodes.map(\.context)
        contexts += networkContexts.nodes6.map(\.context)
        contexts += networkContexts.filesystemUses.map(\.context)
        contexts += networkContexts.partitionKeys.map(\.context)
        contexts += networkContexts.endPorts.map(\.context)
        for genfs in genfsContexts { contexts += genfs.entries.map(\.context) }
        return contexts
    }
}
