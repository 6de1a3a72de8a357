/// What a batch adds to the sums beside the records.
struct Sums {
    static let hour: Int64 = 3_600_000_000
    static let hoursOfDay: Int64 = 24

    /// By kind and boot, with dates; by kind and block; by block.
    private var tallies = CountTable()
    private var undated = CountTable()
    private var presences = CountTable()
    private var blocks = CountTable()
    /// By hour and boot with kind in one number.
    private var hours = CountTable()
    private var bootHours = CountTable()
    /// By kind and boot in one number, and both domains in one.
    private var pairs = CountTable()
    private var bootPairs = CountTable()
    /// How many records they are of.
    private(set) var count = 0

    /// Kinds and boots are less than this together, as far as they fit into one number.
    private static let kindBits: Int64 = 40

    static func hour(of date: Int64) -> Int64 { date / hour - (date % hour < 0 ? 1 : 0) }
    static func day(of hour: Int64) -> Int64 { hour / hoursOfDay - (hour % hoursOfDay < 0 ? 1 : 0) }

    /// - Parameter kind: its number in the database.
    @inline(__always)
    mutating func add(_ row: RecordRow, kind: Int64, at record: Int64) {
        let source = row.source >= 0 ? row.source : row.current
        let boot = RecordPlace.boot(of: record)
        let block = RecordPlace.block(of: record)
        let date = row.clock == .date ? row.time : nil
        let both = boot << Self.kindBits | kind
        let domains = Int64(source) << 32 | Int64(UInt32(bitPattern: row.target))
        tallies.count(kind, boot, record: record, date: date)
        presences.count(kind, block)
        blocks.count(block, 0, record: record, date: date)
        pairs.count(both, domains)
        bootPairs.count(boot, domains)
        if let date {
            let hour = Self.hour(of: date)
            hours.count(hour, both)
            bootHours.count(hour, boot)
        } else {
            undated.count(kind, boot)
        }
        count += 1
    }

    /// Writes what was added, and begins anew.
    mutating func write(to database: Database, now: Int64) throws(StoreError) {
        count = 0
        for entry in tallies.takeAll() {
            let statement = try database.statement(Self.addTally)
            statement.bind(1, entry.one)
            statement.bind(2, entry.two)
            statement.bind(3, entry.count)
            let place = undated.place(entry.one, entry.two)
            statement.bind(4, undated.entries[place].count)
            Self.bindDates(entry, statement, 5)
            statement.bind(7, entry.first)
            statement.bind(8, entry.last)
            try statement.run()
        }
        _ = undated.takeAll()
        for entry in blocks.takeAll() {
            let statement = try database.statement(Self.addBlock)
            statement.bind(1, entry.one)
            statement.bind(2, entry.count)
            Self.bindDates(entry, statement, 3)
            statement.bind(5, now)
            try statement.run()
        }
        let kind = Int64(1) << Self.kindBits - 1
        try Self.write(presences.takeAll(), to: database, Self.addPresence) { Columns($0.one, $0.two) }
        var days = CountTable()
        let hours = hours.takeAll()
        for entry in hours { days.count(Self.day(of: entry.one), entry.two, entry.count) }
        try Self.write(hours, to: database, Self.addHour) { Columns($0.one, $0.two & kind, $0.two >> Self.kindBits) }
        try Self.write(days.takeAll(), to: database, Self.addDay) { Columns($0.one, $0.two & kind, $0.two >> Self.kindBits) }
        try Self.write(bootHours.takeAll(), to: database, Self.addBootHour) { Columns($0.one, $0.two) }
        func target(_ domains: Int64) -> Int64 { Int64(Int32(truncatingIfNeeded: domains)) }
        try Self.write(pairs.takeAll(), to: database, Self.addPair) { Columns($0.one & kind, $0.one >> Self.kindBits, $0.two >> 32, target($0.two)) }
        try Self.write(bootPairs.takeAll(), to: database, Self.addBootPair) { Columns($0.one, $0.two >> 32, target($0.two)) }
    }

    private static func bindDates(_ entry: CountTable.Entry, _ statement: Statement, _ parameter: Int32) {
        if entry.firstDate <= entry.lastDate {
            statement.bind(parameter, entry.firstDate)
            statement.bind(parameter + 1, entry.lastDate)
        } else {
            statement.bindNull(parameter)
            statement.bindNull(parameter + 1)
        }
    }

    private static func write(
        _ entries: [CountTable.Entry], to database: Database, _ text: String, _ key: (CountTable.Entry) -> Columns
    ) throws(StoreError) {
        guard !entries.isEmpty else { return }
        let statement = try database.statement(text)
        for entry in entries {
            let key = key(entry)
            key.bind(to: statement)
            statement.bind(key.count + 1, entry.count)
            try statement.run()
        }
    }

    /// The first columns of a table of sums.
    private struct Columns {
        let count: Int32
        private let numbers: (Int64, Int64, Int64, Int64)

        init(_ one: Int64, _ two: Int64, _ three: Int64? = nil, _ four: Int64? = nil) {
            numbers = (one, two, three ?? 0, four ?? 0)
            count = four != nil ? 4 : three != nil ? 3 : 2
        }

        func bind(to statement: Statement) {
            statement.bind(1, numbers.0)
            statement.bind(2, numbers.1)
            if count > 2 { statement.bind(3, numbers.2) }
            if count > 3 { statement.bind(4, numbers.3) }
        }
    }

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
    private static let orAdd = " ON CONFLICT DO UPDATE SET count = count + excluded.count"
    private static let addPresence = "INSERT INTO presence (kind, block, count) VALUES (?, ?, ?)" + orAdd
    private static let addHour = "INSERT INTO kind_hour (hour, kind, boot, count) VALUES (?, ?, ?, ?)" + orAdd
    private static let addDay = "INSERT INTO kind_day (day, kind, boot, count) VALUES (?, ?, ?, ?)" + orAdd
    private static let addBootHour = "INSERT INTO boot_hour (hour, boot, count) VALUES (?, ?, ?)" + orAdd
    private static let addPair = "INSERT INTO pair (kind, boot, source, target, count) VALUES (?, ?, ?, ?, ?)" + orAdd
    private static let addBootPair = "INSERT INTO boot_pair (boot, source, target, count) VALUES (?, ?, ?, ?)" + orAdd
}
