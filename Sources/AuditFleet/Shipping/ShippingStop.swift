public import AuditStore

/// Why sending has ended before nothing waited.
public enum ShippingStop: Error, Hashable, Sendable {
    /// The destination's side.
    case failure(ShippingFailure)
    /// The database's.
    case store(StoreError)
}
