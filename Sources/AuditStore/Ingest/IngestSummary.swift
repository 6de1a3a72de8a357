/// What became of a log, as far as it was read.
public struct IngestSummary: Hashable, Sendable {
    public var bytes: UInt64 = 0
    public var lines: UInt64 = 0
    /// Decisions that the log tells of.
    public var decisions: UInt64 = 0
    /// Those that were not in the database, and those that were.
    public var added: UInt64 = 0
    public var known: UInt64 = 0
    /// Decisions that are not taken, since their line is not all there: the first of a ring, the last of what is being written. It is there
    /// the next time.
    public var cut: UInt64 = 0
    public var notices: UInt64 = 0
    /// Lines that speak of decisions and could not be read.
    public var unread: UInt64 = 0

    public init() {}

    /// What became of two logs, or of two parts of one.
    public static func + (first: IngestSummary, second: IngestSummary) -> IngestSummary {
        var sum = first
        for count in [\IngestSummary.bytes, \.lines, \.decisions, \.added, \.known, \.cut, \.notices, \.unread] { sum[keyPath: count] &+= second[keyPath: count] }
        return sum
    }
}
