public import AuditLog

/// How often a domain did something to another.
public struct DomainCount: Hashable, Sendable {
    public var pair: DomainPair
    public var count: UInt64
}
