/// What decisions of one group have in common.
public enum DenialGrouping: String, Hashable, Sendable, CaseIterable {
    /// Both types, the class, the verdict.
    case types
    /// Both contexts, the class, the verdict.
    case contexts
}
