/// Something for which Xen refuses to load a policy.
public struct XenRejection: Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        /// The release's range of versions ends at `newest`, and not each version in it has a form of the target's.
        case version(UInt32, Policy.Target, newest: UInt32 = 30)
        /// The form of Linux before version 24 has more tables of contexts than Xen takes there.
        case tableCounts(symbols: Int, contexts: Int, wanted: Int)
        case classWithCommon(Name)
        case relabellingProcessInConstraint(objectClass: Name)
        case filenameTransitions(count: Int)
        /// In the form of Linux there may be contexts of initial SIDs only. The keyword is that of Xen's contexts in the same place;
        /// none where Xen has nothing there.
        case contextsOfLinux(insteadOf: String?)
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
        case .version(let version, let target, let newest):
            (15...max(newest, 15)).contains(version)
                ? "Flask:  unable to find policy compat info for version \(version) target \(target == .xen ? 1 : 0)"
                : "Flask:  policydb version \(version) does not match my version range 15-\(newest)"
        case .tableCounts(let symbols, let contexts, let wanted):
            "Flask:  policydb table sizes (\(symbols),\(contexts)) do not match mine (\(symbols),\(wanted))"
        case .classWithCommon: "Flask:  classes with common prefixes are not supported"
        case .relabellingProcessInConstraint: nil
        case .filenameTransitions, .genfsContexts: "Flask:  unsupported genfs config data"
        case .contextsOfLinux(let keyword):
            keyword.map { "Old xen policy does not support \($0)" } ?? "Flask:  unsupported object context config data"
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
        case .version(let version, let target, _):
            "it has no version \(version) for \(target == .xen ? "`XenFlask`" : "`SE Linux`")"
        case .tableCounts(_, let contexts, let wanted): "it reads \(wanted) tables of contexts there, not \(contexts)"
        case .classWithCommon(let name): "class `\(name)` has a common"
        case .relabellingProcessInConstraint(let name): "a constraint of class `\(name)` looks at the relabelling process"
        case .filenameTransitions(let count): "there are \(count) transitions by file name"
        case .contextsOfLinux: "there are contexts of Linux: of networks or file systems"
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
