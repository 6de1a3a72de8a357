import Flask
import Foundation
import PolicyAnalysis
import TestSupport
import Testing

@Suite("What a policy holds is told as it is")
struct InfoTests {
    private func names(_ kind: InventoryKind, _ pattern: String? = nil) throws -> [String] {
        try SmallPolicy.analysed().inventory(of: kind, pattern.map { try NamePattern($0) }).map(\.name.description)
    }

    @Test("The summary counts everything, and names the initial SIDs")
    func summary() throws {
        let summary = try SmallPolicy.analysed().summary()
        let counts = Dictionary(uniqueKeysWithValues: summary.counts.map { ($0.what, $0.count) })
        #expect(counts["classes"] == 3 && counts["permissions"] == 7 && counts["types"] == 4 && counts["attributes"] == 2)
        #expect(counts["aliases"] == 1 && counts["booleans"] == 2 && counts["conditions"] == 1 && counts["allow"] == 6)
        #expect(counts["constrain"] == 2 && counts["validatetrans"] == 1 && counts["iomemcon"] == 2 && counts["devicetreecon"] == 1)
        #expect(summary.booleans.map { "\($0.name) \($0.value)" } == ["open true", "strict false"])
        #expect(summary.initialSIDs.map { "\($0.number) \($0.name) \(String(decoding: $0.context, as: UTF8.self))" } == [
            "1 xen system_u:system_r:xen_t", "2 dom0 system_u:system_r:dom0_t", "3 domU system_u:vm_r:domU_t",
        ])
    }

    @Test("Lists are all of a kind, or what a name, an expression or a number names")
    func lists() throws {
        #expect(try names(.types) == ["dom0_t", "domU_t", "irq_t", "xen_t"])
        #expect(try names(.types, "/^dom/") == ["dom0_t", "domU_t"])
        #expect(try names(.attributes, "domain_type") == ["domain_type"])
        #expect(try names(.ioMemory, "0xfebf0") == ["0xfebe0-0xfebff"])
        #expect(try names(.ioPorts, "60110") == ["0xeac0-0xeadf"])
        #expect(try names(.deviceTreeNodes, "/^.soc/") == ["/soc/serial"])
        #expect(try names(.initialSIDs, "domU") == ["domU"])
        #expect(try names(.types, "/nothing/") == [])
        #expect(throws: QuestionMistake.unknown(what: "type", name: "dom1_t", nearest: ["dom0_t", "domU_t"])) { try names(.types, "dom1_t") }
        #expect(throws: QuestionMistake.self) { try names(.interrupts, "34") }
        let guest = try #require(SmallPolicy.analysed().inventory(of: .types, NamePattern("domU_t")).first)
        #expect(String(decoding: guest.text, as: UTF8.self) == "type domU_t alias { guest_t }, domain_type;")
        for kind in InventoryKind.allCases { _ = try names(kind) }
    }
}
