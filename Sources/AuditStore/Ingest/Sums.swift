/// What a batch adds to the sums beside the records.
struct Sums {
    private struct Key: Hashable {
        var kind: Int64
        var domains: Int64
        var block: Int64
        var hour: Int64

        func hash(into hasher: inout Hasher) {
            hasher.combine(kind &* 0x9e37_79b9 ^ domains)
            hasher.combine(block &* 0x1_0000_01b3 ^ hour)
        }
    }

    private struct Value {
        var count: Int64 = 0
        var firstDate = Int64.max
        var lastDate = Int64.min
        var first = Int64.max
        var last = Int64.min

        @inline(__always)
        mutating func take(_ record: Int64, _ date: Int64?) {
            count += 1
            first = min(first, record)
            last = max(last, record)
            guard let date else { return }
            firstDate = min(firstDate, date)
            lastDate = max(lastDate, date)
        }

        mutating func add(_ other: Value) {
            count += other.count
            firstDate = min(firstDate, other.firstDate)
            lastDate = max(lastDate, other.lastDate)
            first = min(first, other.first)
            last = max(last, other.last)
        }
    }

    private struct Two: Hashable {
        var one: Int64
        var two: Int64
    }

    private struct Three: Hashable {
        var one: Int64
        var two: Int64
        var three: Int64
    }

    /// The hour of what has no date.
    private static let never = Int64.min
    static let hour: Int64 = 3_600_000_000

    private var values: [Key: Value] = [:]
    /// How many records they are of.
    private(set) var count = 0

    static func hour(of date: Int64) -> Int64 { date / hour - (date % hour < 0 ? 1 : 0) }

    /// - Parameter kind: its number in the database.
    @inline(__always)
    mutating func add(_ row: RecordRow, kind: Int64, at record: Int64) {
        let source = row.source >= 0 ? row.source : row.current
        let isDated = row.clock == .date
        let key = Key(
            kind: kind, domains: Int64(source) << 32 | Int64(UInt32(bitPattern: row.target)), block: RecordPlace.block(of: record),
            hour: isDated ? Self.hour(of: row.time) : Self.never)
        values[key, default: Value()].take(record, isDated ? row.time : nil)
        count += 1
    }

    /// Writes what was added, and begins anew.
    mutating func write(to database: Database, now: Int64) throws(StoreError) {
        var tallies: [Two: Value] = [:], undated: [Two: Int64] = [:], blocks: [Int64: Value] = [:], presences: [Two: Int64] = [:]
        var hours: [Three: Int64] = [:], bootHours: [Two: Int64] = [:], pairs: [Three: [Int64: Int64]] = [:]
        for (key, value) in values {
            let boot = RecordPlace.boot(of: value.first)
            let tally = Two(one: key.kind, two: boot)
            tallies[tally, default: Value()].add(value)
            blocks[key.block, default: Value()].add(value)
            presences[Two(one: key.kind, two: key.block), default: 0] += value.count
            pairs[Three(one: key.kind, two: boot, three: key.domains >> 32), default: [:]][Int64(Int32(truncatingIfNeeded: key.domains)), default: 0] += value.count
            if key.hour == Self.never {
                undated[tally, default: 0] += value.count
            } else {
                hours[Three(one: key.hour, two: key.kind, three: boot), default: 0] += value.count
                bootHours[Two(one: key.hour, two: boot), default: 0] += value.count
            }
        }
        for (key, value) in tallies {
            try database.run(Self.addTally, [
                .integer(key.one), .integer(key.two), .integer(value.count), .integer(undated[key] ?? 0), Self.date(value.firstDate), Self.date(value.lastDate),
                .integer(value.first), .integer(value.last),
            ])
        }
        for (block, value) in blocks {
            try database.run(Self.addBlock, [
                .integer(block), .integer(value.count), Self.date(value.firstDate), Self.date(value.lastDate), .integer(now),
            ])
        }
        for (key, count) in presences { try database.run(Self.addPresence, [.integer(key.one), .integer(key.two), .integer(count)]) }
        for (key, count) in hours { try database.run(Self.addHour, [.integer(key.one), .integer(key.two), .integer(key.three), .integer(count)]) }
        for (key, count) in bootHours { try database.run(Self.addBootHour, [.integer(key.one), .integer(key.two), .integer(count)]) }
        for (key, targets) in pairs {
            for (target, count) in targets {
                try database.run(Self.addPair, [.integer(key.one), .integer(key.two), .integer(key.three), .integer(target), .integer(count)])
            }
        }
        values.removeAll(keepingCapacity: true)
        count = 0
    }

    private static func date(_ date: Int64) -> SQLValue { date == .max || date == .min ? .null : .integer(date) }

    private static let addTally = """
        INSERT INTO tally (kind, boot, count, undated, first_date, last_date, first, last) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET count = count + excluded.count, undated = undated + excluded.undated,
            first_date = min(ifnull(first_date, excluded.first_date), ifnull(excluded.first_date, first_date)),
            last_date = max(ifnull(last_date, excluded.last_date), ifnull(excluded.last_date, last_date)),
            first = min(first, excluded.first), last = max(last, excluded.last)
        """
    private static let addBlock = """
        INSERT INTO block (id, count, first_date, last_date, stored) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET count = count + excluded.count, stored = excluded.stored,
            first_date = min(ifnull(first_date, excluded.first_date), ifnull(excluded.first_date, first_date)),
            last_date = max(ifnull(last_date, excluded.last_date), ifnull(excluded.last_date, last_date))
        """
    private static let addPresence = "INSERT INTO presence (kind, block, count) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
    private static let addHour = "INSERT INTO kind_hour (hour, kind, boot, count) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
    private static let addBootHour = "INSERT INTO boot_hour (hour, boot, count) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
    private static let addPair = """
        INSERT INTO pair (kind, boot, source, target, count) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count
        """
}
