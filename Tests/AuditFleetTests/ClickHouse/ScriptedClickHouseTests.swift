import AuditFleet
import AuditLog
import AuditStore
import Flask
import Foundation
import Testing

/// Servers that answer what a ClickHouse does, or should not.
@Suite struct ScriptedClickHouseTests {
    /// What the view of our tables says.
    private static func schema(_ cluster: [UInt8] = []) -> [UInt8] { [1, 0, 0, 0, UInt8(cluster.count & 0x7f)] + cluster }

    private static func answer(_ body: [UInt8] = [], status: String = "200 OK") -> ScriptedServer.Answer {
        .http(Array("HTTP/1.1 \(status)\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body)
    }

    private static func destination(_ ports: [UInt16]) throws -> ClickHouseDestination {
        try ClickHouseDestination(ClickHouseAddress("clickhouse://" + ports.map { "127.0.0.1:\($0)" }.joined(separator: ",") + "/audit"), Credentials())
    }

    private static func failure(_ destination: inout ClickHouseDestination, _ batch: ShippingBatch = ShippingBatch(denials: [Sample.denial(1)])) -> ShippingFailure? {
        do throws(ShippingFailure) {
            try destination.send(batch)
            return nil
        } catch {
            return error
        }
    }

    @Test("Decisions without a host are warned of, once: another machine's may have the same keys")
    func nameless() throws {
        let server = try ScriptedServer([Self.answer(Self.schema()), Self.answer()])
        var destination = try Self.destination([server.port])
        #expect(Self.failure(&destination) == nil && destination.takeWarnings().isEmpty)
        for round in 0..<2 {
            #expect(Self.failure(&destination, ShippingBatch(denials: [Sample.denial(2, host: "")])) == nil)
            let warnings = destination.takeWarnings()
            #expect(warnings.count == (round == 0 ? 1 : 0) && warnings.allSatisfy { $0.contains("without a host") })
        }
    }

    @Test("An insertion is confirmed by no words and by the tables of the host that took it; any other answer is no receipt")
    func receipts() throws {
        let chatty = try ScriptedServer([Self.answer(Self.schema()), Self.answer(Array("<html>welcome".utf8))])
        var destination = try Self.destination([chatty.port])
        #expect(Self.failure(&destination)?.reason == .garbled)
        let first = try ScriptedServer([Self.answer(Self.schema()), Self.answer(status: "503 Busy")])
        let second = try ScriptedServer([Self.answer(), Self.answer(), Self.answer([2, 0, 0, 0, 0])])
        destination = try Self.destination([first.port, second.port])
        let failure = Self.failure(&destination)
        #expect(failure?.reason == .refused && failure?.detail.contains("version 2") == true, "\(String(describing: failure))")
    }

    @Test("No insertion is put off by the server, and one that does not know how to is asked without, for as long as it is the same")
    func asynchronous() throws {
        let unknown = Self.answer(Array("Code: 115, e.displayText() = DB::Exception: Unknown setting async_insert".utf8), status: "500 No")
        let server = try ScriptedServer([
            Self.answer(Self.schema()), unknown, Self.answer(), Self.answer(), Self.answer(), Self.answer(status: "503 Busy"), Self.answer(Self.schema()), Self.answer(),
        ])
        var destination = try Self.destination([server.port])
        #expect(Self.failure(&destination) == nil)
        #expect(Self.failure(&destination) == nil)
        #expect(Self.failure(&destination, ShippingBatch(denials: [Sample.denial(1, boot: "b2")]))?.reason == .busy)
        #expect(Self.failure(&destination) == nil)
        let lines = server.finish().map { String(decoding: $0.prefix(while: { $0 != 0x0D }), as: UTF8.self) }
        // Boots and decisions, decisions, boots of which nothing came, and both again behind another look at the tables.
        #expect(lines.map { $0.contains("async_insert=0") } == [false, true, false, false, false, false, false, true], "\(lines)")
        let obstinate = try ScriptedServer([Self.answer(Self.schema()), unknown])
        destination = try Self.destination([obstinate.port])
        #expect(Self.failure(&destination)?.reason == .refused)
    }

    @Test("What is sent again because only some shards have it is the same to the byte: boots and notices keep the order that they had")
    func sentAgain() throws {
        let away = Self.answer(Array("Code: 210. DB::NetException: Connection refused".utf8), status: "500 No")
        let (looked, taken) = (Self.answer(Self.schema()), Self.answer())
        // Boots fail, and decisions, and notices, and all is done; then the same batch comes once more.
        let server = try ScriptedServer([looked, away, looked, taken, away, looked, taken, away, looked, taken, taken, taken])
        var destination = try Self.destination([server.port])
        let notice = StoredNotice(host: [0x68], boot: [0x63], kind: .unknownOperation, text: [0x78], time: .unknown, count: 1)
        let batch = ShippingBatch(denials: [Sample.denial(1), Sample.denial(2, boot: "other")], notices: [notice])
        for _ in 0..<3 { #expect(Self.failure(&destination, batch)?.reason == .busy) }
        for _ in 0..<2 { #expect(Self.failure(&destination, batch) == nil) }
        func bodies(_ table: String) -> [Data] {
            server.sent().filter { $0.firstRange(of: Data("INSERT%20INTO%20\(table)%20".utf8)) != nil }.map { $0[$0.firstRange(of: Data("\r\n\r\n".utf8))!.upperBound...] }
        }
        _ = server.finish()
        #expect(bodies("xsm_boot").count == 2 && Set(bodies("xsm_boot")).count == 1)
        let notices = bodies("xsm_notice")
        // What was acknowledged and comes again is later than it was.
        #expect(notices.count == 3 && notices[0] == notices[1] && notices[1] != notices[2], "\(notices)")
    }

    @Test("What passes by itself is told from what does not", arguments: [95, 96, 201, 236, 243, 244, 252, 394, 745, 16, 62])
    func codes(code: Int) throws {
        let server = try ScriptedServer([Self.answer(Self.schema()), Self.answer(Array("Code: \(code). DB::Exception: x".utf8), status: "500 No")])
        var destination = try Self.destination([server.port])
        #expect(Self.failure(&destination)?.reason == ([16, 62].contains(code) ? .refused : .busy))
    }

    @Test("Counts beyond all bounds are a page like another")
    func largeCounts() throws {
        func boots(_ numbers: [UInt64]) -> [UInt8] {
            numbers.enumerated().flatMap { place, number in [1, 0x61, 1, 0x62 + UInt8(place)] + (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
        }
        let server = try ScriptedServer([
            Self.answer(Self.schema()), Self.answer(boots([9, 8])), Self.answer(boots([1, UInt64(Int64.max)])), Self.answer([UInt8](repeating: 0, count: 8)), Self.answer(),
        ])
        let store = try ClickHouseStore(ClickHouseAddress("clickhouse://127.0.0.1:\(server.port)/audit"))
        #expect(try store.records(DenialFilter(), from: nil, newestFirst: false, limit: 10).records.isEmpty)
        #expect(server.finish().count == 5)
    }

    @Test("An answer to who sends is short, a cluster has a name, and a decision has no more permissions than there can be")
    func oversized() throws {
        var server = try ScriptedServer([Self.answer(Self.schema()), Self.answer([UInt8](repeating: 0x61, count: 2 << 20))])
        var destination = try Self.destination([server.port])
        let long = Self.failure(&destination)
        #expect(long?.reason == .garbled && long?.detail.contains("longer than") == true, "\(String(describing: long))")
        for name in ["x\u{1b}[2J", "\u{e4}", String(repeating: "x", count: 127) + "`"] {
            server = try ScriptedServer([Self.answer([1, 0, 0, 0, 0x80 | UInt8(name.utf8.count & 0x7f), UInt8(name.utf8.count >> 7)] + Array(name.utf8))])
            destination = try ClickHouseDestination(ClickHouseAddress("clickhouse://127.0.0.1:\(server.port)/audit?cluster=fleet"), Credentials())
            let failure = Self.failure(&destination)
            #expect(failure?.reason == .garbled && failure?.detail.contains(name) == false, "\(String(describing: failure))")
        }
        for count in [65_536, 65_537] {
            // A key, denied, so many permissions without a name, and all else zero.
            let row = [0, 0] + [UInt8](repeating: 0, count: 9) + [UInt8(0x80 | count & 0x7f), UInt8(0x80 | count >> 7 & 0x7f), UInt8(count >> 14)]
            let rest = [UInt8](repeating: 0, count: count + 4 + 2 + 16 + 1 + 12 + 1 + 9)
            let page = [0, 0] + [UInt8](repeating: 0, count: 8)
            server = try ScriptedServer([
                Self.answer(Self.schema()), Self.answer(page), Self.answer([0, 0, 1] + [UInt8](repeating: 0, count: 7)), Self.answer([UInt8](repeating: 0, count: 8)),
                Self.answer(row + rest),
            ])
            let store = try ClickHouseStore(ClickHouseAddress("clickhouse://127.0.0.1:\(server.port)/audit"))
            if count > 65_536 {
                let error = #expect(throws: StoreError.self) { try store.records(DenialFilter(), from: nil, newestFirst: false, limit: 10) }
                #expect(error?.reason == .garbled)
            } else {
                #expect(try store.records(DenialFilter(), from: nil, newestFirst: false, limit: 10).records.first?.record.permissions.count == count)
            }
        }
    }
}
