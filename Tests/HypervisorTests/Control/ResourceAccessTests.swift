import Flask
import Synchronization
import TestSupport
import Testing

@testable import Hypervisor

/// What of devices is given to domains.
@Suite struct ResourceAccessTests {
    private func givePorts(
        _ lab: Lab, _ first: UInt32, _ count: UInt32, to domain: UInt16, as caller: UInt16 = 0, _ allows: Bool = true
    ) -> Int64 {
        lab.domctl(.ioPortPermission, domain, as: caller) { call in
            call.set(first, at: 16)
            call.set(count, at: 20)
            call.set(allows ? 1 : 0 as UInt8, at: 24)
        }
    }

    @Test func nobodyGivesWhatHeHasNot() throws {
        let lab = try Lab()
        try lab.createDomain()
        try lab.createDomain("other")
        #expect(givePorts(lab, 0x60, 4, to: 2, as: 1) == -1)
        #expect(givePorts(lab, 0x60, 4, to: 1) == 0)
        #expect(givePorts(lab, 0x60, 4, to: 2, as: 1) == 0)
        #expect(givePorts(lab, 0x60, 5, to: 2, as: 1) == -1)
        #expect(givePorts(lab, 0x61, 1, to: 1, false) == 0)
        #expect(givePorts(lab, 0x60, 4, to: 2, as: 1) == -1)
        #expect(givePorts(lab, 0x60, 1, to: 2, as: 1) == 0)
    }

    @Test func rangesThatAreNoneAreRefused() throws {
        let lab = try Lab()
        try lab.createDomain()
        #expect(givePorts(lab, 0xffff, 1, to: 1) == 0)
        #expect(givePorts(lab, 0xffff, 2, to: 1) == -22)
        #expect(givePorts(lab, 5, 0, to: 1) == -22)
        #expect(givePorts(lab, .max, 2, to: 1) == -22)
        #expect(givePorts(lab, 5, 1, to: 9) == -3)
    }

