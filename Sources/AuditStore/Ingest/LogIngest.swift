import AuditLog

/// Reads a log into a database, piece by piece.
///
/// **What is stored once.** A record is known by its place: host, boot, number in the boot. A boot is known by the number that the journal
/// has for it; else by what the hypervisor said as it started, together with the first records: two boots are one when both say the same as
/// far as both go, and each boot of a log is another one. A log that begins in the middle of a boot is laid upon what is stored for its
/// host: where its beginning is found whole, or where stored records end with it, the longest such piece, nothing is added as far as both
/// are the same, and what comes behind that is appended. When it comes to the beginning of what was stored earlier, that follows on it.
/// When it fits nowhere, it is a piece of its own: in the newest boot (by date, in the newest that had begun by then), or in a new one when
/// the hypervisor's clock went backwards. So captures of one growing ring, in any order, give each record once, and reading a log again
/// adds nothing.
///
/// **What cannot be known.** Lines that are equal in everything, time included, are told apart by their neighbours only. Where a ring's
/// edge lies in a run of such lines (without `console_timestamps`, or many in one second), the overlap is taken as long as it can be: of
/// those at the edge too few may be stored, never too many. Without any time, fewer than eight records in a row are not taken for an
/// overlap but where a ring mostly goes on, at the end of what was stored last, or when they are all that the log has; and two boots of one
/// hypervisor that denied the same things are one when they are read from two logs. A log of what was removed (``Retention``) is new.
///
/// **What is safe.** A batch is stored whole or not at all, with everything that belongs to it. When a function returns, what
/// ``acknowledged`` says is on the disk, and no crash takes it away. After an error the object is used up; to read the same log again is
/// always right.
public struct LogIngest: ~Copyable {
    /// What is on the disk.
    public private(set) var acknowledged = IngestSummary()

    private let database: Database
    private let options: IngestOptions
    private var reader: LogReader
    private var sink: IngestSink
    private let kinds = KindCache()
    private let writer: RecordWriter
    private var placers: [[UInt8]: RunPlacer] = [:]
    private var notices = NoticeCounts()
    private var now: Int64
    private var identifier: Int64?
    private var dataVersion: Int64?
    private var cut: UInt64 = 0
    private var endsWithLine = true
    private var hasFailed = false

    /// How much is read at once.
    private static let piece = 1 << 18
    private static let noticeLimit = 4_096
    /// Decisions that wait until it is clear where they belong, at most, in batches.
    private static let waitingLimit = 4

    init(_ database: Database, _ options: IngestOptions, now: Int64) {
        self.database = database
        self.options = options
        self.now = now
        reader = LogReader(options.reader)
        sink = IngestSink(kinds)
        writer = RecordWriter(database)
    }

    /// Time has gone on while a log is followed.
    ///
    /// - Parameters:
    ///   - now: in microseconds since 1970.
    ///   - latest: `LogReaderOptions/latest` of what comes.
    public mutating func setTime(now: Int64, latest: Int64) {
        self.now = now
        reader.setLatest(latest)
        for placer in placers.values { placer.now = now }
    }

