public import AuditStore
internal import Flask

extension ClickHouseStore {
    private static let pageLimit = 20_000
    /// How many boots are looked through at once, and how often, before a page ends without more.
    private static let bootsAtOnce = 200
    private static let rounds = 5

    /// A boot that a page may have records of, and how many of it pass.
    private struct Boot: Hashable {
        var host: [UInt8]
        var boot: [UInt8]
        var earlier: UInt64 = 0

        static func == (one: Boot, other: Boot) -> Bool { one.host == other.host && one.boot == other.boot }

        func hash(into hasher: inout Hasher) {
            hasher.combine(host)
            hasher.combine(boot)
        }

        var condition: SQLText { "(host = \(host) AND boot = \(boot))" }
    }

    /// Single decisions in the order of their keys, or the newest first, page by page.
    ///
    /// The order of keys is that of the boots as they were first sent, and of the places in a boot.
    ///
    /// - Parameters:
    ///   - filter: which decisions.
    ///   - newestFirst: whether the order is the other way round.
    ///   - key: where the page begins: `DenialPage/next` of the page before; nil for the first. A key of a boot that is not there begins nothing.
    ///   - limit: how many, at most 20,000.
    public func records(_ filter: DenialFilter, from key: DenialKey?, newestFirst: Bool, limit: Int) throws(StoreError) -> DenialPage {
        try answer { () throws(ClickHouseFailure) in
            var page = DenialPage(records: [], next: nil)
            let wanted = max(1, min(limit, Self.pageLimit))
            if let key, !(0..<1 << 40).contains(key.sequence) { return page }
            if let key, let full = try nextOfBoot(filter, key, newestFirst, wanted) { return full }
            var cursor = key
            for _ in 0..<Self.rounds {
                let boots = try boots(filter, from: cursor, newestFirst)
                guard !boots.isEmpty else { break }
                page.next = nil
                try fill(&page, boots.dropLast(boots.count > Self.bootsAtOnce ? 1 : 0), filter, from: cursor, newestFirst, wanted)
                guard page.next == nil else { break }
                guard boots.count > Self.bootsAtOnce, let following = boots.last else { break }
                page.next = DenialKey(host: following.host, boot: following.boot, sequence: newestFirst ? 1 << 40 - 1 : 0)
                guard page.records.count < wanted else { break }
                cursor = page.next
            }
            return page
        }
    }

    /// A page, when a short way behind its key there is enough for it, as there mostly is; nil when there is not.
    private func nextOfBoot(
        _ filter: DenialFilter, _ key: DenialKey, _ newestFirst: Bool, _ wanted: Int
    ) throws(ClickHouseFailure) -> DenialPage? {
        let reach = Int64(wanted) * 4 + 1_000
        let range = newestFirst ? key.sequence - reach...key.sequence : key.sequence...key.sequence + reach
        let conditions: [SQLText] = [
            "host = \(key.host)", "boot = \(key.boot)", "sequence >= \(range.lowerBound)", "sequence <= \(range.upperBound)",
        ]
        var found: [KeyedDenial] = []
        try query(
            """
            SELECT \(RowBinaryReader.denialColumns) FROM \(name: ClickHouseTables.denials.name) FINAL\
            \(.clause(conditions + SQLText.conditions(filter) + SQLText.dates(filter))) ORDER BY sequence \(name: newestFirst ? "DESC" : "ASC") LIMIT \(wanted + 1)
            """
        ) { (row) throws(ClickHouseFailure) in found.append(try row.denial()) }
        guard found.count > wanted, let next = found.last else { return nil }
        return DenialPage(records: Array(found.prefix(wanted)), next: next.key)
    }

    /// The boots from a key on, as many as are looked through at once and one more.
    private func boots(_ filter: DenialFilter, from key: DenialKey?, _ newestFirst: Bool) throws(ClickHouseFailure) -> [Boot] {
        var condition: SQLText = "1"
        if let key {
            var place: UInt64?
            try query(
                """
                SELECT max(earlier) FROM \(name: ClickHouseTables.boots.name) WHERE host = \(key.host) AND boot = \(key.boot) GROUP BY host, boot
                """
            ) { (row) throws(ClickHouseFailure) in place = try row.number() }
            guard let place else { return [] }
            condition =
                newestFirst
                ? "(place > \(place) OR place = \(place) AND (host < \(key.host) OR host = \(key.host) AND boot <= \(key.boot)))"
                : "(place < \(place) OR place = \(place) AND (host > \(key.host) OR host = \(key.host) AND boot >= \(key.boot)))"
        }
        var boots: [Boot] = []
        let order: SQLText = newestFirst ? "place, host DESC, boot DESC" : "place DESC, host, boot"
        try query(
            """
            SELECT host, boot, max(earlier) AS place FROM \(name: ClickHouseTables.boots.name)\(.clause(SQLText.boots(filter))) GROUP BY host, boot \
            HAVING \(condition) ORDER BY \(order) LIMIT \(Self.bootsAtOnce + 1)
            """
        ) { (row) throws(ClickHouseFailure) in boots.append(Boot(host: try row.text(), boot: try row.text(), earlier: try row.number())) }
        return boots
    }

