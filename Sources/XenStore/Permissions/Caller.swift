/// Who sends a request: a domain, with the rights of the one that it serves.
struct Caller {
    let domain: UInt16
    /// The number that the store had reached when the domain came to be known. Permissions that are older were given to
    /// another domain with its number (Xen, tools/xenstore/xenstored_domain.c: `chk_domain_generation`).
    let birth: UInt64
    /// The domain that it serves, and whose rights it has.
    var target: Target?

    struct Target {
        let domain: UInt16
        let birth: UInt64
    }

    /// The control domain may do everything, and quotas do not bind it.
    var isPrivileged: Bool { domain == 0 }

    /// What it may do with a node.
    func access(to node: StoreNode) -> NodeAccess {
        isPrivileged ? .all : access(by: node.permissions, of: node.permissionsGeneration)
    }

    /// What permissions that were set at a time allow.
    func access(by permissions: NodePermissions, of generation: UInt64) -> NodeAccess {
        if isPrivileged || permissions.owner == domain || permissions.owner == target?.domain { return .all }
        for entry in permissions.named {
            if entry.domain == domain, birth <= generation { return NodeAccess(rawValue: entry.access.rawValue) }
            if let target, entry.domain == target.domain, target.birth <= generation {
                return NodeAccess(rawValue: entry.access.rawValue)
            }
        }
        return NodeAccess(rawValue: permissions.others.rawValue)
    }
}
