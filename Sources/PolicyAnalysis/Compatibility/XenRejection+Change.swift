import Flask

extension XenRejection.Reason {
    /// Whether the policy is one for Linux.
    var isAboutLinux: Bool {
        switch self {
        case .version(_, .selinux, _), .tableCounts, .contextsOfLinux: true
        default: false
        }
    }

    /// What has to be changed for a release not to refuse the policy for this.
    func change(for release: XenRelease) -> PolicyChange {
        switch self {
        case .version(_, .xen, _): .version(release.policyVersion)
        case .version(_, .selinux, _), .tableCounts: .targetXen
        case .classWithCommon(let name): .other("list the permissions of the common in class `\(name)` itself, in access_vectors")
        case .relabellingProcessInConstraint(let name):
            .other("compare `u3`, `r3` and `t3` in a `validatetrans` of class `\(name)` only")
        case .filenameTransitions: .other("remove the type transitions that name a file")
        case .contextsOfLinux: .other("remove the contexts of networks and file systems: portcon, netifcon, nodecon, fs_use_…")
        case .genfsContexts: .other("remove the genfscon statements")
        case .extendedPermissions: .other("remove the rules about extended permissions: allowxperm, auditallowxperm, dontauditxperm")
        case .invalidContext: .other("give the context's role its type, and its user the role and the levels")
        case .boundsTooDeep(_, let name): .other("bound `\(name)` by fewer than four others in a row, and by itself never")
        case .boundsExceeded(_, let name, let other, let bounds): .other("take `\(other)` from `\(name)`, or give it to `\(bounds)` too")
        case .boundedByAttribute(let name, let attribute): .other("bound `\(name)` by a type instead of the attribute `\(attribute)`")
        case .duplicateRule: .other("say of each pair of types and each class once what is allowed, or once what a new one becomes")
        case .conflictingTypeRule: .other("remove one of the two type rules that decide the same")
        case .noRules: .other("allow something")
        }
    }
}
