import AuditFleet
import AuditStore
import Foundation
import TestSupport
import Testing

extension ClickHouseTests {
    @Test("A current ClickHouse makes the same tables, takes the same rows and gives the same answers")
    func currentServer() throws {
        guard let server = try CurrentClickHouse.started() else { return }
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let folder = try TemporaryFolder()
        let file = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        try FleetLog.fill(file, 200, &random)
        let address = try ClickHouseAddress("clickhouse://127.0.0.1:\(server.port)/audit")
        let sent = try file.ship(to: ClickHouseDestination(address, Credentials(), creating: true), name: "one")
        #expect(try file.ship(to: ClickHouseDestination(address, Credentials()), name: "two", batch: 333) == sent)
        let store = try ClickHouseStore(address)
        let records = try file.all()
        for round in 0..<8 {
            let filter = round == 0 ? DenialFilter() : FleetLog.filter(records, &random)
            try Self.compare(file, store, filter, &random, "seed \(seed), round \(round): \(filter)")
        }
        #expect(try file.hosts() == store.hosts())
        #expect(try store.add(records) == 0)
        let odd = Sample.random(100, &random).denials
        #expect(try store.add(odd) == odd.count)
        #expect(try Set(store.all()) == Set(records + odd))
        // On a cluster it is only read: nothing is made, and that is what is said, of no mistake.
        var destination = try ClickHouseDestination(ClickHouseAddress("clickhouse://127.0.0.1:\(server.port)/other?cluster=fleet"), Credentials(), creating: true)
        let failure = #expect(throws: ShippingFailure.self) { try destination.prepare() }
        #expect(failure?.detail.contains("Code: 81") == true, "\(String(describing: failure))")
    }
}
