import AuditLog

extension SQLiteStore {
    /// All hosts by name.
    public func hosts() throws(StoreError) -> [HostSummary] {
        var hosts: [HostSummary] = []
        try database.query(
            """
            SELECT h.name, count(b.id), sum(s.n), min(s.first_date), max(s.last_date) FROM host h LEFT JOIN boot b ON b.host = h.id
            LEFT JOIN (SELECT boot, sum(count) AS n, min(first_date) AS first_date, max(last_date) AS last_date FROM tally GROUP BY boot) s ON s.boot = b.id
            GROUP BY h.id ORDER BY h.name LIMIT \(Self.answerLimit)
            """
        ) { (row) throws(StoreError) in
            hosts.append(
                HostSummary(
                    name: row.bytes(0), boots: Int(row.integer(1)), records: UInt64(clamping: row.integer(2)), first: row.optional(3), last: row.optional(4)))
        }
        return hosts
    }

    /// What the hypervisor said beside decisions, newest first.
    public func notices(_ filter: DenialFilter, limit: Int, offset: Int = 0) throws(StoreError) -> [StoredNotice] {
        var conditions = Conditions()
        conditions.addBoot(filter)
        var notices: [StoredNotice] = []
        try database.query(
            """
            SELECT h.name, b.identity, t.kind, t.text, t.clock, t.time, t.count FROM notice t JOIN boot b ON b.id = t.boot JOIN host h ON h.id = b.host
            \(conditions.clause) ORDER BY t.id DESC LIMIT ? OFFSET ?
            """, conditions.values + [Self.limit(limit), Self.offset(offset)]
        ) { (row) throws(StoreError) in
            notices.append(StoredNotice(row))
        }
        return notices
    }
}

extension StoredNotice {
    /// Of a row: host, boot, kind, text, clock, time, count.
    init(_ row: Statement) {
        self.init(
            host: row.bytes(0), boot: row.bytes(1), kind: FlaskNotice.Kind(rawValue: String(decoding: row.bytes(2), as: UTF8.self)) ?? .message,
            text: row.bytes(3), time: StoredClock.time(row.integer(4), row.integer(5)), count: UInt64(clamping: row.integer(6)))
    }
}
