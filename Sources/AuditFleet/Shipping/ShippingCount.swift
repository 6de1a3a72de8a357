/// How much was sent, or waits.
public struct ShippingCount: Hashable, Sendable {
    public var denials: UInt64
    public var notices: UInt64

    public init(denials: UInt64 = 0, notices: UInt64 = 0) {
        self.denials = denials
        self.notices = notices
    }

    public var isNone: Bool { denials == 0 && notices == 0 }
}
