/// What decisions of one group have in common.
public enum DenialGrouping: String, Hashable, Sendable, CaseIterable {
    /// Both types, the class, the verdict.
    case types
    /// Both contexts, the class, the verdict.
    case contexts
    /// All that a line says but domains and hardware: contexts, class, verdict and permissions, these in the line's order.
    case kinds
}
