public import AuditStore

/// Decisions of a fleet on a ClickHouse server, or a cluster of them: the same questions as to a file, and the same answers.
///
/// Where shards of a cluster do not answer, those that do are asked alone, and ``coverage`` says so. An object is for one thread.
public final class ClickHouseStore: DenialStore {
    private var connection: ClickHouseConnection
    private var inserter = ClickHouseInserter()
    /// The cluster that the tables are on.
    private let cluster: String?
    public private(set) var coverage: StoreCoverage

    /// How many of anything one question gives, at most.
    static let answerLimit = 10_000

    static func limit(_ wanted: Int) -> Int { max(0, min(wanted, answerLimit)) }

    /// Looks at whose tables are there. Throws where nobody answers, refuses, or they are of a newer program.
    public init(_ address: ClickHouseAddress, _ credentials: Credentials = Credentials()) throws(StoreError) {
        do {
            var connection = try ClickHouseConnection(address, credentials)
            cluster = try ClickHouseTables.check(&connection)
            self.connection = connection
            coverage = .whole
        } catch {
            throw error.storeError(address)
        }
    }

    var address: ClickHouseAddress { connection.address }

    /// Questions that make one answer: how much it is of is counted anew.
    func answer<Answer>(_ body: () throws(ClickHouseFailure) -> Answer) throws(StoreError) -> Answer {
        coverage = .whole
        do {
            return try body()
        } catch {
            throw error.storeError(address)
        }
    }

    /// Asks, and hands over the rows of the answer one by one.
    func query(_ text: SQLText, _ row: (inout RowBinaryReader) throws(ClickHouseFailure) -> Void) throws(ClickHouseFailure) {
        let bytes: [UInt8]
        do {
            // It fails when a shard does not answer; so what it answers is whole.
            bytes = try connection.ask(text.text + " FORMAT RowBinary", settings: isPartial ? Self.partial : [:])
        } catch {
            guard error.reason == .shardsMissing, !isPartial else { throw error }
            bytes = try connection.ask(text.text + " FORMAT RowBinary", settings: Self.partial)
            coverage = try partialCoverage()
        }
        var reader = RowBinaryReader(bytes)
        while !reader.isAtEnd { try row(&reader) }
    }

    private var isPartial: Bool { coverage.isPartial }
    private static let partial = ["skip_unavailable_shards": "1"]

    /// How many shards there are, and answer now.
    private func partialCoverage() throws(ClickHouseFailure) -> StoreCoverage {
        guard let cluster else { return StoreCoverage(parts: 2, missing: 1) }
        let name = Array(cluster.utf8)
        var all = RowBinaryReader(
            try connection.ask(("SELECT uniqExact(shard_num) FROM system.clusters WHERE cluster = \(name) FORMAT RowBinary" as SQLText).text))
        let there = try connection.ask(("SELECT dummy FROM cluster(\(name), system.one) FORMAT RowBinary" as SQLText).text, settings: Self.partial)
        let parts: UInt64 = try all.number()
        let missing = max(1, Int(clamping: parts) - there.count)
        return StoreCoverage(parts: max(Int(clamping: parts), missing), missing: missing)
    }

    /// Keeps decisions that have keys.
    ///
    /// - Returns: how many were new; of those that another adds at the same time, both say that.
    public func add(_ denials: [KeyedDenial]) throws(StoreError) -> Int {
        try answer { () throws(ClickHouseFailure) in
            var fresh: [DenialKey: KeyedDenial] = [:]
            var order: [DenialKey] = []
            for denial in denials {
                guard (0..<1 << 40).contains(denial.key.sequence) else { throw ClickHouseFailure(.refused, "a key's sequence is beyond 2^40") }
                if fresh.updateValue(fresh[denial.key] ?? denial, forKey: denial.key) == nil { order.append(denial.key) }
            }
            for key in try known(order) { fresh[key] = nil }
            try inserter.insert(order.compactMap { fresh[$0] }, [], &connection)
            return fresh.count
        }
    }

    /// Those of some keys that are there.
    private func known(_ keys: [DenialKey]) throws(ClickHouseFailure) -> [DenialKey] {
        var known: [DenialKey] = []
        var place = 0
        while place < keys.count {
            // As much as a question can have; a key of any length is asked for alone.
            var conditions: [SQLText] = []
            var length = 0
            while place < keys.count, conditions.isEmpty || length < ClickHouseConnection.questionLimit / 2, conditions.count < 500 {
                let key = keys[place]
                let condition: SQLText = "(host = \(key.host) AND boot = \(key.boot) AND sequence = \(key.sequence))"
                length += condition.text.utf8.count
                conditions.append(condition)
                place += 1
            }
            try query(
                "SELECT DISTINCT host, boot, sequence FROM \(name: ClickHouseTables.denials.name) WHERE \(.joined(conditions, by: " OR "))"
            ) { (row) throws(ClickHouseFailure) in known.append(DenialKey(host: try row.text(), boot: try row.text(), sequence: try row.number())) }
        }
        return known
    }
}
