public import Flask

/// Which decisions are wanted: those that meet everything that is given.
public struct DenialFilter: Hashable, Sendable {
    public var host: [UInt8]?
    public var boot: [UInt8]?
    /// Microseconds since 1970. Decisions without a date are then left out. Sums are by whole hours: those that the range touches; single
    /// records are exact.
    public var dates: ClosedRange<Int64>?
    public var objectClass: Name?
    public var sourceType: Name?
    public var targetType: Name?
    /// Whole contexts, as lines have them.
    public var sourceContext: [UInt8]?
    public var targetContext: [UInt8]?
    public var permission: Name?
    /// A domain that did it, or to which it was done.
    public var domain: DomainIdentifier?
    public var verdict: AuditRecord.Verdict?
    /// Both contexts, the class, the verdict and all permissions, exactly; domains and hardware of the record are not looked at.
    public var kind: AuditRecord?

    public init() {}
}
