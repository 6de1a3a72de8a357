public import Flask

/// Decisions that are alike, and how often there are such.
public struct DenialGroup: Hashable, Sendable {
    /// Types, or contexts, as they were grouped; `sid 7` of a context without text.
    public var source: [UInt8]
    public var target: [UInt8]
    public var objectClass: Name
    public var verdict: AuditRecord.Verdict
    /// All that were asked for.
    public var permissions: [Name]
    public var count: UInt64
    /// How many of the count have no date.
    public var undated: UInt64
    /// The first and the last date among them, in microseconds since 1970; nil when none is known. Where dates were filtered by, to the hour.
    public var first: Int64?
    public var last: Int64?
    /// In how many boots.
    public var boots: Int

    public init(
        source: [UInt8], target: [UInt8], objectClass: Name, verdict: AuditRecord.Verdict, permissions: [Name], count: UInt64, undated: UInt64,
        first: Int64? = nil, last: Int64? = nil, boots: Int
    ) {
        self.source = source
        self.target = target
        self.objectClass = objectClass
        self.verdict = verdict
        self.permissions = permissions
        self.count = count
        self.undated = undated
        self.first = first
        self.last = last
        self.boots = boots
    }
}
