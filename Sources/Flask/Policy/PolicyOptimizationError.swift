/// Why a policy cannot be optimized.
public enum PolicyOptimizationError: Error, Hashable, Sendable {
    /// Images of versions 20 to 23 do not say which types are attributes.
    case unsupportedVersion(UInt32)
}
