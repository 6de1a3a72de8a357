/// What was removed.
public struct RetentionReport: Hashable, Sendable {
    public var records: UInt64 = 0
    public var notices: UInt64 = 0
    public var boots: Int = 0
    /// The dates of what was removed, in microseconds since 1970; nil when it had none.
    public var first: Int64?
    public var last: Int64?
    /// How many bytes the database had, and has.
    public var sizeBefore: Int64 = 0
    public var sizeAfter: Int64 = 0

    public init() {}
}
