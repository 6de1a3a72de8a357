import AuditLog
import Flask

/// What of a database was not yet sent to a destination: a queue as durable as the database, since it is the records themselves and how far of each stretch
/// of them was sent.
///
/// What was read and not confirmed is read again, also by the next process. What retention removes before it was sent is not sent. For one thread, as the
/// store is; several destinations have each their own.
public final class Outbox {
    private let store: SQLiteStore
    private var database: Database { store.database }
    private let destination: Int64

    /// How many stretches are looked at for a batch.
    private static let stretchLimit = 4_096

    /// The queue of a destination, which is added when it is not there: then everything that is kept waits for it.
    ///
    /// - Parameter store: whose decisions.
    /// - Parameter destination: its name in the database, for ever.
    public init(_ store: SQLiteStore, destination: [UInt8]) throws(StoreError) {
        self.store = store
        let database = store.database
        self.destination = try database.change { () throws(StoreError) in
            let find = "SELECT id FROM destination WHERE name = ?"
            if let known = try database.number(find, [.bytes(destination)]) { return known }
            try database.run("INSERT INTO destination (name) VALUES (?)", [.bytes(destination)])
            return database.lastInserted
        }
    }

    /// What waits, the oldest boot's first; nil when nothing does.
    ///
    /// - Parameter limit: how many decisions and notices at most.
    public func next(limit: Int) throws(StoreError) -> OutboxBatch? {
        let limit = max(1, limit)
        let database = database
        return try database.look { () throws(StoreError) -> OutboxBatch? in
            var batch = OutboxBatch()
            var reader = Reader(store)
            for stretch in try waitingStretches(Self.stretchLimit) {
                guard batch.denials.count < limit else { break }
                let end = try reader.read(stretch.from..<stretch.end, boot: stretch.boot, limit: limit - batch.denials.count, &batch.denials)
                batch.marks.append(OutboxBatch.Mark(stretch: stretch.id, boot: stretch.boot, before: stretch.sent, end: end))
            }
            if batch.denials.count < limit { try addNotices(limit - batch.denials.count, &batch) }
            return batch.marks.isEmpty && batch.counts.isEmpty ? nil : batch
        }
    }

    /// Takes what was sent off the queue. Only the other side's acknowledgement is a reason to.
    public func confirm(_ batch: OutboxBatch) throws(StoreError) {
        let (database, destination) = (database, destination)
        try database.change { () throws(StoreError) in
            for mark in batch.marks {
                let both: [SQLValue] = [.integer(destination), .integer(mark.stretch)]
                // It may have been removed meanwhile, with its mark.
                guard try database.number("SELECT 1 FROM stretch WHERE id = ? AND boot = ? AND end >= ?", [both[1], .integer(mark.boot), .integer(mark.end)]) != nil
                else { continue }
                let sent = try database.number("SELECT end FROM sent_stretch WHERE destination = ? AND stretch = ?", both)
                if sent == nil, mark.before != nil { continue }
                guard sent == mark.before else {
                    throw StoreError(.contested, path: database.path, detail: "another process sends from it to the same destination")
                }
                try database.run(
                    "INSERT INTO sent_stretch (destination, stretch, end) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET end = excluded.end",
                    both + [.integer(mark.end)])
            }
            for mark in batch.counts {
                try database.run(
                    """
                    INSERT INTO sent_notice (destination, notice, count) SELECT ?, id, ? FROM notice WHERE id = ?
                    ON CONFLICT DO UPDATE SET count = max(count, excluded.count)
                    """, [.integer(destination), .integer(mark.count), .integer(mark.notice)])
            }
        }
    }

    /// How much waits: decisions, and notices that were not sent or have become more.
    public func waiting() throws(StoreError) -> (denials: UInt64, notices: UInt64) {
        let (database, destination) = (database, destination)
        return try database.look { () throws(StoreError) in
            var denials: Int64 = 0
            for stretch in try waitingStretches(nil) {
                denials &+= try database.number("SELECT count(*) FROM record WHERE id >= ? AND id < ?", [.integer(stretch.from), .integer(stretch.end)]) ?? 0
            }
            let notices = try database.number("SELECT count(*) \(Self.waitingNotices)", [.integer(destination)]) ?? 0
            return (UInt64(clamping: denials), UInt64(clamping: notices))
        }
    }

