/// Counts by two numbers, for one batch: an open hash table, since a dictionary takes longer than all else that is done with a record.
struct CountTable {
    struct Entry {
        var one: Int64
        var two: Int64
        var count: Int64 = 0
        /// The first and the last date, and record, of what was counted.
        var firstDate = Int64.max
        var lastDate = Int64.min
        var first = Int64.max
        var last = Int64.min
    }

    private(set) var entries: [Entry] = []
    private var slots = [Int32](repeating: -1, count: 1 << 8)

    @inline(__always)
    private static func hash(_ one: Int64, _ two: Int64) -> Int {
        let product = (UInt64(bitPattern: one) &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(bitPattern: two)).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
        return Int(truncatingIfNeeded: product.low ^ product.high)
    }

    /// The place of two numbers' entry.
    @inline(__always)
    mutating func place(_ one: Int64, _ two: Int64) -> Int {
        let mask = slots.count - 1
        var slot = Self.hash(one, two) & mask
        while true {
            let place = Int(slots[slot])
            if place < 0 { break }
            if entries[place].one == one, entries[place].two == two { return place }
            slot = (slot + 1) & mask
        }
        slots[slot] = Int32(truncatingIfNeeded: entries.count)
        entries.append(Entry(one: one, two: two))
        if entries.count * 2 > slots.count { grow() }
        return entries.count - 1
    }

    @inline(__always)
    mutating func count(_ one: Int64, _ two: Int64, _ number: Int64 = 1) { entries[place(one, two)].count += number }

    /// Counts a record, with its number and its date.
    @inline(__always)
    mutating func count(_ one: Int64, _ two: Int64, record: Int64, date: Int64?) {
        let place = place(one, two)
        entries[place].count += 1
        entries[place].first = min(entries[place].first, record)
        entries[place].last = max(entries[place].last, record)
        guard let date else { return }
        entries[place].firstDate = min(entries[place].firstDate, date)
        entries[place].lastDate = max(entries[place].lastDate, date)
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 4)
        let mask = slots.count - 1
        for (place, entry) in entries.enumerated() {
            var slot = Self.hash(entry.one, entry.two) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(truncatingIfNeeded: place)
        }
    }

    /// All entries in the order of their numbers, in which tables take them fastest; begins anew.
    mutating func takeAll() -> [Entry] {
        var taken: [Entry] = []
        swap(&taken, &entries)
        for index in slots.indices { slots[index] = -1 }
        taken.sort { ($0.one, $0.two) < ($1.one, $1.two) }
        return taken
    }
}
