/// What differs in meaning between two policies: whatever of their order, numbers, layout and image version is not alike is no
/// difference.
public struct PolicyDifference: Sendable {
    /// By group, and then by name.
    public let entries: [DifferenceEntry]
    /// By group, class, sources and targets.
    public let rules: [RuleDifference]

    public var isEmpty: Bool { entries.isEmpty && rules.isEmpty }
}
