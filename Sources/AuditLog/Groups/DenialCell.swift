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

    /// Decisions that were counted elsewhere.
    ///
    /// - Parameter count: how many there were.
    /// - Parameter domains: between which domains, and how many.
    /// - Parameter first: when the first of them was.
    /// - Parameter last: when the last of them was.
    /// - Parameter otherDomains: how many between others.
    /// - Parameter record: what they have in common.
    /// - Parameter dateCounts: by the places of a ``TimeAxis``; empty when that is not known.
    public init(
        _ record: AuditRecord, count: UInt64, first: LogTime = .unknown, last: LogTime = .unknown, domains: [(pair: DomainPair, count: UInt64)] = [],
        otherDomains: UInt64 = 0, dateCounts: [UInt32] = []
    ) {
        self.record = record
        self.record.subject = AuditSubject()
        self.count = count
        self.first = Sight(time: first, boot: 0, log: 0, line: 0)
        self.last = Sight(time: last, boot: 0, log: 0, line: 0)
        pairs = domains.map(\.pair)
        pairCounts = domains.map(\.count)
        self.otherDomains = otherDomains
        objects = []
        hasMoreObjects = false
        hosts = []
        self.dateCounts = dateCounts
        startCounts = []
    }

    init(
        record: AuditRecord, count: UInt64, first: Sight, last: Sight, pairs: [DomainPair], pairCounts: [UInt64], otherDomains: UInt64,
        objects: [AuditObject], hasMoreObjects: Bool, hosts: [[UInt8]], dateCounts: [UInt32], startCounts: [UInt32]
    ) {
        self.record = record
        self.count = count
        self.first = first
        self.last = last
        self.pairs = pairs
        self.pairCounts = pairCounts
        self.otherDomains = otherDomains
        self.objects = objects
        self.hasMoreObjects = hasMoreObjects
        self.hosts = hosts
        self.dateCounts = dateCounts
        self.startCounts = startCounts
    }
}
