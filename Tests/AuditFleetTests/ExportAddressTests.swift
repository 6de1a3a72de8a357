import AuditFleet
import Testing

/// Addresses of systems of others.
@Suite struct ExportAddressTests {
    @Test(
        "An address that can be sent to is known by its name",
        arguments: [
            ("otlp+http://host", "otlp+http://host"), ("OTLP+https://h.example:443/a/b", "otlp+https://h.example:443/a/b"), ("syslog+tcp://10.0.0.1:601", "syslog+tcp://10.0.0.1:601"),
            ("syslog+udp://[::1]:514?facility=16&enterprise=99999", "syslog+udp://[::1]:514"), ("relp://a_b", "relp://a_b"),
        ])
    func names(text: String, name: String) throws {
        let address = try ExportAddress(text)
        #expect(address.name == name)
        _ = try address.destination()
    }

    @Test(
        "An address that cannot be sent to is refused with the reason, and nothing secret",
        arguments: [
            "", "relp", "relp:", "relp://", "relp://:1", "relp://a:", "relp://a:0", "relp://a:65536", "relp://a:+5", "relp://a:1x", "relp://[::1", "relp://[x]:1", "relp://[::1]x", "relp://-a", "relp://a b",
            "relp://a\u{7}", "relp://a/path", "relp://a?x=1", "relp://a?facility=24", "relp://a?facility=-1", "relp://a?enterprise=0", "relp://u:hidden@a", "otlp+http://hidden@a", "otlp+https://user:hid/hidden@host", "otlp+https://user:1/hidden@host", "otlp+http://u:a?hidden@a",
            "otlp+http://u:a#hidden@a", "relp:/u:hidden@a", "u:hidden@a", "otlp://u:/hidden@a", "otlp://a", "http://a",
            "otlp+http://a#b", "otlp+http://a?key=hidden", "syslog://a", "syslog+tcp://\u{e4}", "syslog+tcp://a$(b)",
        ])
    func mistakes(text: String) {
        #expect { try ExportAddress(text) } throws: { error in
            let message = "\(error)"
            return !message.isEmpty && !message.contains("hidden") && message.utf8.allSatisfy { 0x20..<0x7F ~= $0 || $0 > 0x7F } && !message.contains("\u{7}")
        }
    }

    @Test("Syslog shows nobody's credentials: they are refused rather than left out")
    func credentials() throws {
        #expect(throws: ShippingFailure.self) { try ExportAddress("relp://a").destination(Credentials(user: "a")) }
        _ = try ExportAddress("otlp+http://a").destination(Credentials(user: "a"))
    }
}
