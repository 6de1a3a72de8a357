internal import AuditStore
internal import Glibc

/// Writes rows into the tables.
struct ClickHouseInserter {
    /// Boots that are in the table of boots already.
    private var boots: Set<Boot> = []
    /// What the last boot or notice got, by which they are in order: microseconds until a far day, and no two the same.
    private var stamp = UInt64(Int64.max)
    /// What boots and notices got of which nobody said that they are there. Some shards may have theirs: sent again, all keep their order.
    private var unacknowledged: [Stamped: UInt64] = [:]

    private static let bootLimit = 1 << 16

    private struct Boot: Hashable {
        var host: [UInt8]
        var boot: [UInt8]
    }

    private enum Stamped: Hashable {
        case boot(Boot)
        case notice(StoredNotice)
    }

    /// When it returns, all of it is there.
    mutating func insert(
        _ denials: [KeyedDenial], _ notices: [StoredNotice], _ connection: inout ClickHouseConnection
    ) throws(ClickHouseFailure) {
        var (fresh, rows) = (Set<Boot>(), RowBinaryWriter())
        var last: Boot?
        for boot in denials.lazy.map({ Boot(host: $0.key.host, boot: $0.key.boot) }) {
            if boot != last { add(boot, &fresh, &rows) }
            last = boot
        }
        for notice in notices { add(Boot(host: notice.host, boot: notice.boot), &fresh, &rows) }
        // Boots first: no decision is of one that is not known.
        try insert(rows, ClickHouseTables.boots, &connection)
        if boots.count > Self.bootLimit { boots = [] }
        boots.formUnion(fresh)
        rows = RowBinaryWriter(capacity: denials.count * 256)
        for denial in denials { rows.write(denial) }
        try insert(rows, ClickHouseTables.denials, &connection)
        rows = RowBinaryWriter()
        for notice in notices { rows.write(notice, earlier: stamp(of: .notice(notice))) }
        try insert(rows, ClickHouseTables.notices, &connection)
        unacknowledged = [:]
    }

    private mutating func add(_ boot: Boot, _ fresh: inout Set<Boot>, _ rows: inout RowBinaryWriter) {
        guard !boots.contains(boot), fresh.insert(boot).inserted else { return }
        rows.write(boot.host)
        rows.write(boot.boot)
        rows.write(stamp(of: .boot(boot)))
    }

    private mutating func stamp(of row: Stamped) -> UInt64 {
        if let stamp = unacknowledged[row] { return stamp }
        stamp = min(stamp &- 1, UInt64(Int64.max) &- UInt64(clamping: time(nil)) &* 1_000_000)
        if unacknowledged.count >= Self.bootLimit { unacknowledged = [:] }
        unacknowledged[row] = stamp
        return stamp
    }

    private func insert(_ rows: RowBinaryWriter, _ table: ClickHouseTables.Table, _ connection: inout ClickHouseConnection) throws(ClickHouseFailure) {
        guard !rows.bytes.isEmpty else { return }
        // Through to the shards, and kept, before it is said to be done, whatever a user's profile has.
        let answer = try connection.ask(
            "INSERT INTO \(table.name) (\(table.columnNames)) FORMAT RowBinary", rows: rows.bytes, settings: ["insert_distributed_sync": "1"],
            newer: ["async_insert": "0"], limit: ClickHouseConnection.briefLimit, seconds: 300)
        // Somebody else who says that all is well, a proxy's page for example, has kept nothing.
        guard answer.isEmpty else { throw ClickHouseFailure(.garbled, "it answers an insertion with something, where there is nothing to say") }
    }
}
