/// Fingerprints of the records that are stored, read in runs.
final class StoredRecords {
    private let database: Database
    /// What was read last: numbers of records and their fingerprints.
    private var numbers: [Int64] = []
    private var prints: [UInt64] = []
    private var range: Range<Int64> = 0..<0

    private static let piece: Int64 = 4_096

    init(_ database: Database) { self.database = database }

    /// What was read may have changed.
    func forget() { range = 0..<0 }

    /// The fingerprint of a record; nil when there is none.
    func fingerprint(of record: Int64) throws(StoreError) -> UInt64? {
        if !range.contains(record) { try load(record..<record + Self.piece) }
        return place(of: record).map { prints[$0] }
    }

    private func place(of record: Int64) -> Int? {
        guard let first = numbers.first else { return nil }
        // Mostly there are no gaps.
        let guess = Int(record - first)
        if guess >= 0, guess < numbers.count, numbers[guess] == record { return guess }
        var (low, high) = (0, numbers.count)
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < record { low = middle + 1 } else { high = middle }
        }
        return low < numbers.count && numbers[low] == record ? low : nil
    }

    private func load(_ wanted: Range<Int64>) throws(StoreError) {
        var numbers: [Int64] = [], prints: [UInt64] = []
        numbers.reserveCapacity(wanted.count)
        prints.reserveCapacity(wanted.count)
        try forEach(in: wanted) { (number, print) throws(StoreError) in
            numbers.append(number)
            prints.append(print)
            return true
        }
        (self.numbers, self.prints, range) = (numbers, prints, wanted)
    }

    /// Hands over records in their order, until it is told to stop.
    func forEach(in range: Range<Int64>, _ body: (Int64, UInt64) throws(StoreError) -> Bool) throws(StoreError) {
        let statement = try database.statement("SELECT id, kind, source, target, current, clock, time, object FROM record WHERE id >= ? AND id < ? ORDER BY id")
        statement.reset()
        statement.bind(1, range.lowerBound)
        statement.bind(2, range.upperBound)
        defer { statement.reset() }
        while try statement.step() {
            func domain(_ column: Int32) -> Int32 { statement.optional(column).map { Int32(truncatingIfNeeded: $0) } ?? -1 }
            let print = Fingerprint.of(
                kind: statement.integer(1), source: domain(2), target: domain(3), current: domain(4), clock: statement.integer(5), time: statement.integer(6),
                object: statement.isNull(7) ? nil : statement.bytes(7))
            guard try body(statement.integer(0), print) else { return }
        }
    }

    /// The stretches of records in a range whose blocks have dates within two.
    func parts(of range: Range<Int64>, dates: ClosedRange<Int64>) throws(StoreError) -> [Range<Int64>] {
        guard !range.isEmpty else { return [] }
        var parts: [Range<Int64>] = []
        try database.query(
            "SELECT id FROM block WHERE id BETWEEN ? AND ? AND first_date <= ? AND last_date >= ? ORDER BY id",
            [
                .integer(RecordPlace.block(of: range.lowerBound)), .integer(RecordPlace.block(of: range.upperBound - 1)),
                .integer(dates.upperBound), .integer(dates.lowerBound),
            ]
        ) { (row) throws(StoreError) in
            let part = RecordPlace.records(of: row.integer(0)).clamped(to: range)
            if let last = parts.last, last.upperBound == part.lowerBound {
                parts[parts.count - 1] = last.lowerBound..<part.upperBound
            } else {
                parts.append(part)
            }
        }
        return parts
    }
}
