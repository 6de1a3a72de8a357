public import AuditLog

/// How often a domain did something to another.
public struct DomainCount: Hashable, Sendable {
    public var pair: DomainPair
    public var count: UInt64

    public init(pair: DomainPair, count: UInt64) {
        self.pair = pair
        self.count = count
    }
}
