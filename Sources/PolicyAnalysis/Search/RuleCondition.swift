/// The branch of a condition in which a rule stands.
public struct RuleCondition: Hashable, Sendable {
    /// The condition's place in the policy.
    public let place: Int
    /// Whether the rule holds while the expression is true, or while it is false.
    public let branch: Bool
    /// Whether it holds with the booleans' first values.
    public let isEnabled: Bool

    public init(place: Int, branch: Bool, isEnabled: Bool) {
        self.place = place
        self.branch = branch
        self.isEnabled = isEnabled
    }
}
