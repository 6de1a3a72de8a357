import AuditFleet
import AuditLog
import AuditPages
import AuditStore
import Flask
import Foundation
import PageServer
import TestSupport
import Testing

/// Real servers, shared by all of these: one test at a time stops some of them.
@Suite(.serialized) struct ClickHouseTests {
    /// Says that two stores answer all questions about a filter the same.
    static func compare(_ file: SQLiteStore, _ server: ClickHouseStore, _ filter: DenialFilter, _ random: inout SplitMix64, _ words: Comment) throws {
        // A file's sums are by kind: of one with a domain it does not know which have a date.
        let isExact = filter.domain == nil
        var (one, other) = (try file.totals(filter), try server.totals(filter))
        if !isExact || filter.dates != nil { (one.first, one.last, one.undated) = (other.first, other.last, other.undated) }
        #expect(one == other, words)
        for grouping in DenialGrouping.allCases {
            let (limit, offset) = (1 + random.below(200), random.below(3))
            var (one, other) = (
                try file.groups(filter, by: grouping, limit: limit, offset: offset), try server.groups(filter, by: grouping, limit: limit, offset: offset)
            )
            if !isExact || filter.dates != nil {
                for index in one.indices { (one[index].first, one[index].last, one[index].undated) = (nil, nil, 0) }
                for index in other.indices { (other[index].first, other[index].last, other[index].undated) = (nil, nil, 0) }
            }
            #expect(one == other, words)
        }
        let limit = 1 + random.below(50)
        #expect(try file.histogram(filter, limit: limit) == server.histogram(filter, limit: limit), words)
        #expect(try file.domains(filter, limit: limit) == server.domains(filter, limit: limit), words)
        #expect(try file.notices(filter, limit: limit, offset: 1) == server.notices(filter, limit: limit, offset: 1), words)
        let kinds = try file.groups(filter, by: .kinds, limit: 60, offset: 0)
        #expect(try file.details(of: kinds, filter, domains: 3, stretches: 9) == server.details(of: kinds, filter, domains: 3, stretches: 9), words)
        let newestFirst = random.percent(50)
        let size = 50 + random.below(900)
        #expect(try file.all(filter, newestFirst: newestFirst) == server.all(filter, newestFirst: newestFirst, limit: size), words)
        #expect(!server.coverage.isPartial, words)
    }

    @Test("A cluster answers every question as the file does that was shipped to it, for random logs and filters; shipping again adds nothing")
    func sameAnswers() throws {
        guard let cluster = try ClickHouseCluster.shared() else { return }
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let folder = try TemporaryFolder()
        let file = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        try FleetLog.fill(file, 300, &random)
        let address = try cluster.address()
        let sent = try file.ship(to: cluster.destination(address), name: "one")
        let records = try file.all()
        #expect(sent.denials == UInt64(records.count) && sent.notices > 0)
        try cluster.synchronize(address)
        let server = try cluster.store(address)
        for round in 0..<12 {
            let filter = round == 0 ? DenialFilter() : FleetLog.filter(records, &random)
            try Self.compare(file, server, filter, &random, "seed \(seed), round \(round): \(filter)")
        }
        #expect(try file.hosts() == server.hosts())
        // The same again by another name, in other pieces, by another machine.
        #expect(try file.ship(to: cluster.destination(cluster.address(of: ClickHouseAddress(address).database, [3])), name: "two", batch: 333) == sent)
        try cluster.synchronize(address)
        try Self.compare(file, server, DenialFilter(), &random, "seed \(seed), sent twice")
        #expect(try server.add(records.shuffled(using: &random)) == 0)
        // And what was not there is counted once.
        var more = records[0]
        more.key.sequence = 77_777
        #expect(try server.add([more, more, records[1]]) == 1)
        try cluster.synchronize(address)
        #expect(try server.totals(DenialFilter()).records == UInt64(records.count) + 1)
    }

    @Test("A server that is killed while it is sent to, and comes back: nothing is lost and nothing is double")
    func killed() throws {
        guard let cluster = try ClickHouseCluster.shared() else { return }
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let folder = try TemporaryFolder()
        let file = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        try FleetLog.fill(file, 1_000, &random)
        let address = try cluster.address()
        var victims = [0, 1, 2, 3].shuffled(using: &random)
        var destination = FaultingDestination(try cluster.destination(address))
        // Between the insertion and the acknowledgement, and before.
        destination.before = { number in if number == 3 { cluster.kill(victims[0]) } }
        destination.after = { number throws(ShippingFailure) in
            if number == 5 { cluster.kill(victims[1]) }
            if number == 6 || number == 12 { throw ShippingFailure(.unreachable, destination: "", detail: "the acknowledgement is lost") }
        }
        var restarted = 0
        var queue = try ShippingQueue(file, to: destination, name: "one", batch: 200)
        try queue.ship(RetrySchedule(first: 0, longest: 0, attempts: 200)) { _, _ in
            if restarted < 2, destination.count >= 5 {
                try? cluster.start(victims.removeFirst())
                restarted += 1
            }
            usleep(50_000)
            return true
        }
        while restarted < 2 {
            try cluster.start(victims.removeFirst())
            restarted += 1
        }
        for number in 0..<4 { try cluster.waitFor(number) }
        #expect(try queue.waiting().isNone)
        try cluster.synchronize(address)
        let server = try cluster.store(address)
        let records = try file.all()
        let found = try server.all()
        let (missing, double) = (Set(records.map(\.key)).subtracting(found.map(\.key)).count, found.count - Set(found.map(\.key)).count)
        #expect(found == records, "seed \(seed): of \(records.count) records \(missing) are missing and \(double) double, of \(server.coverage)")
        #expect(try server.totals(DenialFilter()).records == UInt64(records.count), "seed \(seed)")
        #expect(try server.notices(DenialFilter(), limit: 1_000, offset: 0) == file.notices(DenialFilter(), limit: 1_000), "seed \(seed)")
    }

