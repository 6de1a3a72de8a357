import AuditLog
import Flask

extension SQLiteStore {
    /// How many blocks of records are read for a page.
    private static let blocksOfPage = 64
    private static let pageLimit = 1_000

    /// Single decisions in the order of their keys, or the newest first, page by page.
    ///
    /// The order of keys is that of the boots as they were first seen, and of the pieces of log in a boot; within a piece that of its lines.
    ///
    /// - Parameters:
    ///   - filter: which decisions.
    ///   - newestFirst: whether the order is the other way round.
    ///   - key: where the page begins: ``DenialPage/next`` of the page before; nil for the first. A key that is not there begins nothing.
    ///   - limit: how many, at most 1,000.
    public func records(_ filter: DenialFilter, from key: DenialKey?, newestFirst: Bool, limit: Int) throws(StoreError) -> DenialPage {
        try database.look { () throws(StoreError) in
            var page = DenialPage(records: [], next: nil)
            var cursor = newestFirst ? Int64.max : 0
            if let key {
                guard let place = try place(of: key) else { return page }
                cursor = place
            }
            let wanted = max(1, min(limit, Self.pageLimit))
            let kinds = filter.hasKind ? try self.kinds(filter) : nil
            if kinds == "[]" { return page }
            var boots: [Int64: (host: [UInt8], boot: [UInt8])] = [:]
            var records: [Int64: AuditRecord] = [:]
            let blocks = try blocks(filter, kinds, from: cursor, newestFirst)
            for (index, block) in blocks.enumerated() {
                guard page.records.count < wanted, index < Self.blocksOfPage else {
                    // Where this block is entered.
                    let entry = RecordPlace.records(of: block)
                    page.next = try self.key(of: newestFirst ? entry.upperBound - 1 : entry.lowerBound, &boots)
                    break
                }
                try rows(filter, kinds, block, from: cursor, newestFirst, limit: wanted - page.records.count + 1) { (row) throws(StoreError) in
                    guard page.records.count < wanted else {
                        page.next = try self.key(of: row.integer(0), &boots)
                        return
                    }
                    let key = try self.key(of: row.integer(0), &boots)
                    let kind = row.integer(1)
                    if records[kind] == nil { records[kind] = try self.record(ofKind: kind) }
                    guard var record = records[kind] else { return }
                    record.subject = AuditSubject(
                        source: row.optional(4).flatMap(Self.domain), target: row.optional(5).flatMap(Self.domain),
                        current: row.optional(6).flatMap(Self.domain),
                        object: row.isNull(7) ? nil : ObjectText.object(row.bytes(7)))
                    page.records.append(KeyedDenial(key, record, time: StoredClock.time(row.integer(2), row.integer(3))))
                }
                if page.next != nil { break }
            }
            return page
        }
    }

    /// The kinds that a filter lets through, as a list in JSON: what a statement takes as one value.
    func kinds(_ filter: DenialFilter) throws(StoreError) -> String {
        var conditions = Conditions()
        conditions.addKind(filter)
        var kinds: [String] = []
        try database.query("SELECT k.id FROM kind k\(conditions.clause)", conditions.values) { (row) throws(StoreError) in
            kinds.append(String(row.integer(0)))
        }
        return "[" + kinds.joined(separator: ",") + "]"
    }

    /// Blocks that may have something of what is wanted, as many as are looked at for a page and one more.
    private func blocks(_ filter: DenialFilter, _ kinds: String?, from cursor: Int64, _ newestFirst: Bool) throws(StoreError) -> [Int64] {
        var conditions = Conditions()
        let block = RecordPlace.block(of: cursor)
        if newestFirst { conditions.add("t.id <= ?", .integer(block)) } else { conditions.add("t.id >= ?", .integer(block)) }
        if let dates = filter.dates {
            conditions.add("t.first_date <= ?", .integer(dates.upperBound))
            conditions.add("t.last_date >= ?", .integer(dates.lowerBound))
        }
        if let kinds {
            conditions.add(
                "EXISTS (SELECT 1 FROM json_each(?) j JOIN presence p ON p.kind = j.value AND p.block = t.id)", .bytes(Array(kinds.utf8)))
        }
        if filter.host != nil || filter.boot != nil { conditions.addBoot(filter) }
        var blocks: [Int64] = []
        let table = "(SELECT id, first_date, last_date, id >> \(RecordPlace.bits - RecordPlace.blockBits) AS boot FROM block) t"
        try database.query(
            "SELECT t.id FROM \(table)\(conditions.clause) ORDER BY t.id \(newestFirst ? "DESC" : "ASC") LIMIT \(Self.blocksOfPage + 1)", conditions.values
        ) { (row) throws(StoreError) in blocks.append(row.integer(0)) }
        return blocks
    }