    /// Adds to a page what passes of some boots, until it has as many as are wanted.
    private func fill(
        _ page: inout DenialPage, _ boots: ArraySlice<Boot>, _ filter: DenialFilter, from key: DenialKey?, _ newestFirst: Bool, _ wanted: Int
    ) throws(ClickHouseFailure) {
        var conditions = SQLText.conditions(filter) + SQLText.dates(filter)
        // Of the first boot a part may have been given already.
        if let key, let first = boots.first, first == Boot(host: key.host, boot: key.boot) {
            let rest: SQLText = newestFirst ? "sequence <= \(key.sequence)" : "sequence >= \(key.sequence)"
            conditions.append("(NOT \(first.condition) OR \(rest))")
        }
        let table: SQLText = "\(name: ClickHouseTables.denials.name)"
        // Copies are counted too: then a page has fewer than it could.
        var counts: [Boot: Int] = [:]
        for part in parts(boots) {
            try query(
                "SELECT host, boot, count() FROM \(table) WHERE \(.joined(conditions + [any(part)], by: " AND ")) GROUP BY host, boot"
            ) { (row) throws(ClickHouseFailure) in counts[Boot(host: try row.text(), boot: try row.text())] = try row.count() }
        }
        let missing = wanted - page.records.count
        var chosen: [Boot] = []
        var sum = 0
        var isEnough = false
        for boot in boots {
            guard let count = counts[boot] else { continue }
            guard !isEnough, chosen.count < 500 else {
                page.next = DenialKey(host: boot.host, boot: boot.boot, sequence: newestFirst ? 1 << 40 - 1 : 0)
                break
            }
            chosen.append(boot)
            sum += min(count, missing + 1)
            isEnough = sum > missing
        }
        guard let last = chosen.last else { return }
        // The last may be large: no more is read of it than is wanted.
        let order: SQLText = newestFirst ? "DESC" : "ASC"
        let bound: SQLText = """
            SELECT \(name: newestFirst ? "min" : "max")(sequence) FROM (SELECT DISTINCT sequence FROM \(table) \
            WHERE \(.joined(conditions + [last.condition], by: " AND ")) ORDER BY sequence \(order) LIMIT \(missing + 1))
            """
        var end: Int64 = 0
        try query(bound) { (row) throws(ClickHouseFailure) in end = try row.number() }
        var found: [KeyedDenial] = []
        let short: SQLText = "(NOT \(last.condition) OR sequence \(name: newestFirst ? ">=" : "<=") \(end))"
        for part in parts(chosen[...]) {
            try query(
                "SELECT \(RowBinaryReader.denialColumns) FROM \(table) FINAL WHERE \(.joined(conditions + [any(part), short], by: " AND "))"
            ) { (row) throws(ClickHouseFailure) in found.append(try row.denial()) }
        }
        var ranks: [Boot: Int] = [:]
        for (rank, boot) in chosen.enumerated() { ranks[boot] = rank }
        var ranked: [(rank: Int, denial: KeyedDenial)] = found.map { denial in
            (ranks[Boot(host: denial.key.host, boot: denial.key.boot)] ?? .max, denial)
        }
        ranked.sort { (one, other) -> Bool in
            if one.rank != other.rank { return one.rank < other.rank }
            let (first, second) = (one.denial.key.sequence, other.denial.key.sequence)
            return newestFirst ? first > second : first < second
        }
        page.records += ranked.prefix(missing).map(\.denial)
        if ranked.count > missing { page.next = ranked[missing].denial.key }
    }

    private func any(_ boots: ArraySlice<Boot>) -> SQLText { "(\(.joined(boots.map(\.condition), by: " OR ")))" }

    /// Boots in pieces that a question can have.
    private func parts(_ boots: ArraySlice<Boot>) -> [ArraySlice<Boot>] {
        var parts: [ArraySlice<Boot>] = []
        var rest = boots
        while !rest.isEmpty {
            var (count, length) = (0, 0)
            for boot in rest {
                length += boot.condition.text.utf8.count + 4
                guard count == 0 || length < ClickHouseConnection.questionLimit / 2 else { break }
                count += 1
            }
            parts.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return parts
    }
}