    /// A number that is another when somebody else has changed the database since.
    public func version() throws(StoreError) -> Int64 { try database.number("PRAGMA data_version") ?? 0 }

    // MARK: What waits

    private struct WaitingStretch {
        var id: Int64
        var boot: Int64
        /// The first record that was not sent, or one that was removed.
        var from: Int64
        var end: Int64
        var sent: Int64?
    }

    private func waitingStretches(_ limit: Int?) throws(StoreError) -> [WaitingStretch] {
        var stretches: [WaitingStretch] = []
        try database.query(
            """
            SELECT s.id, s.boot, max(s.first, ifnull(c.end, 0)), s.end, c.end FROM stretch s
            LEFT JOIN sent_stretch c ON c.destination = ? AND c.stretch = s.id WHERE s.end > max(s.first, ifnull(c.end, 0)) ORDER BY s.first LIMIT ?
            """, [.integer(destination), .integer(Int64(limit ?? -1))]
        ) { (row) throws(StoreError) in
            stretches.append(
                WaitingStretch(id: row.integer(0), boot: row.integer(1), from: row.integer(2), end: row.integer(3), sent: row.optional(4)))
        }
        return stretches
    }

    private static let waitingNotices = """
        FROM notice t JOIN boot b ON b.id = t.boot JOIN host h ON h.id = b.host LEFT JOIN sent_notice c ON c.destination = ? AND c.notice = t.id
        WHERE t.count > ifnull(c.count, 0)
        """

    private func addNotices(_ limit: Int, _ batch: inout OutboxBatch) throws(StoreError) {
        var found: [StoredNotice] = []
        var marks: [OutboxBatch.NoticeMark] = []
        try database.query(
            "SELECT h.name, b.identity, t.kind, t.text, t.clock, t.time, t.count, t.id \(Self.waitingNotices) ORDER BY t.id LIMIT ?",
            [.integer(destination), SQLValue(limit)]
        ) { (row) throws(StoreError) in
            found.append(StoredNotice(row))
            marks.append(OutboxBatch.NoticeMark(notice: row.integer(7), count: row.integer(6)))
        }
        batch.notices = found
        batch.counts = marks
    }
}

extension Outbox {
    /// Reads records with their keys. Kinds and boots are looked up once for a batch: another process may remove them behind it.
    private struct Reader {
        private let store: SQLiteStore
        private var kinds: [Int64: AuditRecord] = [:]

        init(_ store: SQLiteStore) { self.store = store }

        /// Appends the records of a range; where the next one begins.
        mutating func read(_ range: Range<Int64>, boot: Int64, limit: Int, _ denials: inout [KeyedDenial]) throws(StoreError) -> Int64 {
            let statement = try store.database.statement(
                "SELECT id, kind, clock, time, source, target, current, object FROM record WHERE id >= ? AND id < ? ORDER BY id LIMIT ?")
            var key = try key(of: boot)
            statement.reset()
            statement.bind(1, range.lowerBound)
            statement.bind(2, range.upperBound)
            statement.bind(3, Int64(limit))
            defer { statement.reset() }
            var (count, last) = (0, range.lowerBound)
            while try statement.step() {
                last = statement.integer(0)
                count += 1
                key.sequence = RecordPlace.sequence(of: last)
                let kind = statement.integer(1)
                if kinds[kind] == nil { kinds[kind] = try store.record(ofKind: kind) }
                guard var record = kinds[kind] else { continue }
                func domain(_ column: Int32) -> DomainIdentifier? { statement.optional(column).flatMap(SQLiteStore.domain) }
                record.subject = AuditSubject(
                    source: domain(4), target: domain(5), current: domain(6), object: statement.isNull(7) ? nil : ObjectText.object(statement.bytes(7)))
                denials.append(KeyedDenial(key, record, time: StoredClock.time(statement.integer(2), statement.integer(3))))
            }
            return count < limit ? range.upperBound : last + 1
        }

        private func key(of boot: Int64) throws(StoreError) -> DenialKey {
            var key = DenialKey(host: [], boot: [], sequence: 0)
            try store.database.query(
                "SELECT h.name, b.identity FROM boot b JOIN host h ON h.id = b.host WHERE b.id = ?", [.integer(boot)]
            ) { (row) throws(StoreError) in key = DenialKey(host: row.bytes(0), boot: row.bytes(1), sequence: 0) }
            return key
        }
    }
}
