public import Flask

/// Decisions that are alike in all but when and by which domains they were asked for.
public struct DenialCell: Hashable, Sendable {
    /// One time and place.
    public struct Sight: Hashable, Sendable {
        public var time: LogTime
        /// How many hypervisors had started before.
        public var boot: Int
        /// The place among the logs that were read, and the line there.
        public var log: Int
        public var line: UInt64
    }

    /// What the lines say, without domains and hardware.
    public var record: AuditRecord
    public var count: UInt64
    public var first: Sight
    public var last: Sight
    /// Which domains, and how often; the first ones that were seen.
    public var domains: [(pair: DomainPair, count: UInt64)] { zip(pairs, pairCounts).map { ($0, $1) } }
    var pairs: [DomainPair]
    var pairCounts: [UInt64]
    /// How often it was other domains than those.
    public var otherDomains: UInt64
    /// The hardware that it was about; the first pieces that were seen.
    public var objects: [AuditObject]
    public var hasMoreObjects: Bool
    /// The hosts that the logs name.
    public var hosts: [[UInt8]]
    /// How often in each stretch of ``DenialTally/dates``, and of ``DenialTally/starts``; empty for never.
    public var dateCounts: [UInt32]
    public var startCounts: [UInt32]
}
