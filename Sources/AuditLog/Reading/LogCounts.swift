/// What was read of a log: every line is counted once, as one of these.
public struct LogCounts: Hashable, Sendable {
    public var bytes: UInt64 = 0
    public var lines: UInt64 = 0
    /// Decisions, and those among them that were granted, or put together from pieces.
    public var decisions: UInt64 = 0
    public var granted: UInt64 = 0
    public var joined: UInt64 = 0
    public var notices: UInt64 = 0
    public var unread: [UnreadLine.Reason: UInt64] = [:]

    public init() {}
}
