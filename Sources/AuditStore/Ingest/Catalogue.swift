/// The boots and stretches of a host, as the database has them.
struct Catalogue {
    struct Boot {
        var id: Int64
        var identity: [UInt8]
        var banner: [UInt8]?
        /// Behind the last place that a record had which was removed: a key is never given to another.
        var used: Int64

        /// Whether it is known apart from what its records are.
        var isCertain: Bool { banner != nil || !identity.starts(with: Catalogue.unknown) }
    }

    struct Stretch {
        var id: Int64
        var boot: Int64
        var first: Int64
        var end: Int64
        /// Whether the first record of the boot is the first of it.
        var isStart: Bool
        /// The stretch whose first record follows on the last of this one.
        var next: Int64?
    }

    static let unknown = Array("unknown-".utf8)

    let host: Int64
    /// By their numbers, oldest first.
    private(set) var boots: [Boot] = []
    private(set) var stretches: [Int64: Stretch] = [:]

    init(of host: Int64, in database: Database) throws(StoreError) {
        self.host = host
        try database.query("SELECT id, identity, banner, used FROM boot WHERE host = ? ORDER BY id", [.integer(host)]) { (row) throws(StoreError) in
            boots.append(Boot(id: row.integer(0), identity: row.bytes(1), banner: row.isNull(2) ? nil : row.bytes(2), used: row.integer(3)))
        }
        try database.query(
            "SELECT s.id, s.boot, s.first, s.end, s.is_start, s.next FROM stretch s JOIN boot b ON b.id = s.boot WHERE b.host = ?", [.integer(host)]
        ) { (row) throws(StoreError) in
            let stretch = Stretch(
                id: row.integer(0), boot: row.integer(1), first: row.integer(2), end: row.integer(3), isStart: row.integer(4) != 0, next: row.optional(5))
            stretches[stretch.id] = stretch
        }
    }

    func boot(_ id: Int64) -> Boot? { boots.first { $0.id == id } }

    /// Stretches of some boots that follow on no other, oldest first; each begins a chain.
    func heads(in boots: Set<Int64>?) -> [Stretch] {
        var followers: Set<Int64> = []
        for stretch in stretches.values { if let next = stretch.next { followers.insert(next) } }
        return stretches.values.filter { !followers.contains($0.id) && (boots?.contains($0.boot) ?? true) }.sorted { $0.first < $1.first }
    }

    /// A stretch and all that follow on it.
    func chain(from head: Stretch) -> [Stretch] {
        var chain = [head]
        var seen: Set<Int64> = [head.id]
        while let next = chain.last?.next.flatMap({ stretches[$0] }), seen.insert(next.id).inserted { chain.append(next) }
        return chain
    }

    /// How far a stretch can grow.
    func room(behind stretch: Stretch) -> Int64 {
        let following = stretches.values.filter { $0.boot == stretch.boot && $0.first >= stretch.end && $0.id != stretch.id }.map(\.first).min()
        return (following ?? RecordPlace.first(of: stretch.boot + 1)) - stretch.end
    }

    // MARK: Changes

    /// Adds a boot; its identity gets a number where the wished one has none.
    mutating func addBoot(_ identity: [UInt8]?, banner: [UInt8]?, now: Int64, in database: Database) throws(StoreError) -> Int64 {
        let id = (try database.number("SELECT max(id) FROM boot") ?? 0) + 1
        guard id < RecordPlace.bootLimit else { throw StoreError(.full, path: database.path, detail: "it has as many boots as it can have") }
        var name = identity ?? []
        if identity == nil {
            let stem = banner.map { Array(("start-" + Self.hexadecimal(Self.hash($0)) + "-").utf8) } ?? Self.unknown
            // The newest boot is never removed, so that no number, and no name with it, is given again: elsewhere there may still be records of it.
            var ordinal = id
            repeat {
                name = stem + Array(String(ordinal).utf8)
                ordinal += 1
            } while boots.contains { $0.identity == name }
        }
        try database.run("INSERT INTO boot (id, host, identity, banner, added) VALUES (?, ?, ?, ?, ?)", [
            .integer(id), .integer(host), .bytes(name), banner.map { .bytes($0) } ?? .null, .integer(now),
        ])
        boots.append(Boot(id: id, identity: name, banner: banner, used: 0))
        return id
    }

    mutating func setBanner(_ banner: [UInt8], of boot: Int64, in database: Database) throws(StoreError) {
        try database.run("UPDATE boot SET banner = ? WHERE id = ?", [.bytes(banner), .integer(boot)])
        if let index = boots.firstIndex(where: { $0.id == boot }) { boots[index].banner = banner }
    }

    /// Adds an empty stretch behind all of a boot's.
    mutating func addStretch(in boot: Int64, isStart: Bool, _ database: Database) throws(StoreError) -> Stretch {
        let used = self.boot(boot)?.used ?? 0
        let last = (stretches.values.filter { $0.boot == boot }.map(\.end) + (used > 0 ? [used] : [])).max()
        let first = last.map { ($0 / RecordPlace.gap + 1) * RecordPlace.gap } ?? RecordPlace.first(of: boot)
        guard first + RecordPlace.gap <= RecordPlace.first(of: boot + 1) else {
            throw StoreError(.full, path: database.path, detail: "a boot has as many separate pieces of log as it can have")
        }
        try database.run("INSERT INTO stretch (boot, first, end, is_start) VALUES (?, ?, ?, ?)", [
            .integer(boot), .integer(first), .integer(first), .integer(isStart ? 1 : 0),
        ])
        let stretch = Stretch(id: database.lastInserted, boot: boot, first: first, end: first, isStart: isStart, next: nil)
        stretches[stretch.id] = stretch
        return stretch
    }

    mutating func setEnd(_ end: Int64, of stretch: Int64, in database: Database) throws(StoreError) {
        try database.run("UPDATE stretch SET end = ? WHERE id = ?", [.integer(end), .integer(stretch)])
        stretches[stretch]?.end = end
    }

    mutating func link(_ stretch: Int64, to next: Int64, in database: Database) throws(StoreError) {
        try database.run("UPDATE stretch SET next = ? WHERE id = ?", [.integer(next), .integer(stretch)])
        stretches[stretch]?.next = next
    }

    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        // FNV-1a: the same for ever.
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
