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
}
