/// Why a text is no security context; Xen answers `EINVAL` to all.
public enum ContextTextError: Error, Hashable, Sendable {
    /// It ends before the user, the role and the type, or under MLS before the level.
    case incomplete
    case unknownName(SymbolKind, Name)
    /// The type is an attribute.
    case isAttribute(Name)
    /// A range of categories ends before it begins, or where it begins.
    case emptyCategoryRange(Name, Name)
    /// Something follows, or a zero byte is within.
    case trailingText
    /// All names exist, but the role may not have the type, the user not the role, or the levels are not the user's.
    case invalid(SecurityContext)
}
