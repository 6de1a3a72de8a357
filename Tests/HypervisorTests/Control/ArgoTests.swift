import Flask
import Synchronization
import Testing

@testable import Hypervisor

/// Messages between domains.
@Suite struct ArgoTests {
    private func lab() throws -> Lab {
        let lab = try Lab(Lab.policy(), ArgoCases.configure)
        try ArgoCases.domains(lab)
        return lab
    }

    @Test func messagesAreDelivered() throws {
        let lab = try lab()
        #expect(lab.sendMessage("early", toPort: 5, of: 2, as: 1) == -111)
        #expect(lab.registerRing(port: 5, partner: 1, as: 2) == 0)
        #expect(lab.registerRing(port: 5, partner: 0x7ff4, frame: 1, as: 2) == 0)
        #expect(lab.sendMessage("for one", toPort: 5, of: 2, as: 1) == 7)
        #expect(lab.sendMessage("for all", toPort: 5, of: 2, as: 0) == 7)
        #expect(lab.sendMessage("nowhere", toPort: 6, of: 2, as: 1) == -111)
        #expect(lab.sendMessage("nobody", toPort: 5, of: 9, as: 1) == -3)
        #expect(lab.takeMessages(of: 2) == [.init(sender: 1, port: 1, type: 7, data: Array("for one".utf8))])
        #expect(lab.takeMessages(of: 2, frame: 1).map(\.sender) == [0])
        #expect(lab.violations == [])
    }

    @Test func ringsAreNeverFull() throws {
        let lab = try lab()
        #expect(lab.registerRing(port: 5, partner: 1, length: 64, as: 2) == 0)
        #expect(lab.sendMessage(String(repeating: "x", count: 48), toPort: 5, of: 2, as: 1) == -90)
        #expect(lab.sendMessage("12345678", toPort: 5, of: 2, as: 1) == 8)
        #expect(lab.sendMessage("12345678", toPort: 5, of: 2, as: 1) == -11)
        #expect(lab.askForRoom(1, atPort: 5, of: 2, as: 1) == 0)
        // It exists, and there is no room for a byte.
        #expect(lab.answer(28).word16(at: 16) == 1)
        #expect(lab.takeMessages(of: 2, length: 64).count == 1)
        #expect(lab.askForRoom(1, atPort: 5, of: 2, as: 1) == 0)
        #expect(lab.answer(28).word16(at: 16) == 1 | 1 << 2 | 1 << 3)
        #expect(lab.askForRoom(33, atPort: 5, of: 2, as: 1) == 0)
        #expect(lab.answer(28).word16(at: 16) == 1 | 1 << 2 | 1 << 4)
    }

    @Test func ringsAreChecked() throws {
        let lab = try lab()
        for length: UInt32 in [0, 32, 47, 50, 1 << 24 + 16] {
            #expect(lab.registerRing(port: 5, partner: 1, length: length, as: 2) == -22)
        }
        #expect(lab.registerRing(port: 5, partner: 1, as: 2) == 0)
        #expect(lab.registerRing(port: 5, partner: 1, as: 2) == 0)
        #expect(lab.registerRing(port: 5, partner: 1, flags: 1, as: 2) == -17)
        #expect(lab.registerRing(port: 5, partner: 1, length: 2_048, as: 2) == -17)
        #expect(lab.registerRing(port: 5, partner: 1, flags: 2, as: 2) == -22)
        #expect(lab.registerRing(port: 5, partner: 9, as: 2) == -3)
        #expect(lab.unregisterRing(port: 6, partner: 1, as: 2) == -2)
        #expect(lab.unregisterRing(port: 5, partner: 1, as: 2) == 0)
    }

    /// A domain that was not let use messages when it was created refuses them, and its line is told then.
    @Test func whoMayNotUseMessagesHasNone() throws {
        let lab = try Lab(Lab.policy(without: ["argo:enable"]), ArgoCases.configure)
        _ = lab.takeLines()
        try lab.createDomain()
        #expect(
            lab.takeLines() == [
                "avc:  denied  { enable } for current=d0 scontext=system_u:system_r:guest tcontext=system_u:system_r:xen "
                    + "tclass=argo"
            ])
        try lab.load(Lab.policy())
        #expect(lab.registerRing(port: 5, partner: 0, as: 1) == -19)
        #expect(lab.registerRing(port: 5, partner: 1, as: 0) == -111)
    }

    @Test func siloKeepsDomainsApart() throws {
        let lab = try Lab(Lab.policy()) {
            $0.module = .silo
            ArgoCases.configure(&$0)
        }
        for number: UInt16 in 1...2 {
            try lab.createPlainDomain(number)
            try lab.givePages(number)
        }
        #expect(lab.registerRing(port: 5, partner: 2, as: 1) == -1)
        #expect(lab.registerRing(port: 5, partner: 0x7ff4, as: 1) == 0)
        #expect(lab.sendMessage("text", toPort: 5, of: 1, as: 2) == -1)
        #expect(lab.sendMessage("text", toPort: 5, of: 1, as: 0) == 4)
    }

    @Test func mostIsForTheMachinesOwner() throws {
        // Receiving from anybody is for who started the machine to allow.
        let lab = try Lab(Lab.policy()) { $0.commandLine = "argo" }
        try lab.createDomain()
        #expect(lab.registerRing(port: 5, partner: 0x7ff4, as: 1) == -1)
    }
}
