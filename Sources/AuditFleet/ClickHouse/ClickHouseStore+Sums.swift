internal import struct AuditLog.DomainPair
public import AuditStore
internal import Flask

extension ClickHouseStore {
    static let denials: SQLText = "\(name: ClickHouseTables.denials.name) FINAL"
    /// What decisions of one kind have in common.
    static let kind: SQLText = "source, target, class, verdict, source_sid, target_sid, permissions, unnamed"
    /// How many have no date, how many have one, and the first and the last.
    private static let dates: SQLText = "countIf(clock != 2), countIf(clock = 2), minIf(time, clock = 2), maxIf(time, clock = 2)"

    private static func dates(
        _ row: inout RowBinaryReader, _ filter: DenialFilter
    ) throws(ClickHouseFailure) -> (undated: UInt64, first: Int64?, last: Int64?) {
        let (undated, dated): (UInt64, UInt64) = (try row.number(), try row.number())
        let (first, last): (Int64, Int64) = (try row.number(), try row.number())
        // What was asked for may begin within an hour.
        func clamped(_ date: Int64) -> Int64 { filter.dates.map { min(max(date, $0.lowerBound), $0.upperBound) } ?? date }
        return dated == 0 ? (undated, nil, nil) : (undated, clamped(first), clamped(last))
    }

    /// How much a filter lets through.
    public func totals(_ filter: DenialFilter) throws(StoreError) -> DenialTotals {
        try answer { () throws(ClickHouseFailure) in
            var totals = DenialTotals(records: 0, undated: 0, hosts: 0, boots: 0)
            try query(
                """
                SELECT count(), uniqExact(host), uniqExact(host, boot), \(Self.dates) \
                FROM \(Self.denials)\(.clause(SQLText.conditions(filter) + SQLText.hours(filter)))
                """
            ) { (row) throws(ClickHouseFailure) in
                totals.records = try row.number()
                totals.hosts = try row.count()
                totals.boots = try row.count()
                (totals.undated, totals.first, totals.last) = try Self.dates(&row, filter)
            }
            return totals
        }
    }

    /// Decisions that are alike, in groups, the most frequent first.
    public func groups(_ filter: DenialFilter, by grouping: DenialGrouping, limit: Int, offset: Int = 0) throws(StoreError) -> [AuditStore.DenialGroup] {
        let columns: SQLText =
            switch grouping {
            case .types: "source_type, target_type, class, verdict"
            case .contexts: "source, target, class, verdict, source_sid, target_sid"
            case .kinds: Self.kind
            }
        return try answer { () throws(ClickHouseFailure) in
            var groups: [AuditStore.DenialGroup] = []
            guard Self.limit(limit) > 0 else { return groups }
            try query(
                """
                SELECT count() AS n, uniqExact(host, boot), \(Self.dates), groupUniqArrayArray(permissions), groupUniqArray(unnamed), \(columns) \
                FROM \(Self.denials)\(.clause(SQLText.conditions(filter) + SQLText.hours(filter))) \
                GROUP BY \(columns) ORDER BY n DESC, \(columns) LIMIT \(max(0, offset)), \(Self.limit(limit))
                """
            ) { (row) throws(ClickHouseFailure) in
                var group = AuditStore.DenialGroup(
                    source: [], target: [], objectClass: "", verdict: .denied, permissions: [], count: try row.number(), undated: 0, boots: try row.count())
                (group.undated, group.first, group.last) = try Self.dates(&row, filter)
                let names = try row.array { (row) throws(ClickHouseFailure) in Name(bytes: try row.text()) }
                let numbers = try row.array { (row) throws(ClickHouseFailure) -> UInt32 in try row.number() }
                group.permissions = (names + numbers.filter { $0 != 0 }.map { Name("0x" + String($0, radix: 16)) }).sorted()
                group.source = try row.text()
                group.target = try row.text()
                group.objectClass = Name(bytes: try row.text())
                group.verdict = try row.number(UInt8.self) == 1 ? .granted : .denied
                if grouping != .types {
                    let (source, target): (Int64, Int64) = (try row.number(), try row.number())
                    if source >= 0 { group.source = Array("sid \(source)".utf8) }
                    if target >= 0 { group.target = Array("sid \(target)".utf8) }
                }
                if grouping == .kinds {
                    let names = try row.array { (row) throws(ClickHouseFailure) in Name(bytes: try row.text()) }
                    let bits: UInt32 = try row.number()
                    group.permissions = names + (bits == 0 ? [] : [Name("0x" + String(bits, radix: 16))])
                }
                groups.append(group)
            }
            return groups
        }
    }

    /// Which domains did it to which, most frequent first.
    public func domains(_ filter: DenialFilter, limit: Int) throws(StoreError) -> [DomainCount] {
        try answer { () throws(ClickHouseFailure) in
            var counts: [DomainCount] = []
            guard Self.limit(limit) > 0 else { return counts }
            try query(
                """
                SELECT \(SQLText.sourceDomain) AS one, target_domain AS other, count() AS n FROM \(Self.denials)\(.clause(SQLText.conditions(filter))) \
                GROUP BY one, other ORDER BY n DESC, one, other LIMIT \(Self.limit(limit))
                """
            ) { (row) throws(ClickHouseFailure) in
                counts.append(DomainCount(pair: try row.domains(), count: try row.number()))
            }
            return counts
        }
    }
}

extension RowBinaryReader {
    /// A number of things.
    mutating func count() throws(ClickHouseFailure) -> Int { Int(clamping: try number(UInt64.self)) }

    /// The numbers of two domains, of which there may be none.
    mutating func domains() throws(ClickHouseFailure) -> DomainPair {
        func domain(_ number: Int32) -> DomainIdentifier? { UInt16(exactly: number).map(DomainIdentifier.init(rawValue:)) }
        let (source, target): (Int32, Int32) = (try number(), try number())
        return DomainPair(source: domain(source), target: domain(target))
    }

    /// The columns of ``ClickHouseStore/kind``.
    mutating func kind() throws(ClickHouseFailure) -> AuditRecord {
        let texts = (try text(), try text())
        let objectClass = Name(bytes: try text())
        let verdict: UInt8 = try number()
        let numbers: (Int64, Int64) = (try number(), try number())
        let permissions = try array { (reader) throws(ClickHouseFailure) in Name(bytes: try reader.text()) }
        return AuditRecord(
            verdict: verdict == 1 ? .granted : .denied, permissions: permissions, unnamedPermissions: try number(),
            source: Self.context(texts.0, numbers.0), target: Self.context(texts.1, numbers.1), objectClass: objectClass)
    }
}
