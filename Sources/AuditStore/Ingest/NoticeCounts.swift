import AuditLog

/// How often a log has each notice of a boot. The database has the most that any log had, so that reading one again changes nothing.
struct NoticeCounts {
    private struct Key: Hashable {
        var boot: Int64
        var kind: FlaskNotice.Kind
        var text: [UInt8]
        var time: LogTime
    }

    private var counts: [Key: Int64] = [:]
    /// How many different ones are counted at once.
    private static let limit = 1 << 16

    mutating func store(_ notice: FlaskNotice, boot: Int64, now: Int64, in database: Database) throws(StoreError) {
        if counts.count >= Self.limit { counts = [:] }
        let count = (counts[Key(boot: boot, kind: notice.kind, text: notice.text, time: notice.time)] ?? 0) + 1
        counts[Key(boot: boot, kind: notice.kind, text: notice.text, time: notice.time)] = count
        let (clock, time) = StoredClock.parts(of: notice.time)
        try database.run(
            """
            INSERT INTO notice (boot, kind, text, clock, time, count, stored) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET count = max(count, excluded.count)
            """,
            [
                .integer(boot), .bytes(Array(notice.kind.rawValue.utf8)), .bytes(notice.text), .integer(clock.rawValue), .integer(time), .integer(count),
                .integer(now),
            ])
    }
}
