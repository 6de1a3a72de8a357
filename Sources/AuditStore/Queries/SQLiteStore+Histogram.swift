import Flask

extension SQLiteStore {
    /// With more kinds than these, a long time is counted by days.
    private static let kindLimit = 64
    private static let hourLimit: Int64 = 72

    /// How many there are in equal stretches of time: so many whole hours that there are at most `limit` stretches. Where a filter is about
    /// kinds, and lets many through, a time of more than three days is counted by whole days.
    ///
    /// Where it has a domain, only about the newest 131,072 records in its dates are looked at.
    public func histogram(_ filter: DenialFilter, limit: Int) throws(StoreError) -> [TimeCount] {
        try database.look { () throws(StoreError) in
            guard let hours = try hours(of: filter) else { return [] }
            let source = try source(of: filter, hours)
            var conditions = Conditions()
            conditions.addBoot(filter)
            let wanted = Int64(max(1, min(limit, Self.answerLimit)))
            var width = (hours.upperBound - hours.lowerBound) / wanted + 1
            if source.isByDays { width = (width + Sums.hoursOfDay - 1) / Sums.hoursOfDay * Sums.hoursOfDay }
            let first = source.isByDays ? Sums.day(of: hours.lowerBound) * Sums.hoursOfDay : hours.lowerBound
            var counts: [TimeCount] = []
            try database.query(
                "SELECT (t.hour - ?) / ?, sum(t.count) FROM \(source.text)\(conditions.clause) GROUP BY 1 ORDER BY 1",
                [.integer(first), .integer(width)] + source.values + conditions.values
            ) { (row) throws(StoreError) in
                counts.append(
                    TimeCount(start: (first + row.integer(0) * width) &* Sums.hour, width: width &* Sums.hour, count: UInt64(clamping: row.integer(1))))
            }
            return counts
        }
    }

    /// From the first to the last hour in which something that a filter may let through is; nil when nothing is.
    private func hours(of filter: DenialFilter) throws(StoreError) -> ClosedRange<Int64>? {
        var conditions = Conditions()
        conditions.addBoot(filter)
        conditions.addHours(filter)
        var hours: ClosedRange<Int64>?
        try database.query("SELECT min(t.hour), max(t.hour) FROM boot_hour t\(conditions.clause)", conditions.values) { (row) throws(StoreError) in
            if let first = row.optional(0), let last = row.optional(1), first <= last { hours = first...last }
        }
        return hours
    }

    /// What stands behind FROM, as `t`: hour, boot, count.
    private func source(of filter: DenialFilter, _ hours: ClosedRange<Int64>) throws(StoreError) -> (text: String, values: [SQLValue], isByDays: Bool) {
        let range: [SQLValue] = [.integer(hours.lowerBound), .integer(hours.upperBound)]
        let kinds = filter.hasKind ? try kinds(filter) : nil
        if let domain = filter.domain {
            let isOfKind = kinds == nil ? "" : " AND r.kind IN (SELECT value FROM json_each(?))"
            return (
                """
                (SELECT r.id >> \(RecordPlace.bits) AS boot, 1 AS count, (r.time - ((r.time % 3600000000) + 3600000000) % 3600000000) / 3600000000 AS hour
                FROM \(SumSource.records) AND (ifnull(r.source, r.current) = ? OR r.target = ?)\(isOfKind)) t
                """,
                SumSource.recordValues(filter.dates ?? Int64.min...Int64.max)
                    + [.integer(Int64(domain.rawValue)), .integer(Int64(domain.rawValue))] + (kinds.map { [.bytes(Array($0.utf8))] } ?? []), false
            )
        }
        guard let kinds else { return ("(SELECT hour, boot, count FROM boot_hour WHERE hour BETWEEN ? AND ?) t", range, false) }
        let list = SQLValue.bytes(Array(kinds.utf8))
        if kinds.utf8.count(where: { $0 == UInt8(ascii: ",") }) < Self.kindLimit {
            // Each hour and each kind is looked up.
            return (
                """
                (SELECT h.hour AS hour, h.boot AS boot, h.count AS count FROM (SELECT DISTINCT hour FROM boot_hour WHERE hour BETWEEN ? AND ?) b
                CROSS JOIN json_each(?) j CROSS JOIN kind_hour h ON h.hour = b.hour AND h.kind = j.value) t
                """, range + [list], false
            )
        }
        guard hours.upperBound - hours.lowerBound > Self.hourLimit else {
            return (
                "(SELECT hour, boot, count FROM kind_hour WHERE hour BETWEEN ? AND ? AND kind IN (SELECT value FROM json_each(?))) t", range + [list], false
            )
        }
        return (
            "(SELECT day * 24 AS hour, boot, count FROM kind_day WHERE day BETWEEN ? AND ? AND kind IN (SELECT value FROM json_each(?))) t",
            [.integer(Sums.day(of: hours.lowerBound)), .integer(Sums.day(of: hours.upperBound)), list], true
        )
    }
}
