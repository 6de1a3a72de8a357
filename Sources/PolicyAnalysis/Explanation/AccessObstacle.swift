public import Flask

/// Something that keeps a policy from allowing a permission.
public enum AccessObstacle: Sendable {
    /// No rule in force gives it. Rules whose condition does not hold would, with what would have it hold.
    case noRule(disabled: [BooleanRemedy])
    /// A constraint, or mlsconstrain, that does not hold, and the parts of it that would have to be otherwise.
    case constraint(SearchAnswer.Entry, isMLS: Bool, failing: [ConstraintClause])
    /// The role may not become the other one: a domain's transition needs `allow ROLE ROLE`.
    case roleAllow(from: Name, to: Name)
    /// A type may not do more than the one that bounds it, nor may more be done to it: those that bound the source's and the target's type,
    /// or that itself, of which one may not do it to the other.
    case bounds(source: Name, target: Name)
}
