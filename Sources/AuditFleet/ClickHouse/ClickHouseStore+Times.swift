public import AuditStore
internal import Flask

extension ClickHouseStore {
    /// How many there are in equal stretches of time: so many whole hours that there are at most `limit` stretches.
    public func histogram(_ filter: DenialFilter, limit: Int) throws(StoreError) -> [TimeCount] {
        try answer { () throws(ClickHouseFailure) in
            guard let axis = try hours(of: filter, limit) else { return [] }
            var counts: [TimeCount] = []
            try query(
                """
                SELECT \(axis.slot) AS slot, count() FROM \(Self.denials)\(.clause(["clock = 2"] + SQLText.conditions(filter) + SQLText.hours(filter))) \
                GROUP BY slot ORDER BY slot
                """
            ) { (row) throws(ClickHouseFailure) in counts.append(try axis.count(&row)) }
            return counts
        }
    }

    /// Domains and times of some kinds, by a question about all of them at once: the counts of a few hundred thousand pairs and stretches are given.
    public func details(
        of kinds: [AuditStore.DenialGroup], _ filter: DenialFilter, domains: Int, stretches: Int
    ) throws(StoreError) -> [KindDetail] {
        try answer { () throws(ClickHouseFailure) in
            var details = Array(repeating: KindDetail(), count: kinds.count)
            guard !kinds.isEmpty else { return details }
            let places = Dictionary(kinds.enumerated().map { ($1.record, $0) }) { first, _ in first }
            if domains > 0 {
                try query(
                    """
                    SELECT \(Self.kind), \(SQLText.sourceDomain) AS one, target_domain AS other, count() AS n \
                    FROM \(Self.denials)\(.clause(SQLText.conditions(filter))) GROUP BY \(Self.kind), one, other \
                    ORDER BY n DESC, one, other LIMIT \(Self.limit(domains)) BY \(Self.kind) LIMIT \(Self.detailLimit)
                    """
                ) { (row) throws(ClickHouseFailure) in
                    let kind = try row.kind()
                    let count = DomainCount(pair: try row.domains(), count: try row.number())
                    if let place = places[kind] { details[place].domains.append(count) }
                }
            }
            guard stretches > 0, let axis = try hours(of: filter, stretches) else { return details }
            try query(
                """
                SELECT \(Self.kind), \(axis.slot) AS slot, count() FROM \(Self.denials)\
                \(.clause(["clock = 2"] + SQLText.conditions(filter) + SQLText.hours(filter))) \
                GROUP BY \(Self.kind), slot ORDER BY slot LIMIT \(Self.detailLimit)
                """
            ) { (row) throws(ClickHouseFailure) in
                let kind = try row.kind()
                let count = try axis.count(&row)
                if let place = places[kind] { details[place].times.append(count) }
            }
            return details
        }
    }

    private static let detailLimit = 300_000

    /// Hours in stretches.
    private struct HourAxis {
        let first: Int64
        /// In hours.
        let width: Int64

        /// The number of the stretch in which a record is.
        var slot: SQLText {
            let hour = FleetTime.hour
            return "intDiv(intDiv(time - (time % \(hour) + \(hour)) % \(hour), \(hour)) - \(first), \(width))"
        }

        /// Of the number of a stretch and a count.
        func count(_ row: inout RowBinaryReader) throws(ClickHouseFailure) -> TimeCount {
            let slot: Int64 = try row.number()
            return TimeCount(start: (first &+ slot &* width) &* FleetTime.hour, width: width &* FleetTime.hour, count: try row.number())
        }
    }

    /// The stretches of the time in which something is that the host, the boot and the dates of a filter let through; nil when nothing is.
    private func hours(of filter: DenialFilter, _ limit: Int) throws(ClickHouseFailure) -> HourAxis? {
        var axis: HourAxis?
        // Copies of a key change no bound.
        try query(
            """
            SELECT count(), min(time), max(time) FROM \(name: ClickHouseTables.denials.name)\
            \(.clause(["clock = 2"] + SQLText.boots(filter) + SQLText.dates(.hours(of: filter))))
            """
        ) { (row) throws(ClickHouseFailure) in
            let (count, first, last): (UInt64, Int64, Int64) = (try row.number(), try row.number(), try row.number())
            guard count > 0, first <= last else { return }
            let hours = (FleetTime.hour(of: first), FleetTime.hour(of: last))
            axis = HourAxis(first: hours.0, width: (hours.1 - hours.0) / Int64(max(1, min(limit, Self.answerLimit))) + 1)
        }
        return axis
    }
}
