/// From which of the sums a filter's counts are taken: the smallest that have all it looks at.
struct SumSource {
    /// What stands behind FROM, as `t`: kind, boot, count, undated, first_date, last_date.
    let text: String
    let values: [SQLValue]
    /// What the filter says, as far as the source does not.
    let conditions: Conditions

    /// How many blocks of records are read, at most, when no sum has both domains and dates.
    static let blockLimit = 128

    init(_ filter: DenialFilter) {
        var conditions = Conditions()
        if filter.hasKind { conditions.addKind(filter) }
        conditions.addBoot(filter)
        if filter.domain != nil { conditions.addDomain(filter) }
        switch (filter.dates, filter.domain) {
        case (nil, nil):
            text = "tally t"
            values = []
        case (_?, nil):
            text = """
                (SELECT kind, boot, hour, count, 0 AS undated, hour * 3600000000 AS first_date, hour * 3600000000 + 3599999999 AS last_date FROM kind_hour) t
                """
            values = []
            conditions.addHours(filter)
        case (nil, _?):
            text = """
                (SELECT p.kind, p.boot, p.source, p.target, p.count, CASE WHEN y.undated = y.count THEN p.count ELSE 0 END AS undated, y.first_date, y.last_date
                FROM pair p JOIN tally y ON y.kind = p.kind AND y.boot = p.boot) t
                """
            values = []
        case (let dates?, _?):
            text = """
                (SELECT r.kind, r.id >> \(RecordPlace.bits) AS boot, ifnull(r.source, r.current) AS source, r.target, 1 AS count, 0 AS undated,
                    r.time AS first_date, r.time AS last_date
                FROM (SELECT id FROM block WHERE first_date <= ? AND last_date >= ? ORDER BY id DESC LIMIT \(Self.blockLimit)) b
                CROSS JOIN record r ON r.id BETWEEN b.id << \(RecordPlace.blockBits) AND (b.id << \(RecordPlace.blockBits)) + \(1 << RecordPlace.blockBits - 1)
                WHERE r.clock = 2 AND r.time BETWEEN ? AND ?) t
                """
            values = [.integer(dates.upperBound), .integer(dates.lowerBound), .integer(dates.lowerBound), .integer(dates.upperBound)]
        }
        self.conditions = conditions
    }

    var allValues: [SQLValue] { values + conditions.values }
}