    @Test("While a whole shard is down the others answer, and it is said; nothing that belongs on it is taken for sent")
    func partial() throws {
        guard let cluster = try ClickHouseCluster.shared() else { return }
        var random = SplitMix64(seed: RandomTest.seed())
        let folder = try TemporaryFolder()
        let file = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        for number in 0..<8 { try FleetLog.ingest(file, FleetLog.lines(50, isDated: true, from: 0, &random), host: "host\(number)") }
        let address = try cluster.address([0, 1])
        try file.ship(to: cluster.destination(address), name: "one")
        try cluster.synchronize(address)
        let whole = try cluster.store(address).hosts()
        #expect(whole.count == 8)
        for number in [2, 3] { cluster.kill(number) }
        let server = try cluster.store(address)
        let rest = try server.hosts()
        #expect(server.coverage == StoreCoverage(parts: 2, missing: 1))
        #expect(rest.count > 0 && rest.count < 8 && rest.allSatisfy { whole.contains($0) })
        let totals = try server.totals(DenialFilter())
        #expect(server.coverage.isPartial && totals.records == rest.reduce(0) { $0 + $1.records })
        #expect(try server.all().count == Int(totals.records) && server.coverage.isPartial)
        var pages = AuditPages(server, PageContext())
        func page(_ path: String) -> String { String(decoding: pages.response(to: PageRequest(.get, path)).body, as: UTF8.self) }
        let paths = ["/", "/group", "/decisions", "/hosts", "/notices"]
        for path in paths { #expect(page(path).contains("partial: 1 of 2 servers did not answer"), "\(path)") }
        // What is for both shards waits, and is whole when the shard is back.
        for number in 0..<8 { try FleetLog.ingest(file, FleetLog.lines(20, isDated: true, from: 50_000, &random), host: "host\(number)") }
        var queue = try ShippingQueue(file, to: cluster.destination(address), name: "one", batch: 1_000)
        let failure = #expect(throws: ShippingStop.self) { try queue.ship(RetrySchedule(first: 0, longest: 0, attempts: 1)) { _, _ in true } }
        if case .failure(let failure) = failure { #expect(failure.reason == .busy, "\(failure)") } else { Issue.record("\(String(describing: failure))") }
        #expect(try queue.waiting().denials > 0)
        for number in [2, 3] { try cluster.start(number) }
        for number in [2, 3] { try cluster.waitFor(number) }
        try queue.ship(RetrySchedule(first: 0, longest: 0, attempts: 100)) { _, _ in
            usleep(50_000)
            return true
        }
        try cluster.synchronize(address)
        #expect(try server.totals(DenialFilter()).records == file.totals(DenialFilter()).records && !server.coverage.isPartial)
        #expect(try server.hosts() == file.hosts())
        for path in paths { #expect(!page(path).contains("partial") && page(path).contains("</html>"), "\(path)") }
    }

    @Test("Names of any bytes are values, to the server as here")
    func anyBytes() throws {
        guard let cluster = try ClickHouseCluster.shared() else { return }
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let server = try Self.emptyStore(cluster)
        let name = Array("x'; DROP TABLE xsm_denial; --\\ \" \u{0}\t\n`{a}".utf8) + [0xff, 0x80] + Array(UInt8.min...UInt8.max)
        let odd = Sample.denial(5, time: .sinceStart(.max)) { record in
            record.source = .text(name)
            record.target = .identifier(SecurityIdentifier(rawValue: .max))
            record.permissions = [Name(bytes: name.filter { $0 != 0x20 }), ""]
            record.unnamedPermissions = .max
            record.objectClass = Name(bytes: name)
            record.subject.object = .deviceTreeNode(name)
        }
        var hostile = odd
        hostile.key = DenialKey(host: name, boot: name, sequence: 1 << 40 - 1)
        let denials = [odd, hostile] + Sample.random(300, &random).denials
        #expect(try server.add(denials) == denials.count)
        let all = try server.all(limit: 100)
        #expect(Set(all) == Set(denials) && all.count == denials.count, "seed \(seed)")
        var filter = DenialFilter()
        filter.host = name
        filter.boot = name
        filter.objectClass = Name(bytes: name)
        filter.sourceContext = name
        filter.permission = odd.record.permissions[0]
        #expect(try server.records(filter, from: nil, newestFirst: true, limit: 10).records == [hostile])
        #expect(try server.groups(filter, by: .contexts, limit: 10).first?.target == Array("sid 4294967295".utf8))
        filter.host = name.dropLast()
        #expect(try server.totals(filter).records == 0)
        filter = DenialFilter()
        filter.dates = Int64.min...Int64.max
        #expect(try server.all(filter).count == denials.count { if case .date = $0.time { true } else { false } }, "seed \(seed)")
        _ = try server.histogram(filter, limit: 10)
        #expect(throws: StoreError.self) { try server.add([KeyedDenial(DenialKey(host: [], boot: [], sequence: 1 << 40), odd.record, time: .unknown)]) }
    }

    static func emptyStore(_ cluster: ClickHouseCluster) throws -> ClickHouseStore {
        let address = try cluster.address([0], isOnCluster: false)
        var destination = try cluster.destination(address)
        try destination.prepare()
        return try cluster.store(address)
    }

    @Test("A wrong name, password or database, no tables, newer tables, and what is no server of ClickHouse are said")
    func mistakes() throws {
        guard let cluster = try ClickHouseCluster.shared() else { return }
        let address = try cluster.address([0], isOnCluster: false)
        func failure(_ address: String, _ credentials: Credentials) throws -> ShippingFailure? {
            var destination = try ClickHouseDestination(ClickHouseAddress(address), credentials)
            let sent = #expect(throws: ShippingFailure.self) { try destination.send(ShippingBatch(denials: [Sample.denial(1)])) }
            let asked = #expect(throws: StoreError.self) { try ClickHouseStore(ClickHouseAddress(address), credentials) }
            for words in ["\(sent.map(\.description) ?? "")", "\(asked.map(\.description) ?? "")"] {
                #expect(words.hasPrefix("`clickhouse://127.0.0.1:") && words.count < 1_000 && !words.contains("guessed"), "\(words)")
            }
            return sent
        }
        let missing = try failure(address, cluster.credentials)
        #expect(missing?.reason == .refused && missing?.detail.contains("`xsm-audit ship --create`") == true, "\(String(describing: missing))")
        var destination = try cluster.destination(address)
        try destination.prepare()
        try destination.send(ShippingBatch(denials: [Sample.denial(1)]))
        #expect(try failure(address, Credentials(user: ClickHouseCluster.user, password: "guessed"))?.reason == .refused)
        #expect(try failure(address, Credentials(user: "nobody", password: "guessed"))?.reason == .refused)
        #expect(try failure(address, Credentials())?.reason == .refused)
        let database = try ClickHouseAddress(address).database
        try cluster.ask(0, "DROP TABLE \(database).xsm_schema")
        #expect(try failure(address, cluster.credentials)?.detail.contains("--create") == true)
        try cluster.ask(0, "CREATE VIEW \(database).xsm_schema AS SELECT toUInt32(2) AS version, '' AS cluster")
        let newer = try failure(address, cluster.credentials)
        #expect(newer?.reason == .refused && newer?.detail.contains("version 2") == true, "\(String(describing: newer))")
        let asked = #expect(throws: StoreError.self) { try cluster.store(address) }
        #expect(asked?.reason == .newer)
        let nobody = try failure("clickhouse://127.0.0.1:\(freePorts(1)[0])/audit", cluster.credentials)
        #expect(nobody?.reason == .unreachable)
        for (answer, reason) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", ShippingFailure.Reason.garbled),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\u{1}\0\0\0\u{7f}abcd", .garbled), ("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", .unreachable),
            ("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n<html>\u{1b}[2", .garbled), ("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", .busy),
            ("HTTP/1.1 500 No\r\nContent-Length: 12\r\n\r\nCode: 999, x", .busy), ("HTTP/1.1 302 No\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", .garbled), ("nonsense", .garbled),
        ] {
            let server = try ScriptedServer([.http(Array(answer.utf8))])
            #expect(try failure("clickhouse://127.0.0.1:\(server.port)/audit", cluster.credentials)?.reason == reason, "\(answer)")
        }
    }
}

/// A destination before which and behind which something happens.
struct FaultingDestination: ShippingDestination {
    private var inner: any ShippingDestination
    /// Told which attempt it is.
    var before: (Int) throws(ShippingFailure) -> Void = { _ in }
    var after: (Int) throws(ShippingFailure) -> Void = { _ in }
    private let counter = Counter()

    private final class Counter { var count = 0 }

    var count: Int { counter.count }

    init(_ inner: any ShippingDestination) { self.inner = inner }

    mutating func prepare() throws(ShippingFailure) { try inner.prepare() }

    mutating func send(_ batch: ShippingBatch) throws(ShippingFailure) {
        counter.count += 1
        try before(counter.count)
        try inner.send(batch)
        try after(counter.count)
    }
}
