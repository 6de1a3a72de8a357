import AuditFleet
import AuditLog
import AuditStore
import Flask
import Foundation
import TestSupport
import Testing

/// Decisions as messages of syslog, to Debian's rsyslogd.
@Suite struct SyslogTests {
    private static let line =
        "avc:  denied  { map_read map_write } for source=d3 target=d[IO] range=0xf000-0xffffffffffffffff scontext=system_u:system_r:domU_t:s0:c1,c2 tcontext=system_u:object_r:nic_dev_t tclass=mmu"

    /// Flask itself cuts contexts of more than 1,023 bytes.
    private static let long = Sample.denial(1) { record in
        record.source = .text(Array("u:r:".utf8) + [UInt8](repeating: UInt8(ascii: "s"), count: 1_000))
        record.target = .text(Array("u:r:".utf8) + [UInt8](repeating: UInt8(ascii: "t"), count: 1_000))
    }

    @Test("rsyslogd understands each part of a message, by TCP, UDP and RELP alike", arguments: ["syslog+tcp", "syslog+udp", "relp"])
    func parts(scheme: String) throws {
        guard let server = try SyslogServer.started() else { return }
        let port = scheme == "relp" ? server.relp : scheme == "syslog+tcp" ? server.tcp : server.udp
        var destination = try ExportAddress("\(scheme)://127.0.0.1:\(port)").destination()
        let notice = StoredNotice(host: Array("b eta".utf8), boot: [], kind: .refusal, text: Array("Flask: \u{e4}\n\"]\\".utf8), time: .sinceStart(5), count: 2)
        try destination.send(ShippingBatch(denials: [Sample.denial(1)], notices: [notice]))
        let messages = try server.messages(atLeast: 2)
        try #require(messages.count == 2)
        let words = Self.line + " uid=alpha/b1/1"
        #expect(messages[0]["raw"] as? String == "<108>1 2026-11-20T18:15:39.000250Z alpha xen b1 denied - " + words)
        let wanted: [String: String] = [
            "host": "alpha", "app": "xen", "process": "b1", "kind": "denied", "time": "2026-11-20T18:15:39.000250Z", "facility": "13", "severity": "4", "data": "-", "version": "1", "words": words,
        ]
        for (name, value) in wanted { #expect(messages[0][name] as? String == value, "\(name)") }
        var reader = LogReader(), sink = Told()
        reader.read(Array(((messages[0]["raw"] as? String ?? "") + "\n").utf8).span, into: &sink)
        reader.finish(into: &sink)
        let again = try #require(sink.records.first)
        #expect(again.record == Sample.denial(1).record && again.time == .date(Sample.time) && reader.hosts == [Array("alpha".utf8)])
        #expect(messages[1]["host"] as? String == "b%20eta" && messages[1]["process"] as? String == "-" && messages[1]["kind"] as? String == "refusal" && messages[1]["severity"] as? String == "3")
        #expect(messages[1]["words"] as? String == #"Flask: \xc3\xa4\x0a"]\x5c uid=b%20eta//refusal/start=5/2/Flask%3A%20%C3%A4%0A%22%5D%5C count=2 since_start_us=5"#)
        #expect(destination.takeWarnings().isEmpty)
    }

    private struct Told: LogSink {
        var records: [DenialRecord] = []
        mutating func take(_ denial: borrowing DenialFields, in line: Span<UInt8>) { records.append(denial.record(in: line)) }
        mutating func take(_ notice: FlaskNotice) {}
        mutating func take(_ line: UnreadLine) {}
    }

    @Test("`xsm-audit ship` sends to a server by its address, and tells what was cut")
    func command() throws {
        guard let server = try SyslogServer.started() else { return }
        let folder = try TemporaryFolder()
        let store = folder.url.appending(path: "a.sqlite").path
        let name = String(repeating: "s", count: 1_000)
        let lines = "(XEN) [2026-11-20 18:15:39] avc:  denied  { map_read } for source=d3 target=d0 scontext=u:r:\(name) tcontext=u:r:\(name) tclass=grant\n"
        var log = try SQLiteStore(store).ingest(IngestOptions(host: Array("alpha".utf8), log: Array("log".utf8)), now: Sample.time)
        try log.read(Array(lines.utf8).span)
        #expect(try log.finish().added == 1)
        let tool = try #require(BuiltPackage.auditTool, "xsm-audit is built with the tests")
        for (address, isCut) in [("relp://127.0.0.1:\(server.relp)", false), ("syslog+udp://127.0.0.1:\(server.udp)", true)] {
            let process = Process(), output = Pipe(), errors = Pipe()
            process.executableURL = tool
            process.arguments = ["ship", "--store", store, "--to", address + "?facility=10"]
            (process.standardOutput, process.standardError) = (output, errors)
            try process.runToItsEnd()
            let (told, warned) = (String(decoding: try output.fileHandleForReading.readToItsEnd(), as: UTF8.self), String(decoding: try errors.fileHandleForReading.readToItsEnd(), as: UTF8.self))
            #expect(process.terminationStatus == 0 && told == "\(address): 1 decision and 0 notices sent, nothing waits\n", "\(told)\(warned)")
            #expect(warned.hasPrefix("warning: `\(address)`: 1 message was longer") == isCut && warned.isEmpty != isCut)
        }
        let messages = try server.messages(atLeast: 2)
        #expect(messages.count == 2 && messages.allSatisfy { $0["facility"] as? String == "10" })
    }

    @Test("With a number of one's own a message has structured data, which mmpstrucdata takes apart")
    func structuredData() throws {
        guard let server = try SyslogServer.started() else { return }
        var destination = try ExportAddress("syslog+tcp://127.0.0.1:\(server.tcp)?enterprise=99999&facility=16").destination()
        let odd = Sample.denial(2) { $0.source = .text(Array("u:r:a]b\"c\\d".utf8) + [0xFF]) }
        try destination.send(ShippingBatch(denials: [Sample.denial(1), odd]))
        let messages = try server.messages(atLeast: 2)
        let parsed = try messages.map { message -> [String: String] in
            #expect(message["facility"] as? String == "16")
            return try #require(SyslogServer.data(message, 99_999))
        }
        let wanted = [
            "uid": "alpha/b1/1", "sequence": "1", "verdict": "denied", "class": "mmu", "permissions": "map_read map_write", "source.context": "system_u:system_r:domU_t:s0:c1,c2", "source.type": "domU_t",
            "source.domain": "3", "target.context": "system_u:object_r:nic_dev_t", "target.type": "nic_dev_t", "target.domain": "32753", "object.range.low": "0xf000", "object.range.high": "0xffffffffffffffff",
        ]
        #expect(parsed.first == wanted && messages.first?["words"] as? String == Self.line)
        #expect(parsed.last?["source.context"] == #"u:r:a]b"c\x5cd\xff"#)
    }

    @Test("Random decisions of any bytes arrive whole, each once, and are read again by our own reader of logs", arguments: ["syslog+tcp", "relp"])
    func random(scheme: String) throws {
        guard let server = try SyslogServer.started() else { return }
        var random = SplitMix64(seed: RandomTest.seed())
        let first = Sample.random(700, &random), second = Sample.random(300, from: 700, &random)
        var destination = try ExportAddress("\(scheme)://localhost:\(scheme == "relp" ? server.relp : server.tcp)?enterprise=1").destination()
        try destination.send(first)
        try destination.send(second)
        let messages = try server.messages(atLeast: 1_000)
        let identifiers = messages.compactMap { SyslogServer.data($0, 1)?["uid"] }
        #expect(messages.count == 1_000 && Set(identifiers).count == 1_000)
        let denials = first.denials + second.denials
        #expect(identifiers.map { $0.split(separator: "/").last.flatMap { Int64($0) } } == denials.map(\.key.sequence))
        // What has odd names is escaped, and not read as it was.
        for (message, denial) in zip(messages, denials) where !"\(denial.record)".contains("188") {
            let line = try #require(message["words"] as? String)
            #expect(AuditForm.read(Array(line.utf8))?.record == AuditForm.all[0].tellable(denial.record), "\(line)")
        }
    }

    @Test("A datagram that is too long is sent with that it is cut, which is told; by TCP nothing is cut")
    func long() throws {
        guard let server = try SyslogServer.started() else { return }
        var datagrams = try ExportAddress("syslog+udp://127.0.0.1:\(server.udp)?enterprise=1").destination()
        try datagrams.send(ShippingBatch(denials: [Self.long]))
        #expect(datagrams.takeWarnings().count == 1 && datagrams.takeWarnings().isEmpty)
        var message = try #require(try server.messages(atLeast: 1).first?["raw"] as? String)
        let words = Array(AuditForm.all[0].text(of: Self.long.record)).count + " uid=alpha/b1/1".utf8.count
        #expect(message.utf8.count == 2_048 && message.hasSuffix("ttt [cut off: \(words) bytes]"), "\(message)")
        var stream = try ExportAddress("syslog+tcp://127.0.0.1:\(server.tcp)").destination()
        try stream.send(ShippingBatch(denials: [Self.long]))
        message = try #require(try server.messages(atLeast: 2).last?["raw"] as? String)
        #expect(message.hasSuffix("ttt tclass=mmu uid=alpha/b1/1") && stream.takeWarnings().isEmpty)
    }

    @Test("A server of TCP that was started anew is connected to anew; one that is gone, or does not read, is unreachable in time")
    func gone() throws {
        guard let server = try SyslogServer.started() else { return }
        var destination = try SyslogDestination("syslog+tcp://127.0.0.1:\(server.tcp)")
        destination.seconds = 1
        try destination.send(ShippingBatch(denials: [Sample.denial(1)]))
        _ = try server.messages(atLeast: 1)
        server.kill()
        #expect(throws: ShippingFailure.self) { try destination.send(ShippingBatch(denials: [Sample.denial(2)])) }
        try server.start()
        try destination.send(ShippingBatch(denials: [Sample.denial(3)]))
        #expect(try server.messages(atLeast: 2).compactMap { $0["words"] as? String }.map { $0.hasSuffix("/3") } == [false, true])
        let deaf = try ScriptedServer([.deaf])
        defer { _ = deaf.finish() }
        destination = try SyslogDestination(deaf.url("syslog+tcp"))
        destination.seconds = 1
        let many = ShippingBatch(denials: Array(repeating: Self.long, count: 8_000))
        #expect { try destination.send(many) } throws: { ($0 as? ShippingFailure)?.reason == .unreachable }
    }
}
