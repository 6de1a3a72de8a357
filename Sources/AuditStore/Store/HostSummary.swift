/// A host of which something is kept.
public struct HostSummary: Hashable, Sendable {
    /// Empty when nobody said it.
    public var name: [UInt8]
    public var boots: Int
    public var records: UInt64
    /// The first and the last date, in microseconds since 1970; nil when none is known.
    public var first: Int64?
    public var last: Int64?
}
