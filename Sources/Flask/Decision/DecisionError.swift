/// Why a question to a policy has no answer.
public enum DecisionError: Error, Hashable, Sendable {
    /// The policy has no class of this number; Xen answers `EINVAL`.
    case unknownClass(UInt16)
    /// The context names a user, role, type or level that the policy does not have. Xen never asks about one.
    case unknownSymbol(SymbolKind, UInt32)
}
