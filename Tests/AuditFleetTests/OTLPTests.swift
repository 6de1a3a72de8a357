import AuditFleet
import AuditLog
import AuditStore
import Flask
import Foundation
import TestSupport
import Testing

/// Decisions as OpenTelemetry's log records.
@Suite struct OTLPTests {
    private func failure(_ destination: inout OTLPDestination, _ batch: ShippingBatch) -> ShippingFailure? {
        do throws(ShippingFailure) {
            try destination.send(batch)
            return nil
        } catch {
            return error
        }
    }

    private func answered(_ status: String, _ body: String = "", head: String = "") throws -> (failure: ShippingFailure?, warnings: [String]) {
        let server = try ScriptedServer([.http(Array("HTTP/1.1 \(status)\r\n\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))])
        defer { _ = server.finish() }
        var destination = try OTLPDestination(server.url("otlp+http"))
        return (failure(&destination, ShippingBatch(denials: [Sample.denial(1)])), destination.takeWarnings())
    }

    @Test("OpenTelemetry's own definitions read each field of a decision where they have it")
    func fields() throws {
        guard let receiver = try OTLPReceiver.started() else { return }
        var destination = try OTLPDestination("otlp+http://127.0.0.1:\(receiver.port)", credentials: Credentials(headers: [HTTPHeader("Authorization", "Bearer x")]), version: "1.2.3")
        let odd = Sample.denial(2, time: .sinceStart(1_500_000)) { record in
            record.verdict = .granted
            record.source = .text([0x75, 0x3A, 0xFF, 0x3A, 0x74, 0xFE])
            record.target = .identifier(SecurityIdentifier(rawValue: 7))
            record.unnamedPermissions = 0x40
            record.subject = AuditSubject(current: DomainIdentifier(rawValue: 5), object: .device(.max))
        }
        let notice = StoredNotice(host: Array("beta".utf8), boot: Array("b2".utf8), kind: .panic, text: Array("Panic on CPU 0: \"x\"".utf8), time: .date(Sample.time), count: 3)
        try destination.send(ShippingBatch(denials: [Sample.denial(1), odd], notices: [notice]))
        #expect(destination.takeWarnings().isEmpty)
        let request = try #require(try receiver.requests().first)
        #expect(request["authorization"] as? String == "Bearer x")
        let records = try receiver.records()
        try #require(records.count == 3)
        #expect(records[0].resource as NSDictionary == ["service.name": "xen", "host.name": "alpha", "xen.boot.id": "b1"] as NSDictionary)
        let wanted: NSDictionary = [
            "log.record.uid": "alpha/b1/1", "xen.flask.sequence": 1, "xen.flask.verdict": "denied", "xen.flask.class": "mmu", "xen.flask.permissions": ["map_read", "map_write"],
            "xen.flask.source.context": "system_u:system_r:domU_t:s0:c1,c2", "xen.flask.source.type": "domU_t", "xen.flask.source.domain": 3,
            "xen.flask.target.context": "system_u:object_r:nic_dev_t", "xen.flask.target.type": "nic_dev_t", "xen.flask.target.domain": 0x7FF1,
            "xen.flask.object.range.low": "0xf000", "xen.flask.object.range.high": "0xffffffffffffffff",
        ]
        #expect(records[0].attributes as NSDictionary == wanted)
        let record = records[0].record
        #expect(record["timeUnixNano"] as? String == "\(Sample.time)000" && record["severityNumber"] as? String == "SEVERITY_NUMBER_WARN" && record["severityText"] as? String == "WARN")
        #expect(record["eventName"] as? String == "xen.flask.decision")
        let observed = try #require((record["observedTimeUnixNano"] as? String).flatMap { Double($0) }) / 1e9
        #expect(abs(observed - Date().timeIntervalSince1970) < 60)
        let body = OTLPReceiver.value(try #require(record["body"] as? [String: Any])) as? String
        #expect(body == "avc:  denied  { map_read map_write } for source=d3 target=d[IO] range=0xf000-0xffffffffffffffff scontext=system_u:system_r:domU_t:s0:c1,c2 tcontext=system_u:object_r:nic_dev_t tclass=mmu")
        let second = records[1].attributes
        #expect(records[1].record["timeUnixNano"] == nil && second["xen.flask.since_start_us"] as? Int == 1_500_000)
        // What is no text comes as the bytes that it is.
        #expect(second["xen.flask.source.context"] as? Data == Data([0x75, 0x3A, 0xFF, 0x3A, 0x74, 0xFE]) && second["xen.flask.source.type"] as? Data == Data([0x74, 0xFE]))
        #expect(second["xen.flask.target.sid"] as? Int == 7 && second["xen.flask.target.context"] == nil && second["xen.flask.unnamed_permissions"] as? Int == 64)
        #expect(second["xen.flask.current.domain"] as? Int == 5 && second["xen.flask.object.device"] as? String == "0xffffffffffffffff")
        #expect(records[1].record["severityText"] as? String == "INFO")
        #expect(records[2].attributes as NSDictionary == ["log.record.uid": "beta/b2/panic/date=\(Sample.time)/3/Panic%20on%20CPU%200%3A%20%22x%22", "xen.flask.notice": "panic", "xen.flask.count": 3] as NSDictionary)
        #expect(records[2].record["severityText"] as? String == "FATAL" && records[2].record["eventName"] as? String == "xen.flask.notice")
        let scopes = (((request["request"] as? [String: Any])?["resourceLogs"] as? [[String: Any]])?.first?["scopeLogs"] as? [[String: Any]])?.first?["scope"] as? [String: String]
        #expect(scopes == ["name": "xsm-audit", "version": "1.2.3"])
    }

    @Test("Random decisions of any bytes are read by it, each once, in requests no longer than they may be")
    func random() throws {
        guard let receiver = try OTLPReceiver.started() else { return }
        var random = SplitMix64(seed: RandomTest.seed())
        let batch = Sample.random(600, &random)
        var destination = try OTLPDestination("otlp+http://127.0.0.1:\(receiver.port)/")
        destination.sizeLimit = 100_000
        try destination.send(batch)
        let requests = try receiver.requests()
        #expect(requests.count > 3 && requests.allSatisfy { $0["size"] as? Int ?? .max <= 100_000 })
        let records = try receiver.records()
        let identifiers = records.compactMap { $0.attributes["log.record.uid"] as? String }
        #expect(records.count == 600 && Set(identifiers).count == 600)
        for (denial, told) in zip(batch.denials, records) {
            guard case .text(let context) = denial.record.source else { continue }
            let value = told.attributes["xen.flask.source.context"]
            #expect((value as? String).map { Array($0.utf8) } == context || value as? Data == Data(context))
        }
    }

    @Test("What is too much for a receiver is sent in smaller pieces")
    func pieces() throws {
        guard try OTLPReceiver.started() != nil else { return }
        let receiver = try OTLPReceiver(limit: 10_000)
        var destination = try OTLPDestination("otlp+http://127.0.0.1:\(receiver.port)")
        try destination.send(ShippingBatch(denials: (1...64).map { Sample.denial($0) }))
        #expect(try receiver.records().compactMap { $0.attributes["xen.flask.sequence"] as? Int } == Array(1...64))
        let small = try OTLPReceiver(limit: 10)
        destination = try OTLPDestination("otlp+http://127.0.0.1:\(small.port)")
        #expect(failure(&destination, ShippingBatch(denials: [Sample.denial(1)]))?.reason == .refused)
    }

    @Test("Of a batch that was kept in part only the rest is sent again, and what was dropped of it is told once")
    func halves() throws {
        func http(_ status: String, _ body: String = "") -> ScriptedServer.Answer {
            .http(Array("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))
        }
        let partial = #"{"partialSuccess":{"rejectedLogRecords":1}}"#
        let server = try ScriptedServer([http("200 OK", partial), http("503 x"), http("200 OK")])
        var destination = try OTLPDestination(server.url("otlp+http"))
        // A record each.
        destination.sizeLimit = 1_024
        let batch = ShippingBatch(denials: (1...4).map { Sample.denial($0) })
        #expect(failure(&destination, batch)?.reason == .busy)
        #expect(failure(&destination, batch) == nil)
        #expect(destination.takeWarnings().map { $0.contains("1 records") } == [true])
        // The next batch is whole again.
        #expect(failure(&destination, ShippingBatch(denials: [batch.denials[0]])) == nil)
        let sent = server.finish().map { request in (1...4).filter { String(decoding: request, as: UTF8.self).contains("\"alpha/b1/\($0)\"") } }
        #expect(sent == [[1], [2], [2], [3], [4], [1]])
    }

    @Test("Records that a receiver says it dropped are told, and not sent again")
    func partial() throws {
        var told = try answered("200 OK", #"{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"no\nroom"}}"#)
        try #require(told.warnings.count == 1, "\(told)")
        #expect(told.failure == nil && told.warnings[0].contains("1 records were dropped there") && told.warnings[0].hasSuffix(": no room"), "\(told)")
        told = try answered("200 OK", #"{"partialSuccess":{"rejectedLogRecords":2}}"#)
        #expect(told.failure == nil && told.warnings[0].contains("2 records"))
        told = try answered("200 OK", #"{"partialSuccess":{"errorMessage":"soon full"}}"#)
        #expect(told.failure == nil && told.warnings[0].contains("has everything, and says: soon full"))
        for body in ["", "{}", #"{"partialSuccess":{}}"#, #"{"partialSuccess":null}"#, #"{"other":[1]}"#] {
            told = try answered("200 OK", body)
            #expect(told.failure == nil && told.warnings.isEmpty, "\(body)")
        }
        #expect(try answered("204 No Content").failure == nil)
    }

    @Test("An answer that is none of a receiver's is no receipt", arguments: ["<html>welcome</html>", "[]", "ok", "{", #"{"partialSuccess":{"rejectedLogRecords":"many"}}"#, "\u{0}\u{1}"])
    func garbled(body: String) throws {
        #expect(try answered("200 OK", body).failure?.reason == .garbled)
    }

    @Test(
        "Failures that may be tried again are told apart from those that may not",
        arguments: [
            ("429 x", ShippingFailure.Reason.busy), ("502 x", .busy), ("503 x", .busy), ("504 x", .busy), ("400 x", .refused), ("401 x", .refused), ("404 x", .refused), ("413 x", .refused), ("500 x", .refused),
            ("501 x", .refused), ("307 x", .refused),
        ])
    func statuses(status: String, reason: ShippingFailure.Reason) throws {
        let failure = try #require(try answered(status, #"{"code":3,"message":"its words"}"#, head: "Retry-After: 9\r\nLocation: http://127.0.0.1/\r\n").failure)
        #expect(failure.reason == reason && failure.detail.hasPrefix(status.prefix(3)) && failure.destination.hasPrefix("otlp+http://127.0.0.1:"))
        #expect(failure.retrySeconds == (reason == .busy ? 9 : nil) && (status.hasPrefix("307") || failure.detail.contains("its words")))
    }

    @Test("Nobody there is unreachable; nothing to send asks nobody")
    func nobody() throws {
        var destination = try OTLPDestination("otlp+http://127.0.0.1:\(try freePorts(1)[0])")
        #expect(failure(&destination, ShippingBatch(denials: [Sample.denial(1)]))?.reason == .unreachable)
        #expect(failure(&destination, ShippingBatch()) == nil)
    }
}
