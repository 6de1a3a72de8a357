import Flask

/// From which of the sums a filter's counts are taken: the smallest that have all it looks at.
struct SumSource {
    /// What stands behind FROM, as `t`: kind, boot, count, undated, first_date, last_date.
    let text: String
    let values: [SQLValue]
    /// What the filter says of kinds and boots.
    let conditions: Conditions

    /// How many blocks of records are read, at most, when no sum has both domains and dates.
    static let blockLimit = 32

    init(_ filter: DenialFilter) {
        var conditions = Conditions()
        if filter.hasKind { conditions.addKind(filter) }
        conditions.addBoot(filter)
        self.conditions = conditions
        switch (filter.dates, filter.domain) {
        case (nil, nil):
            text = "tally t"
            values = []
        case (let dates?, nil):
            let sums = Self.sums(of: dates)
            text = """
                (SELECT kind, boot, sum(count) AS count, 0 AS undated, min(first_date) AS first_date, max(last_date) AS last_date
                FROM (\(sums.text)) GROUP BY kind, boot) t
                """
            values = sums.values
        case (nil, let domain?):
            text = """
                (SELECT p.kind AS kind, p.boot AS boot, sum(p.count) AS count, CASE WHEN y.undated = y.count THEN sum(p.count) ELSE 0 END AS undated,
                    y.first_date AS first_date, y.last_date AS last_date
                FROM pair p JOIN tally y ON y.kind = p.kind AND y.boot = p.boot WHERE p.source = ? OR p.target = ? GROUP BY p.kind, p.boot) t
                """
            values = [.integer(Int64(domain.rawValue)), .integer(Int64(domain.rawValue))]
        case (let dates?, let domain?):
            text = """
                (SELECT r.kind AS kind, r.id >> \(RecordPlace.bits) AS boot, count(*) AS count, 0 AS undated,
                    min(r.time) AS first_date, max(r.time) AS last_date FROM \(Self.records) AND (ifnull(r.source, r.current) = ? OR r.target = ?) GROUP BY 1, 2) t
                """
            values = Self.recordValues(dates) + [.integer(Int64(domain.rawValue)), .integer(Int64(domain.rawValue))]
        }
    }

    var allValues: [SQLValue] { values + conditions.values }

    /// The newest records of a range of dates: ``recordValues(_:)``.
    static let records = """
        (SELECT id FROM block WHERE first_date <= ? AND last_date >= ? ORDER BY id DESC LIMIT \(blockLimit)) b
        CROSS JOIN record r ON r.id BETWEEN b.id << \(RecordPlace.blockBits) AND (b.id << \(RecordPlace.blockBits)) + \(1 << RecordPlace.blockBits - 1)
        WHERE r.clock = 2 AND r.time BETWEEN ? AND ?
        """

    static func recordValues(_ dates: ClosedRange<Int64>) -> [SQLValue] {
        [.integer(dates.upperBound), .integer(dates.lowerBound), .integer(dates.lowerBound), .integer(dates.upperBound)]
    }

    /// Sums of whole days, and of hours where a range begins and ends within one.
    private static func sums(of dates: ClosedRange<Int64>) -> (text: String, values: [SQLValue]) {
        let (first, last) = (Sums.hour(of: dates.lowerBound), Sums.hour(of: dates.upperBound))
        let hours = """
            SELECT kind, boot, count, hour * 3600000000 AS first_date, hour * 3600000000 + 3599999999 AS last_date FROM kind_hour WHERE hour BETWEEN ? AND ?
            """
        // The days that are whole.
        let (firstDay, lastDay) = (Sums.day(of: first + Sums.hoursOfDay - 1), Sums.day(of: last + 1) - 1)
        guard firstDay <= lastDay else { return (hours, [.integer(first), .integer(last)]) }
        let days = "SELECT kind, boot, count, day * 86400000000, day * 86400000000 + 86399999999 FROM kind_day WHERE day BETWEEN ? AND ?"
        return (
            hours + " UNION ALL " + days + " UNION ALL " + hours,
            [
                .integer(first), .integer(firstDay * Sums.hoursOfDay - 1), .integer(firstDay), .integer(lastDay),
                .integer((lastDay + 1) * Sums.hoursOfDay), .integer(last),
            ]
        )
    }
}
