import AuditFleet
import AuditStore
import Foundation
import Synchronization
import TestSupport
import Testing

/// RELP with a server that ends, and with one that says anything at all.
@Suite struct RELPTests {
    private func outcome(_ destination: RELPDestination, _ batch: ShippingBatch) -> ShippingFailure? {
        do throws(ShippingFailure) {
            try destination.send(batch)
            return nil
        } catch {
            return error
        }
    }

    @Test("A server that is killed in the middle and started again has all that a database has; what it has twice has one identifier")
    func killed() throws {
        guard let server = try SyslogServer.started() else { return }
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        let lines = (0..<5_000).map { number in
            "(XEN) [2026-11-20 18:\(10 + number / 60 % 50):\(10 + number % 50)] avc:  denied  { map_read } for source=d\(number) target=d0 scontext=u:r:a_t tcontext=u:r:b_t tclass=grant\n"
        }
        var log = store.ingest(IngestOptions(host: Array("alpha".utf8), log: Array("log".utf8), batch: 1 << 16), now: Sample.time)
        try log.read(Array(lines.joined().utf8).span)
        #expect(try log.finish().added == 5_000)
        let address = try ExportAddress("relp://127.0.0.1:\(server.relp)?enterprise=1")
        var queue = try ShippingQueue(store, to: address.destination(), name: address.name, batch: 1_000)
        let isDone = Mutex(false), ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            for round in 1...3 {
                // In the middle of what is sent, wherever that is.
                let before = server.size
                _ = eventually { server.size > before + round * 150_000 || isDone.withLock { $0 } }
                if isDone.withLock({ $0 }) { break }
                server.kill()
                try? server.start()
            }
            ended.signal()
        }
        var failures = 0
        try queue.ship(RetrySchedule(first: 0, longest: 0, attempts: 2_000)) { _, failure in
            #expect(failure.reason == .unreachable)
            failures += 1
            usleep(5_000)
            return true
        }
        isDone.withLock { $0 = true }
        ended.wait()
        #expect(queue.sent.denials == 5_000)
        let messages = try server.messages(atLeast: 5_000).compactMap { SyslogServer.data($0, 1) }
        // The same decision has the same identifier, and no other has it.
        #expect(Set(messages.map { "\($0["uid"] ?? "") \($0["source.domain"] ?? "")" }).count == 5_000 && Set(messages.compactMap { $0["uid"] }).count == 5_000)
        #expect(Set(messages.compactMap { $0["source.domain"] }) == Set((0..<5_000).map { "\($0)" }) && failures > 0)
        print("killed: \(messages.count - 5_000) of 5000 came twice, \(failures) tries failed")
    }

    private static let opened = "1 rsp 53 200 OK\nrelp_version=0\nrelp_software=x\ncommands=syslog\n"

    @Test(
        "A server that does not do as RELP has it is said to, and counts as one that kept nothing",
        arguments: [
            ("", ShippingFailure.Reason.unreachable), ("1 rsp", .unreachable), ("0 serverclose 0\n", .unreachable), (opened, .unreachable), (opened + "0 serverclose 0\n", .unreachable),
            (opened + "2 rsp 6 200 OK\n", .unreachable), (opened + "2 rsp 6 200 OK\n3 rsp 10 500 broken\n", .refused), (opened + "3 rsp 6 200 OK\n2 rsp 6 200 OK\n", nil),
            (opened + "2 rsp 6 200 OK\n2 rsp 6 200 OK\n", .garbled), (opened + "9 rsp 6 200 OK\n", .garbled), (opened + "2 syslog 6 200 OK\n", .garbled), (opened + "2 rsp 0\n", .garbled),
            (opened + "2 rsp 2 20\n", .garbled), (opened + "2 rsp 7 200 OK\n", .unreachable), (opened + "2 rsp 5 200 OK\n", .garbled), (opened + "2 rsp 999999999 2", .garbled),
            (opened + "2 rsp 9999999999 2", .garbled), ("1 rsp 6 200 OK\n", .refused), ("1 rsp 22 500 nobody wants that\0\n", .refused), ("2 rsp 6 200 OK\n", .garbled), ("HTTP/1.1 400 Bad Request\r\n", .garbled),
            (String(repeating: "1", count: 1_000), .garbled), ("1 " + String(repeating: "a", count: 1_000), .garbled), ("\n", .garbled), (" ", .garbled), ("1  rsp 0\n", .garbled), ("-1 rsp 0\n", .garbled),
            ("220 mail.example ESMTP\r\n", .garbled),
        ] as [(String, ShippingFailure.Reason?)])
    func hostile(text: String, reason: ShippingFailure.Reason?) throws {
        let server = try ScriptedServer([.bytes(Array(text.utf8))])
        defer { _ = server.finish() }
        let destination = try RELPDestination(server.url("relp"))
        destination.seconds = 2
        let failure = outcome(destination, ShippingBatch(denials: [Sample.denial(1), Sample.denial(2)]))
        #expect(failure?.reason == reason, "\(failure.map { "\($0)" } ?? "")")
        #expect(failure.map { !$0.detail.isEmpty && $0.detail.utf8.allSatisfy { 0x20..<0x7F ~= $0 } && $0.destination == server.url("relp") } ?? true)
    }

    @Test("What a server has acknowledged before it failed is not sent to it again")
    func resumed() throws {
        let server = try ScriptedServer([.bytes(Array((Self.opened + "2 rsp 6 200 OK\n3 rsp 6 200 OK\n").utf8)), .bytes(Array((Self.opened + "2 rsp 6 200 OK\n").utf8))])
        defer { _ = server.finish() }
        do {
            let destination = try RELPDestination(server.url("relp"))
            destination.seconds = 2
            let batch = ShippingBatch(denials: [Sample.denial(1), Sample.denial(2), Sample.denial(3)])
            #expect(outcome(destination, batch)?.reason == .unreachable)
            #expect(outcome(destination, batch) == nil)
        }
        #expect(eventually { server.sent().count > 1 })
        let second = server.sent().map { String(decoding: $0, as: UTF8.self) }.first { !$0.contains("uid=alpha/b1/1") }
        #expect(second?.contains("uid=alpha/b1/3") == true && second?.contains("uid=alpha/b1/2") == false)
    }

    @Test("A server that says nothing, or takes nothing, is unreachable in time")
    func silent() throws {
        for answer in [ScriptedServer.Answer.silence, .deaf] {
            let server = try ScriptedServer([answer])
            defer { _ = server.finish() }
            let destination = try RELPDestination(server.url("relp"))
            destination.seconds = 1
            let start = Date()
            #expect(outcome(destination, ShippingBatch(denials: [Sample.denial(1)]))?.reason == .unreachable)
            #expect(Date().timeIntervalSince(start) < 3)
            _ = server.finish()
        }
    }

    @Test("Answers of any bytes are failures, and nothing worse")
    func anyBytes() throws {
        var random = SplitMix64(seed: RandomTest.seed())
        let pieces = ["1 ", "2 rsp ", "rsp", " 6 200 OK\n", "0\n", "\n", " ", "999999999", "serverclose 0\n", "200", "500 no\n", "commands=syslog", Self.opened]
        let answers = (0..<400).map { _ -> [UInt8] in
            var bytes = random.percent(70) ? Array(Self.opened.utf8) : []
            for _ in 0..<random.below(10) {
                if random.percent(70) { bytes += random.pick(pieces).utf8 } else { bytes += (0..<random.below(20)).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
            }
            if random.percent(30), !bytes.isEmpty { bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next()) }
            return bytes
        }
        var reasons: [ShippingFailure.Reason: Int] = [:]
        for bytes in answers {
            let server = try ScriptedServer([.bytes(bytes)])
            defer { _ = server.finish() }
            let destination = try RELPDestination(server.url("relp"))
            destination.seconds = 2
            guard let failure = outcome(destination, ShippingBatch(denials: [Sample.denial(1), Sample.denial(2)])) else {
                // Only who acknowledged both has taken them.
                #expect(Data(bytes).firstRange(of: Data("2 rsp 6 200 OK\n".utf8)) != nil)
                continue
            }
            reasons[failure.reason, default: 0] += 1
            #expect(failure.detail.utf8.allSatisfy { 0x20..<0x7F ~= $0 })
        }
        #expect(reasons.keys.contains(.unreachable) && reasons.keys.contains(.garbled))
    }
}
