/// Something for which Xen refuses to load a policy.
public struct XenRejection: Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        /// The kernel's version range ends at 30, and the form of Linux is taken up to version 24 only.
        case version(UInt32, Policy.Target)
        case classWithCommon(Name)
        case relabellingProcessInConstraint(objectClass: Name)
        case filenameTransitions(count: Int)
        case genfsContexts(count: Int)
        case extendedPermissions(count: Int)
        /// The role does not have the type, the user not the role, or the levels are not the user's.
        case invalidContext(SecurityContext)
        /// More than three bounds in a row, or a circle of them.
        case boundsTooDeep(SymbolKind, Name)
        /// A bounded role has a type, or a bounded user a role, that what bounds it does not have.
        case boundsExceeded(SymbolKind, Name, has: Name, bounds: Name)
        case boundedByAttribute(Name, attribute: Name)
        /// Two rules of a kind are about the same types and class; found when rules are indexed.
        case duplicateRule
        /// Two type rules, one under a condition, decide the same.
        case conflictingTypeRule
        /// Nothing is allowed, and no type rule decides anything, without a condition.
        case noRules
    }

    public let reason: Reason

    public init(_ reason: Reason) {
        self.reason = reason
    }

    /// What Xen prints, without `(XEN) `; nil when it prints nothing (wordings of Xen 4.17 to 4.22).
    public var message: String? {
        switch reason {
        case .version(let version, let target):
            (15...30).contains(version)
                ? "Flask:  unable to find policy compat info for version \(version) target \(target == .xen ? 1 : 0)"
                : "Flask:  policydb version \(version) does not match my version range 15-30"
        case .classWithCommon: "Flask:  classes with common prefixes are not supported"
        case .relabellingProcessInConstraint: nil
        case .filenameTransitions, .genfsContexts: "Flask:  unsupported genfs config data"
        case .extendedPermissions: "Flask:  avtab:  more than one specifier"
        case .invalidContext: "Flask:  invalid security context"
        case .boundsTooDeep(.role, let name): "Flask: role \(name): too deep or looped bounds"
        case .boundsTooDeep(let kind, let name):
            "Flask: \(kind == .user ? "user" : "type") \(name): too deep or looped boundary"
        case .boundsExceeded(let kind, let name, let other, let bounds):
            kind == .role
                ? "Flask: boundary violated policy: role=\(name) type=\(other) bounds=\(bounds)"
                : "Flask: boundary violated policy: user=\(name) role=\(other) bounds=\(bounds)"
        case .boundedByAttribute(let name, let attribute): "Flask: type \(name): bounded by attribute \(attribute)"
        case .duplicateRule: "Flask: avtab: duplicate entry"
        case .conflictingTypeRule: "Flask: conflicting type rules."
        case .noRules: "Flask: avtab: table is empty"
        }
    }
}

extension XenRejection: CustomStringConvertible {
    public var description: String {
        switch reason {
        case .version(let version, let target):
            "it has no version \(version) for \(target == .xen ? "`XenFlask`" : "`SE Linux`")"
        case .classWithCommon(let name): "class `\(name)` has a common"
        case .relabellingProcessInConstraint(let name): "a constraint of class `\(name)` looks at the relabelling process"
        case .filenameTransitions(let count): "there are \(count) transitions by file name"
        case .genfsContexts(let count): "there are contexts of files on \(count) file systems"
        case .extendedPermissions(let count): "there are \(count) rules about extended permissions"
        case .invalidContext(let context):
            "user \(context.user), role \(context.role), type \(context.type) and their levels make no valid context"
        case .boundsTooDeep(let kind, let name): "the bounds of `\(name)` among \(kind.plural) are too deep, or in a circle"
        case .boundsExceeded(let kind, let name, let other, let bounds):
            "`\(name)` among \(kind.plural) has `\(other)`, which `\(bounds)` that bounds it does not have"
        case .boundedByAttribute(let name, let attribute): "type `\(name)` is bounded by attribute `\(attribute)`"
        case .duplicateRule: "two rules of a kind are about the same types and class"
        case .conflictingTypeRule: "two type rules, one under a condition, decide the same"
        case .noRules: "there are no rules"
        }
    }
}
