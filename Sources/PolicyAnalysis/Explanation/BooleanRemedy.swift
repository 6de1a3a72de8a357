public import Flask

/// A rule that would give a permission if booleans had other values.
public struct BooleanRemedy: Sendable {
    public let rule: SearchAnswer.Entry
    /// The fewest booleans that would have the rule hold, and the values that they need; empty where the condition has too many to try.
    public let settings: [Boolean]
    /// Whether the permission is allowed then: something else may stand against it.
    public let suffices: Bool
}
