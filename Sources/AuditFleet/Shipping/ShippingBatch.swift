public import AuditStore

/// What is sent at once.
public struct ShippingBatch: Hashable, Sendable {
    /// In the order of their keys within a boot.
    public var denials: [KeyedDenial]
    public var notices: [StoredNotice]

    public init(denials: [KeyedDenial] = [], notices: [StoredNotice] = []) {
        self.denials = denials
        self.notices = notices
    }
}
