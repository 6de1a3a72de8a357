/// How much there is.
public struct DenialTotals: Hashable, Sendable {
    public var records: UInt64
    /// How many of them have no date.
    public var undated: UInt64
    public var hosts: Int
    public var boots: Int
    /// The first and the last date, in microseconds since 1970; nil when none is known.
    public var first: Int64?
    public var last: Int64?

    public init(records: UInt64, undated: UInt64, hosts: Int, boots: Int, first: Int64? = nil, last: Int64? = nil) {
        self.records = records
        self.undated = undated
        self.hosts = hosts
        self.boots = boots
        self.first = first
        self.last = last
    }
}
