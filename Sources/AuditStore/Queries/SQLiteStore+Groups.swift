import AuditLog
import Flask

extension SQLiteStore {
    /// How many of anything one question gives, at most.
    static let answerLimit = 10_000

    static func limit(_ wanted: Int) -> SQLValue { .integer(Int64(max(0, min(wanted, answerLimit)))) }
    static func offset(_ wanted: Int) -> SQLValue { .integer(Int64(max(0, wanted))) }

    /// How much a filter lets through.
    ///
    /// Where it has both dates and a domain, only about the newest 131,072 records in its dates are looked at, here and in
    /// ``groups(_:by:limit:offset:)``: no sum has both.
    public func totals(_ filter: DenialFilter) throws(StoreError) -> DenialTotals {
        let source = SumSource(filter)
        var totals = DenialTotals(records: 0, undated: 0, hosts: 0, boots: 0, first: nil, last: nil)
        let kinds = filter.hasKind ? " JOIN kind k ON k.id = t.kind" : ""
        let boots = """
            SELECT t.boot AS boot, sum(t.count) AS count, sum(t.undated) AS undated, min(t.first_date) AS first_date, max(t.last_date) AS last_date
            FROM \(source.text)\(kinds)\(source.conditions.clause) GROUP BY t.boot
            """
        try database.query(
            """
            SELECT sum(s.count), sum(s.undated), min(s.first_date), max(s.last_date), count(*), count(DISTINCT b.host)
            FROM (\(boots)) s JOIN boot b ON b.id = s.boot
            """, source.allValues
        ) { (row) throws(StoreError) in
            totals.records = UInt64(clamping: row.integer(0))
            totals.undated = UInt64(clamping: row.integer(1))
            totals.first = Self.clamped(row.optional(2), filter)
            totals.last = Self.clamped(row.optional(3), filter)
            totals.boots = Int(row.integer(4))
            totals.hosts = Int(row.integer(5))
        }
        return totals
    }

    /// Decisions that are alike, in groups, the most frequent first.
    public func groups(
        _ filter: DenialFilter, by grouping: DenialGrouping, limit: Int, offset: Int = 0
    ) throws(StoreError) -> [DenialGroup] {
        let source = SumSource(filter)
        let columns =
            switch grouping {
            case .types: "k.source_type, k.target_type, k.class, k.verdict"
            case .contexts: "k.source, k.target, k.class, k.verdict, k.source_sid, k.target_sid"
            case .kinds: "k.source, k.target, k.class, k.verdict, k.source_sid, k.target_sid, k.permissions, k.unnamed"
            }
        let sums = "sum(t.count) AS n, sum(t.undated), min(t.first_date), max(t.last_date), count(DISTINCT t.boot), group_concat(DISTINCT k.id)"
        let conditions = source.conditions
        return try database.look { () throws(StoreError) in
            var groups: [DenialGroup] = []
            var kinds: [[Int64]] = []
            try database.query(
                """
                SELECT \(sums), \(columns) FROM \(source.text) JOIN kind k ON k.id = t.kind\(conditions.clause)
                GROUP BY \(columns) ORDER BY n DESC, \(columns) LIMIT ? OFFSET ?
                """, source.allValues + [Self.limit(limit), Self.offset(offset)]
            ) { (row) throws(StoreError) in
                func name(_ column: Int32, _ number: Int32) -> [UInt8] {
                    row.isNull(column) ? Array("sid \(row.integer(number))".utf8) : row.bytes(column)
                }
                groups.append(
                    DenialGroup(
                        source: name(6, 10), target: name(7, 11), objectClass: Name(bytes: row.bytes(8)), verdict: row.integer(9) == 1 ? .granted : .denied,
                        permissions: [], count: UInt64(clamping: row.integer(0)), undated: UInt64(clamping: row.integer(1)),
                        first: Self.clamped(row.optional(2), filter), last: Self.clamped(row.optional(3), filter), boots: Int(row.integer(4))))
                kinds.append(String(decoding: row.bytes(5), as: UTF8.self).split(separator: ",").compactMap { Int64($0) })
            }
            for index in groups.indices { groups[index].permissions = try permissions(of: grouping == .kinds ? Array(kinds[index].prefix(1)) : kinds[index], isSorted: grouping != .kinds) }
            return groups
        }
    }

    /// A sum is by hours; what was asked for may begin within one.
    private static func clamped(_ date: Int64?, _ filter: DenialFilter) -> Int64? {
        guard let date else { return nil }
        return filter.dates.map { min(max(date, $0.lowerBound), $0.upperBound) } ?? date
    }

    /// All permissions of some kinds, by name; and the numbers of those that have none.
    private func permissions(of kinds: [Int64], isSorted: Bool) throws(StoreError) -> [Name] {
        var names: [Name] = []
        for kind in kinds {
            try database.query("SELECT permissions, unnamed FROM kind WHERE id = ?", [.integer(kind)]) { (row) throws(StoreError) in
                for name in row.bytes(0).split(separator: UInt8(ascii: " ")) { names.append(Name(bytes: Array(name))) }
                if row.integer(1) != 0 { names.append(Name("0x" + String(row.integer(1), radix: 16))) }
            }
        }
        return isSorted ? Set(names).sorted() : names
    }

    /// Which domains did it to which, most frequent first.
    public func domains(_ filter: DenialFilter, limit: Int) throws(StoreError) -> [DomainCount] {
        var conditions = Conditions()
        if filter.hasKind { conditions.addKind(filter) }
        conditions.addBoot(filter)
        conditions.addDomain(filter)
        var counts: [DomainCount] = []
        try database.query(
            """
            SELECT t.source, t.target, sum(t.count) AS n FROM \(filter.hasKind ? "pair t JOIN kind k ON k.id = t.kind" : "boot_pair t")\(conditions.clause)
            GROUP BY 1, 2 ORDER BY n DESC, 1, 2 LIMIT ?
            """, conditions.values + [Self.limit(limit)]
        ) { (row) throws(StoreError) in
            let pair = DomainPair(source: Self.domain(row.integer(0)), target: Self.domain(row.integer(1)))
            counts.append(DomainCount(pair: pair, count: UInt64(clamping: row.integer(2))))
        }
        return counts
    }

    static func domain(_ number: Int64) -> DomainIdentifier? { UInt16(exactly: number).map(DomainIdentifier.init(rawValue:)) }
}