    /// Each stretch that has a label of its own is asked about, and the first that is denied is told of.
    @Test func stretchesAreAskedAboutOneByOne() throws {
        let lab = try Lab()
        try lab.createDomain()
        let label = try lab.sid("channel")
        let server = lab.hypervisor.hooks.flask!.server
        try lab.load(
            Lab.policy(only: [
                .init(source: "dom0", target: "guest", objectClass: "resource", permissions: ["add"]),
                .init(source: "dom0", target: "ioport", objectClass: "resource", permissions: ["add_ioport"]),
                .init(source: "guest", target: "ioport", objectClass: "resource", permissions: ["use_iommu"]),
            ]))
        try server.addObjectContext(.ioPorts, 0x62...0x63, label)
        #expect(givePorts(lab, 0x60, 2, to: 1) == 0)
        #expect(givePorts(lab, 0x60, 8, to: 1) == -1)
        #expect(
            lab.takeLines() == [
                "avc:  denied  { add_ioport } for current=d0 range=0x62-0x63 scontext=system_u:system_r:dom0 "
                    + "tcontext=system_u:system_r:channel tclass=resource"
            ])
    }

    @Test func devicesHaveOneOwner() throws {
        let lab = try Lab()
        try lab.createDomain()
        try lab.createDomain("other")
        func assign(_ domain: UInt16) -> Int64 { lab.domctl(.assignDevice, domain) { $0.set(0x100 as UInt32, at: 24) } }
        #expect(assign(1) == -19)
        #expect(lab.plug(0x100) == 0)
        #expect(assign(1) == 0)
        #expect(assign(2) == -16)
        let test = lab.domctl(.testAssignDevice, Hypervisor.noDomain) { $0.set(0x100 as UInt32, at: 24) }
        #expect(test == -22)
        // A domain that goes leaves its device where nobody can reach it, and from there it may be given again.
        #expect(lab.domctl(.destroyDomain, 1) == 0)
        #expect(lab.hypervisor.machine.withLock { $0.devices[0x100]?.owner } == DomainIdentifier.io.rawValue)
        #expect(assign(2) == 0)
        #expect(lab.domctl(.deassignDevice, 2) { $0.set(0x100 as UInt32, at: 24) } == 0)
        #expect(lab.domctl(.deassignDevice, 2) { $0.set(0x100 as UInt32, at: 24) } == -19)
        #expect(lab.domctl(.assignDevice, 0) { $0.set(0x100 as UInt32, at: 24) } == -22)
        #expect(lab.domctl(.assignDevice, Hypervisor.noDomain) { $0.set(0x100 as UInt32, at: 24) } == -3)
    }

    @Test func nothingIsAssignedWithoutAnIOMMU() throws {
        let lab = try Lab(Lab.policy()) { $0.hasIOMMU = false }
        try lab.createDomain()
        _ = lab.plug(0x100)
        #expect(lab.domctl(.assignDevice, 1) { $0.set(0x100 as UInt32, at: 24) } == -95)
    }

    @Test func functionsOfADeviceAreAGroup() throws {
        let lab = try Lab()
        try lab.createDomain()
        for device: UInt32 in [0x100, 0x101, 0x108] {
            _ = lab.plug(device)
            _ = lab.domctl(.assignDevice, 1) { $0.set(device, at: 24) }
        }
        let result = lab.domctl(.getDeviceGroup, 1) { call in
            call.set(0x100 as UInt32, at: 16)
            call.set(8 as UInt32, at: 20)
            call.set(Lab.buffer, at: 32)
        }
        #expect(result == 0 && lab.answer(144).word32(at: 24) == 1)
        #expect(lab.memory.read(4, at: Lab.buffer) == [0, 1, 1, 0])
    }

    @Test func interruptsHaveOneNumber() throws {
        let lab = try Lab()
        try lab.createDomain()
        #expect(lab.mapInterrupt(5, to: 1) == 0)
        #expect(lab.mapInterrupt(5, to: 1) == 0)
        let other = lab.physdev(.mapInterrupt, size: 40) { call in
            call.set(1 as UInt16, at: 0)
            call.set(1 as UInt32, at: 4)
            call.set(5 as UInt32, at: 8)
            call.set(7 as UInt32, at: 12)
        }
        #expect(other == -17)
        #expect(lab.unmapInterrupt(5, of: 1) == 0)
        #expect(lab.unmapInterrupt(5, of: 1) == -22)
        #expect(lab.unmapInterrupt(5, of: 9) == -3)
        // A message is made for a device that the domain has.
        _ = lab.plug(0x100)
        #expect(lab.mapMessage(of: 0x100, to: 1) == -19)
        _ = lab.domctl(.assignDevice, 1) { $0.set(0x100 as UInt32, at: 24) }
        #expect(lab.mapMessage(of: 0x100, to: 1) == 0)
        let number = Int32(bitPattern: lab.answer(40).word32(at: 12))
        #expect(number == InterruptTable.lines + 31)
        #expect(lab.hypervisor.machine.withLock { $0.interrupts.messages.values.map { $0 } } == [0x100])
        #expect(lab.unmapInterrupt(number, of: 1) == 0)
        #expect(lab.hypervisor.machine.withLock { $0.interrupts.messages.isEmpty })
    }

    /// A check that cannot fail would be none.
    @Test func disorderIsSeen() throws {
        let lab = try Lab()
        try lab.createDomain()
        #expect(lab.hypervisor.machine.withLock { $0.violations() } == [])
        let violations = lab.hypervisor.machine.withLock { machine -> [String] in
            machine.domains[1]?.resources.mappedInterrupts = [1: 5, 2: 5]
            machine.domains[1]?.pool = 7
            machine.devices[1] = PCIDevice(number: 1, owner: 9)
            return machine.violations()
        }
        #expect(violations.count == 3)
    }
}
