/// What an image of a version holds (libsepol, src/policydb.c: the compatibility table; Xen,
/// xen/xsm/flask/ss/policydb.c: `policydb_compat`).
struct ImageVersion {
    let number: UInt32
    let target: Policy.Target
    /// How many kinds of symbols there are.
    let symbolKinds: Int
    /// How many kinds of object contexts there are.
    let contextKinds: Int

    init?(_ number: UInt32, _ target: Policy.Target) {
        self.number = number
        self.target = target
        switch (target, number) {
        case (.xen, 24): (symbolKinds, contextKinds) = (8, 5)
        case (.xen, 30): (symbolKinds, contextKinds) = (8, 6)
        case (.selinux, 15): (symbolKinds, contextKinds) = (5, 6)
        case (.selinux, 16): (symbolKinds, contextKinds) = (6, 6)
        case (.selinux, 17...18): (symbolKinds, contextKinds) = (6, 7)
        case (.selinux, 19...30): (symbolKinds, contextKinds) = (8, 7)
        case (.selinux, 31...35): (symbolKinds, contextKinds) = (8, 9)
        default: return nil
        }
    }

    var hasConditionals: Bool { number >= 16 }
    var hasMLS: Bool { number >= 19 }
    var hasValidateTransitions: Bool { number >= 19 }
    /// One entry per rule, attributes kept; before, entries of one key are merged and attributes expanded.
    var hasCompactRules: Bool { number >= 20 }
    var hasRangeTransitionClasses: Bool { number >= 21 }
    var hasCapabilities: Bool { number >= 22 }
    var hasPermissiveTypes: Bool { number >= 23 }
    var hasBounds: Bool { number >= 24 }
    var hasFilenameTransitions: Bool { number >= 25 }
    var hasRoleTransitionClasses: Bool { number >= 26 }
    var hasObjectDefaults: Bool { number >= 27 }
    var hasTypeDefault: Bool { number >= 28 }
    var hasConstraintNames: Bool { number >= 29 }
    /// Xen only.
    var hasDeviceTree: Bool { number >= 30 }
    var hasExtendedPermissions: Bool { number >= 30 && target == .selinux }
    var hasCommonRange: Bool { number >= 32 }
    var hasCompressedFilenameTransitions: Bool { number >= 33 }
    var hasConditionalExtendedPermissions: Bool { number >= 34 && target == .selinux }
    var hasNeverauditTypes: Bool { number >= 35 }

    /// The signature string of the image.
    var signature: Name {
        switch target {
        case .xen: "XenFlask"
        case .selinux: "SE Linux"
        }
    }

    static let magic: UInt32 = 0xf97c_ff8c
    /// What a policy module of SELinux begins with.
    static let moduleMagic: UInt32 = 0xf97c_ff8d
}
