/// A host of which something is kept.
public struct HostSummary: Hashable, Sendable {
    /// Empty when nobody said it.
    public var name: [UInt8]
    public var boots: Int
    public var records: UInt64
    /// The first and the last date, in microseconds since 1970; nil when none is known.
    public var first: Int64?
    public var last: Int64?

    public init(name: [UInt8], boots: Int, records: UInt64, first: Int64? = nil, last: Int64? = nil) {
        self.name = name
        self.boots = boots
        self.records = records
        self.first = first
        self.last = last
    }
}
