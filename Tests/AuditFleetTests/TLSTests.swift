import AuditFleet
import AuditStore
import Foundation
import TestSupport
import Testing

/// What is sent and asked by TLS. The other side's is OpenSSL's, as Python has it.
@Suite struct TLSTests {
    /// Who is believed: those of the machine, somebody else, nobody at all; and what a message says of that.
    private func untrusted(_ other: ServerIdentity) -> [(Credentials, String)] {
        [(Credentials(), "certificate"), (Credentials(authority: other.authority), "certificate"), (Credentials(authority: "/none.pem"), "/none.pem")]
    }

    @Test("A collector whose certificate is believed gets what is sent, and one that is not gets nothing, and is told as that")
    func collector() throws {
        let (own, other, elsewhere) = try (ServerIdentity("127.0.0.1"), ServerIdentity("127.0.0.1"), ServerIdentity("127.0.0.2"))
        guard let receiver = try OTLPReceiver.started(as: own) else { return }
        let address = "otlp+https://127.0.0.1:\(receiver.port)"
        let batch = ShippingBatch(denials: [Sample.denial(1)])
        func failure(_ address: String, _ credentials: Credentials) throws -> ShippingFailure {
            var destination = try OTLPDestination(address, credentials: credentials)
            return try #require(throws: ShippingFailure.self) { try destination.send(batch) }
        }
        for (credentials, words) in untrusted(other) {
            let failure = try failure(address, credentials)
            #expect(failure.reason == .untrusted && failure.detail.contains(words), "\(failure)")
            #expect(failure.description.contains("was sent nothing") && failure.description.contains("`authority`"))
        }
        // Its certificate is believed, and is another host's.
        let impostor = try OTLPReceiver(as: elsewhere)
        let mistaken = try failure("otlp+https://127.0.0.1:\(impostor.port)", Credentials(authority: elsewhere.authority))
        #expect(mistaken.reason == .untrusted && mistaken.detail.contains("127.0.0.1"), "\(mistaken)")
        // Without TLS it is not spoken to.
        #expect(try [.unreachable, .garbled].contains(failure("otlp+http://127.0.0.1:\(receiver.port)", Credentials()).reason))
        #expect(try receiver.requests().isEmpty && impostor.requests().isEmpty)
        var destination = try OTLPDestination(address, credentials: Credentials(headers: [HTTPHeader("Authorization", "Bearer x")], authority: own.authority))
        try destination.send(batch)
        let request = try #require(try receiver.requests().first)
        #expect(try request["authorization"] as? String == "Bearer x" && receiver.records().count == 1)
    }

    @Test("A ClickHouse whose certificate is believed takes rows and answers, and one that is not is neither sent nor asked anything")
    func clickHouse() throws {
        let (own, other) = try (ServerIdentity("127.0.0.1"), ServerIdentity("127.0.0.1"))
        guard let server = try CurrentClickHouse.started(as: own) else { return }
        var random = SplitMix64(seed: RandomTest.seed())
        let folder = try TemporaryFolder()
        let file = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        try FleetLog.fill(file, 50, &random)
        let address = try ClickHouseAddress("clickhouses://127.0.0.1:\(server.port)/audit")
        for (credentials, words) in untrusted(other) {
            var destination = try ClickHouseDestination(address, credentials, creating: true)
            let unsent = try #require(throws: ShippingFailure.self) { try destination.prepare() }
            #expect(unsent.reason == .untrusted && unsent.detail.contains(words), "\(unsent)")
            let unasked = try #require(throws: StoreError.self) { try ClickHouseStore(address, credentials).totals(DenialFilter()) }
            #expect(unasked.reason == .untrusted && unasked.detail.contains(words) && unasked.description.contains("`authority`"), "\(unasked)")
        }
        let believed = Credentials(authority: own.authority)
        _ = try file.ship(to: ClickHouseDestination(address, believed, creating: true), name: "one")
        #expect(try Set(ClickHouseStore(address, believed).all()) == Set(file.all()))
    }
}