    /// Reads the next bytes of the log, and stores what makes a batch.
    public mutating func read(_ bytes: Span<UInt8>) throws(StoreError) {
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Self.piece)
            reader.read(bytes.extracting(start..<end), into: &sink)
            start = end
            if sink.count >= options.batch || sink.noticeCount >= Self.noticeLimit {
                try store(isForced: sink.count >= options.batch * Self.waitingLimit || sink.noticeCount >= Self.noticeLimit)
            }
        }
        if bytes.count > 0 { endsWithLine = bytes[bytes.count - 1] == UInt8(ascii: "\n") }
    }

    /// Stores all that was read: when a log that goes on rests.
    public mutating func flush() throws(StoreError) {
        try store(isForced: true)
    }

    /// The log has ended: stores the rest of it.
    ///
    /// A decision in a last line that has no end is not taken, but counted as cut: the line may be half of one.
    public mutating func finish() throws(StoreError) -> IngestSummary {
        sink.isUnfinished = !endsWithLine
        reader.finish(into: &sink)
        try store(isForced: true, isEnd: true)
        return acknowledged
    }

    private mutating func store(isForced: Bool, isEnd: Bool = false) throws(StoreError) {
        guard !hasFailed else { throw StoreError(.failed, path: database.path, detail: "reading this log into it failed before") }
        hasFailed = true
        var summary = IngestSummary()
        summary.bytes = reader.counts.bytes
        summary.lines = reader.counts.lines
        summary.decisions = reader.counts.decisions
        summary.notices = reader.counts.notices
        summary.unread = reader.counts.unread.values.reduce(0, +)
        try database.change { () throws(StoreError) in
            try noticeOthers()
            var runs = sink.giveRuns()
            for index in runs.indices {
                if isEnd { runs[index].hasEnded = true }
                try store(&runs[index], isForced: isForced)
            }
            sink.takeBack(runs)
            try writer.finish(now: now)
            for placer in placers.values {
                summary.added += placer.added
                summary.known += placer.known
            }
            summary.cut = cut + sink.unfinished
            try keepProgress(summary, isEnd: isEnd)
        }
        dataVersion = try database.number("PRAGMA data_version")
        acknowledged = summary
        if kinds.isFull, sink.count == 0 { kinds.forgetAll() }
        hasFailed = false
    }

    /// Forgets what another process may have changed since.
    private mutating func noticeOthers() throws(StoreError) {
        guard try database.number("PRAGMA data_version") != dataVersion || dataVersion == nil else { return }
        kinds.forgetIdentifiers()
        for placer in placers.values {
            placer.stored.forget()
            placer.catalogue = try Catalogue(of: placer.catalogue.host, in: database)
            try placer.findOpenStarts()
        }
    }

    private mutating func store(_ run: inout Run, isForced: Bool) throws(StoreError) {
        let isHostKnown = run.host >= 0 && Int(run.host) < reader.hosts.count
        let name = isHostKnown ? reader.hosts[Int(run.host)] : options.host
        if run.identityNumber >= 0, Int(run.identityNumber) < reader.bootIdentities.count { run.identity = reader.bootIdentities[Int(run.identityNumber)] }
        let placer = try placer(of: name)
        if run.mayBeCut, run.isFresh, run.rows.count > 1 {
            run.mayBeCut = false
            // Its time was cut off.
            if run.rows[0].clock == .none, run.rows[1].clock != .none {
                run.rows.removeFirst()
                cut += 1
            }
        }
        for index in run.rows.indices {
            let row = run.rows[index]
            let kind = try identifier(ofKind: Int(row.kind))
            run.rows[index].print = Fingerprint.of(
                kind: kind, source: row.source, target: row.target, current: row.current, clock: row.clock.rawValue, time: row.time, object: row.object)
        }
        try placer.place(&run, isForced: isForced)
        if let boot = run.boot ?? (isForced ? placer.catalogue.boots.last?.id : nil) {
            for notice in run.notices { try notices.store(notice, boot: boot, now: now, in: database) }
            run.notices = []
        }
    }

    private func identifier(ofKind place: Int) throws(StoreError) -> Int64 {
        let known = kinds.identifiers[place]
        if known >= 0 { return known }
        let identifier = try writer.kind(kinds.text(of: place), kinds.record(of: place))
        kinds.know(place, as: identifier)
        return identifier
    }

    private mutating func placer(of host: [UInt8]) throws(StoreError) -> RunPlacer {
        if let placer = placers[host] { return placer }
        let placer = RunPlacer(writer, kinds, try Catalogue(of: writer.host(host), in: database))
        placer.now = now
        try placer.findOpenStarts()
        placers[host] = placer
        return placer
    }

    /// Says in the database how far the log was read.
    private mutating func keepProgress(_ summary: IngestSummary, isEnd: Bool) throws(StoreError) {
        func value(_ number: UInt64) -> SQLValue { .integer(Int64(clamping: number)) }
        if identifier == nil {
            try database.run(
                """
                INSERT INTO ingest (log, started, bytes, lines, decisions, added, known, notices, unread, is_whole) VALUES (?, ?, 0, 0, 0, 0, 0, 0, 0, 0)
                """, [.bytes(options.log), .integer(now)])
            identifier = database.lastInserted
        }
        try database.run(
            "UPDATE ingest SET bytes = ?, lines = ?, decisions = ?, added = ?, known = ?, notices = ?, unread = ?, is_whole = ? WHERE id = ?",
            [
                value(summary.bytes), value(summary.lines), value(summary.decisions), value(summary.added), value(summary.known), value(summary.notices),
                value(summary.unread), .integer(isEnd ? 1 : 0), SQLValue(identifier),
            ])
    }
}
