/// A part of a constraint that is not as it would have to be.
public struct ConstraintClause: Hashable, Sendable {
    /// The comparison in the policy language.
    public let text: String
    /// What it is; it would have to be the opposite.
    public let isTrue: Bool
    /// What stands on both sides: `u1 is system_u, u2 is user_1`.
    public let values: String
}
