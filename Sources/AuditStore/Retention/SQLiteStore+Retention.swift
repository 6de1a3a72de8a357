extension SQLiteStore {
    /// Blocks that are removed in one transaction.
    private static let step = 64

    /// Removes the oldest records until what is left is as young and as small as is wanted, and gives the space back.
    ///
    /// It goes by steps, each safe by itself: others read and write in between, and when it is ended early, what is left is whole.
    ///
    /// - Parameter retention: how old and how large what is kept may be.
    /// - Parameter now: the time, in microseconds since 1970.
    public func prune(_ retention: Retention, now: Int64) throws(StoreError) -> RetentionReport {
        var report = RetentionReport()
        report.sizeBefore = try size()
        if let age = retention.age {
            let (limit, isBeyond) = now.subtractingReportingOverflow(max(0, age))
            if !isBeyond { try prune(olderThan: limit, &report) }
        }
        if let size = retention.size { try prune(toSize: max(0, size), &report) }
        try giveSpaceBack()
        report.sizeAfter = try self.size()
        return report
    }

    private func prune(olderThan limit: Int64, _ report: inout RetentionReport) throws(StoreError) {
        while true {
            var blocks: [Int64] = []
            let isOld = "ifnull(last_date, stored) < ? OR first_date < ?"
            try database.query(
                "SELECT id FROM block WHERE \(isOld) ORDER BY id LIMIT \(Self.step)", [.integer(limit), .integer(limit)]
            ) { (row) throws(StoreError) in blocks.append(row.integer(0)) }
            guard !blocks.isEmpty else { break }
            let before = report.records
            try remove(blocks, olderThan: limit, &report)
            guard report.records > before else { break }
        }
        let removed = try database.change { () throws(StoreError) -> Int64 in
            try database.run(
                "DELETE FROM notice WHERE CASE clock WHEN 2 THEN time ELSE stored END < ? AND boot NOT IN (SELECT boot FROM stretch WHERE end > first)",
                [.integer(limit)])
            let notices = database.changes
            try database.run("DELETE FROM ingest WHERE started < ?", [.integer(limit)])
            try database.run(
                """
                DELETE FROM boot WHERE added < ? AND id NOT IN (SELECT boot FROM stretch) AND id NOT IN (SELECT boot FROM notice)
                AND id <> (SELECT max(id) FROM boot b WHERE b.host = boot.host)
                """, [.integer(limit)])
            report.boots += Int(database.changes)
            return notices
        }
        report.notices += UInt64(clamping: removed)
    }

    private func prune(toSize limit: Int64, _ report: inout RetentionReport) throws(StoreError) {
        while try size() > limit {
            var blocks: [Int64] = []
            let excess = try size() - limit
            let all = max(1, try database.number("SELECT count(*) FROM block") ?? 0)
            // As many as have the excess, by their mean size.
            let wanted = min(Int64(Self.step), max(1, excess / max(1, try size() / all)))
            try database.query(
                "SELECT id FROM block ORDER BY ifnull(last_date, stored), id LIMIT ?", [.integer(wanted)]
            ) { (row) throws(StoreError) in blocks.append(row.integer(0)) }
            guard !blocks.isEmpty else { return }
            try remove(blocks, olderThan: nil, &report)
            // Of a damaged file there may be blocks that nothing takes away.
            guard try database.number("SELECT count(*) FROM block") ?? 0 < all else {
                throw StoreError(.corrupt, path: database.path, detail: "records that were removed are still there")
            }
        }
    }

    /// Removes blocks of records, all of them or those that are older than a date, and takes them off the sums.
    private func remove(_ blocks: [Int64], olderThan limit: Int64?, _ report: inout RetentionReport) throws(StoreError) {
        var removed = report
        try database.change { () throws(StoreError) in
            var touched: Set<[Int64]> = []
            for block in blocks { try remove(block, olderThan: limit, &removed, &touched) }
            for pair in touched { try adjust(kind: pair[0], boot: pair[1]) }
            try database.run(
                "UPDATE boot SET used = max(used, (SELECT max(end) FROM stretch s WHERE s.boot = boot.id)) WHERE id IN (SELECT boot FROM stretch WHERE end <= first)")
            try database.run("DELETE FROM stretch WHERE end <= first")
            try database.run("UPDATE stretch SET next = NULL WHERE next IS NOT NULL AND next NOT IN (SELECT id FROM stretch)")
            try database.run("DELETE FROM kind WHERE id NOT IN (SELECT kind FROM tally)")
            try database.run("DELETE FROM permission WHERE kind NOT IN (SELECT id FROM kind)")
        }
        report = removed
    }

    private func remove(
        _ block: Int64, olderThan limit: Int64?, _ report: inout RetentionReport, _ touched: inout Set<[Int64]>
    ) throws(StoreError) {
        let range = RecordPlace.records(of: block)
        let boot = RecordPlace.boot(of: range.lowerBound)
        var bounds: [SQLValue] = [.integer(range.lowerBound), .integer(range.upperBound)]
        var condition = "id >= ? AND id < ?"
        if let limit {
            // What has no date goes with its block.
            let isOld = try database.number("SELECT ifnull(last_date, stored) < ? FROM block WHERE id = ?", [.integer(limit), .integer(block)]) ?? 0
            if isOld == 0 {
                condition += " AND clock = 2 AND time < ?"
                bounds.append(.integer(limit))
            }
        }
        var groups: [[Int64]] = []
        try database.query(
            """
            SELECT kind, ifnull(ifnull(source, current), -1), ifnull(target, -1), clock = 2,
                CASE clock WHEN 2 THEN (time - ((time % 3600000000) + 3600000000) % 3600000000) / 3600000000 ELSE 0 END,
                count(*), min(CASE clock WHEN 2 THEN time END), max(CASE clock WHEN 2 THEN time END)
            FROM record WHERE \(condition) GROUP BY 1, 2, 3, 4, 5
            """, bounds
        ) { (row) throws(StoreError) in
            groups.append((0..<6).map { row.integer($0) })
            if let first = row.optional(6) { report.first = min(report.first ?? first, first) }
            if let last = row.optional(7) { report.last = max(report.last ?? last, last) }
        }
        for group in groups {
            let (kind, count) = (SQLValue.integer(group[0]), SQLValue.integer(group[5]))
            touched.insert([group[0], boot])
            report.records += UInt64(clamping: group[5])
            let boot = SQLValue.integer(boot)
            try take(count, from: "presence", where: "kind = ? AND block = ?", [kind, .integer(block)])
            try take(count, from: "block", where: "id = ?", [.integer(block)])
            try take(count, from: "pair", where: "kind = ? AND boot = ? AND source = ? AND target = ?", [kind, boot, .integer(group[1]), .integer(group[2])])
            try take(count, from: "boot_pair", where: "boot = ? AND source = ? AND target = ?", [boot, .integer(group[1]), .integer(group[2])])
            try database.run(
                "UPDATE tally SET count = count - ?, undated = undated - ? WHERE kind = ? AND boot = ?",
                [count, group[3] == 1 ? .integer(0) : count, kind, boot])
            guard group[3] == 1 else { continue }
            let hour = SQLValue.integer(group[4])
            try take(count, from: "kind_hour", where: "hour = ? AND kind = ? AND boot = ?", [hour, kind, boot])
            try take(count, from: "kind_day", where: "day = ? AND kind = ? AND boot = ?", [.integer(Sums.day(of: group[4])), kind, boot])
            try take(count, from: "boot_hour", where: "hour = ? AND boot = ?", [hour, boot])
        }
        try database.run("DELETE FROM record WHERE \(condition)", bounds)
        // Of a whole block nothing is left, also where its count was wrong.
        if limit == nil { try database.run("DELETE FROM block WHERE id = ?", [.integer(block)]) }
        try database.run(
            """
            UPDATE block SET first_date = (SELECT min(time) FROM record WHERE id >= ?1 AND id < ?2 AND clock = 2),
                last_date = (SELECT max(time) FROM record WHERE id >= ?1 AND id < ?2 AND clock = 2) WHERE id = ?3
            """, [.integer(range.lowerBound), .integer(range.upperBound), .integer(block)])
        // A stretch begins with what is left of it.
        try database.run(
            """
            UPDATE stretch SET first = ifnull((SELECT min(r.id) FROM record r WHERE r.id >= stretch.first AND r.id < stretch.end), stretch.end), is_start = 0
            WHERE boot = ? AND first < ? AND end > ? AND NOT EXISTS (SELECT 1 FROM record r WHERE r.id = stretch.first)
            """, [.integer(boot), .integer(range.upperBound), .integer(range.lowerBound)])
    }

    /// Takes something off a sum, which goes away when nothing is left.
    private func take(_ count: SQLValue, from table: StaticString, where key: StaticString, _ values: [SQLValue]) throws(StoreError) {
        try database.run("UPDATE \(table) SET count = count - ? WHERE \(key)", [count] + values)
        try database.run("DELETE FROM \(table) WHERE \(key) AND count <= 0", values)
    }

    /// Finds the first and the last of a kind in a boot anew.
    private func adjust(kind: Int64, boot: Int64) throws(StoreError) {
        let both: [SQLValue] = [.integer(kind), .integer(boot)]
        guard try database.number("SELECT count FROM tally WHERE kind = ? AND boot = ?", both) ?? 0 > 0 else {
            return try database.run("DELETE FROM tally WHERE kind = ? AND boot = ?", both)
        }
        try database.run(
            "UPDATE tally SET first_date = ?, last_date = ?, first = ifnull(?, first), last = ifnull(?, last) WHERE kind = ? AND boot = ?",
            [
                SQLValue(try date(kind, boot, isFirst: true)), SQLValue(try date(kind, boot, isFirst: false)),
                SQLValue(try record(kind, boot, isFirst: true)), SQLValue(try record(kind, boot, isFirst: false)),
            ] + both)
    }

    /// Blocks of a boot in which a kind is.
    private static func presence(_ kind: Int64, _ boot: Int64) -> [SQLValue] {
        [
            .integer(kind), .integer(RecordPlace.block(of: RecordPlace.first(of: boot))), .integer(RecordPlace.block(of: RecordPlace.first(of: boot + 1))),
        ]
    }

    /// The first or the last date of a kind in a boot: blocks are looked at until no other can have an earlier, or a later one.
    private func date(_ kind: Int64, _ boot: Int64, isFirst: Bool) throws(StoreError) -> Int64? {
        let column = isFirst ? "b.first_date" : "b.last_date"
        var blocks: [(id: Int64, date: Int64)] = []
        try database.query(
            """
            SELECT b.id, \(column) FROM presence p JOIN block b ON b.id = p.block
            WHERE p.kind = ? AND p.block >= ? AND p.block < ? AND p.count > 0 AND b.first_date IS NOT NULL ORDER BY \(column) \(isFirst ? "ASC" : "DESC")
            """, Self.presence(kind, boot)
        ) { (row) throws(StoreError) in blocks.append((row.integer(0), row.integer(1))) }
        var best: Int64?
        for block in blocks {
            if let best, isFirst ? best <= block.date : best >= block.date { break }
            let range = RecordPlace.records(of: block.id)
            let date = try database.number(
                "SELECT \(isFirst ? "min" : "max")(time) FROM record WHERE id >= ? AND id < ? AND kind = ? AND clock = 2",
                [.integer(range.lowerBound), .integer(range.upperBound), .integer(kind)])
            if let date { best = best.map { isFirst ? min($0, date) : max($0, date) } ?? date }
        }
        return best
    }

    private func record(_ kind: Int64, _ boot: Int64, isFirst: Bool) throws(StoreError) -> Int64? {
        let block = try database.number(
            "SELECT \(isFirst ? "min" : "max")(block) FROM presence WHERE kind = ? AND block >= ? AND block < ? AND count > 0", Self.presence(kind, boot))
        guard let range = block.map(RecordPlace.records(of:)) else { return nil }
        return try database.number(
            "SELECT \(isFirst ? "min" : "max")(id) FROM record WHERE id >= ? AND id < ? AND kind = ?",
            [.integer(range.lowerBound), .integer(range.upperBound), .integer(kind)])
    }

    /// What became free goes back to the file system, by steps.
    private func giveSpaceBack() throws(StoreError) {
        while let free = try database.number("PRAGMA freelist_count"), free > 0 {
            // Each of its rows is a page.
            try database.query("PRAGMA incremental_vacuum(4096)") { (_) throws(StoreError) in }
            guard let left = try database.number("PRAGMA freelist_count"), left < free else { break }
        }
        try database.query("PRAGMA wal_checkpoint(TRUNCATE)") { (_) throws(StoreError) in }
    }
}