    /// The records of a block that are wanted.
    private func rows(
        _ filter: DenialFilter, _ kinds: String?, _ block: Int64, from cursor: Int64, _ newestFirst: Bool, limit: Int,
        _ body: (Statement) throws(StoreError) -> Void
    ) throws(StoreError) {
        let range = RecordPlace.records(of: block)
        var conditions = Conditions()
        conditions.add("r.id >= ?", .integer(newestFirst ? range.lowerBound : max(range.lowerBound, cursor)))
        conditions.add("r.id <= ?", .integer(newestFirst ? min(range.upperBound - 1, cursor) : range.upperBound - 1))
        if let kinds { conditions.add("r.kind IN (SELECT value FROM json_each(?))", .bytes(Array(kinds.utf8))) }
        if let dates = filter.dates { conditions.add("r.clock = 2 AND r.time BETWEEN ? AND ?", .integer(dates.lowerBound), .integer(dates.upperBound)) }
        if let domain = filter.domain {
            conditions.add("(ifnull(r.source, r.current) = ? OR r.target = ?)", .integer(Int64(domain.rawValue)), .integer(Int64(domain.rawValue)))
        }
        try database.query(
            """
            SELECT r.id, r.kind, r.clock, r.time, r.source, r.target, r.current, r.object FROM record r\(conditions.clause)
            ORDER BY r.id \(newestFirst ? "DESC" : "ASC") LIMIT ?
            """, conditions.values + [SQLValue(limit)], body)
    }

    private func place(of key: DenialKey) throws(StoreError) -> Int64? {
        guard (0..<1 << RecordPlace.bits).contains(key.sequence) else { return nil }
        let boot = try database.number(
            "SELECT b.id FROM boot b JOIN host h ON h.id = b.host WHERE h.name = ? AND b.identity = ?", [.bytes(key.host), .bytes(key.boot)])
        return boot.map { RecordPlace.first(of: $0) + key.sequence }
    }

    private func key(of record: Int64, _ boots: inout [Int64: (host: [UInt8], boot: [UInt8])]) throws(StoreError) -> DenialKey {
        let boot = RecordPlace.boot(of: record)
        if boots[boot] == nil {
            try database.query(
                "SELECT h.name, b.identity FROM boot b JOIN host h ON h.id = b.host WHERE b.id = ?", [.integer(boot)]
            ) { (row) throws(StoreError) in boots[boot] = (row.bytes(0), row.bytes(1)) }
        }
        let names = boots[boot] ?? ([], [])
        return DenialKey(host: names.host, boot: names.boot, sequence: RecordPlace.sequence(of: record))
    }

    /// What records of a kind say, but their domains and hardware.
    func record(ofKind kind: Int64) throws(StoreError) -> AuditRecord {
        var record = AuditRecord(verdict: .denied, permissions: [], source: .text([]), target: .text([]), objectClass: "")
        try database.query(
            "SELECT verdict, permissions, unnamed, source, target, source_sid, target_sid, class FROM kind WHERE id = ?", [.integer(kind)]
        ) { (row) throws(StoreError) in
            func context(_ text: Int32, _ number: Int32) -> AuditRecord.Context {
                row.isNull(text) ? .identifier(SecurityIdentifier(rawValue: UInt32(truncatingIfNeeded: row.integer(number)))) : .text(row.bytes(text))
            }
            record = AuditRecord(
                verdict: row.integer(0) == 1 ? .granted : .denied,
                permissions: row.bytes(1).split(separator: UInt8(ascii: " ")).map { Name(bytes: Array($0)) },
                unnamedPermissions: UInt32(truncatingIfNeeded: row.integer(2)), source: context(3, 5), target: context(4, 6),
                objectClass: Name(bytes: row.bytes(7)))
        }
        return record
    }
}
