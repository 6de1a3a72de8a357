import Flask
import Testing

@testable import Hypervisor

/// Events are told where the guest has said that it looks.
@Suite struct EventJoinTests {
    private func lab(processors: UInt32 = 1, isHVM: Bool = true) throws -> Lab {
        let lab = try Lab()
        try lab.createDomain(isHVM: isHVM, processors: processors)
        if isHVM { try lab.givePages(1) }
        return lab
    }

    private func mapSharedInfo(_ lab: Lab, at frame: UInt64) -> Int64 {
        var call = ABIStructure(size: 24)
        call.set(1 as UInt16, at: 0)
        call.set(MapSpace.sharedInfo.rawValue, at: 4)
        call.set(frame, at: 16)
        return lab.memoryOp(.addToPhysmap, call)
    }

    private func word(_ lab: Lab, _ frame: UInt64, _ offset: Int) -> UInt64? {
        lab.state(1)?.memory.lookUp(frame).flatMap { $0.memory.load64(at: $0.offset + offset) }
    }

    private func registerInfo(_ lab: Lab, _ processor: UInt64, _ frame: UInt64, _ offset: UInt32) -> Int64 {
        var call = ABIStructure(size: 16)
        call.set(frame, at: 0)
        call.set(offset, at: 8)
        _ = lab.memory.write(call.bytes, at: Lab.argument)
        return lab.call(
            .virtualProcessor, [UInt64(VirtualProcessorCommand.registerInfo.rawValue), processor, Lab.argument], as: 1)
    }

    /// A channel from dom0 to the guest: the ports of both.
    private func channel(_ lab: Lab) throws -> (dom0: Int64, guest: Int64) {
        let guest = lab.unbound(remote: 0, as: 1)
        let dom0 = lab.bind(remote: 1, guest)
        try #require(guest > 0 && dom0 > 0)
        return (dom0, guest)
    }

    @Test func aGuestSeesEventsInTheFrameThatItMapped() throws {
        let lab = try lab()
        let ports = try channel(lab)
        // Whether it was there before the first event or comes later.
        #expect(lab.send(ports.dom0) == 0)
        func toldFrame() -> UInt64 {
            #expect(lab.domctl(.getDomainInfo, 1) == 0)
            return lab.answer(144).word64(at: 16 + 48)
        }
        #expect(toldFrame() == .max)
        #expect(mapSharedInfo(lab, at: 7) == 0)
        #expect(toldFrame() == 7)
        #expect(word(lab, 7, EventChannels.pendingOffset) == 1 << UInt64(ports.guest))
        #expect(word(lab, 7, 0).map { $0 & 0xff } == 1)
        #expect(lab.state(1)?.memory.sharedInfo?.clear(4_096, at: 0) == true)
        #expect(!lab.isPending(ports.guest, in: 1))
        #expect(lab.send(ports.dom0) == 0)
        #expect(word(lab, 7, EventChannels.pendingOffset) == 1 << UInt64(ports.guest))
        #expect(lab.close(ports.guest, as: 1) == 0)
        #expect(word(lab, 7, EventChannels.pendingOffset) == 0)
        #expect(lab.violations == [])
    }

    @Test func aProcessorIsToldWhereItSays() throws {
        let lab = try lab(processors: 2)
        let ports = try channel(lab)
        // What is no place comes first, then who may say so.
        #expect(registerInfo(lab, 0, 5, 4_040) == -6)
        #expect(registerInfo(lab, 0, 5, 4) == -6)
        #expect(registerInfo(lab, 0, 500, 0) == -22)
        #expect(registerInfo(lab, 2, 5, 0) == -2)
        lab.change(1) { $0.processors[1].isOnline = true }
        #expect(registerInfo(lab, 1, 5, 0) == -22)
        lab.change(1) { $0.processors[1].isOnline = false }
        #expect(registerInfo(lab, 0, 5, 64) == 0)
        #expect(registerInfo(lab, 0, 6, 64) == -22)
        // All is to be looked at once.
        #expect(word(lab, 5, 64).map { $0 & 0xff } == 1 && word(lab, 5, 72) == .max)
        let page = try #require(lab.state(1)?.memory.lookUp(5))
        _ = page.memory.clear(64, at: page.offset + 64)
        #expect(lab.send(ports.dom0) == 0)
        #expect(word(lab, 5, 64).map { $0 & 0xff } == 1 && word(lab, 5, 72) == 1)
        // The guest gives the page back: it is the hypervisor's until it lets go, and nobody else's memory.
        let total = lab.state(1)?.totalPages
        #expect(lab.reservation(.decreaseReservation, 1, [5]) == 1)
        #expect(lab.state(1)?.totalPages == total)
        #expect(lab.violations == [])
        #expect(lab.event(.unmask, as: 1) { $0.set(UInt32(ports.guest), at: 0) } == 0)
        lab.change(1) { $0.resetProcessorInfo() }
        #expect(lab.state(1)?.totalPages == total.map { $0 - 1 })
        #expect(lab.violations == [])
    }

    @Test func queuesAreInMemoryThatStays() throws {
        let lab = try lab()
        #expect(lab.event(.initializeControl, as: 1) { $0.set(4 as UInt64, at: 0) } == 0)
        #expect(lab.event(.expandArray, as: 1) { $0.set(5 as UInt64, at: 0) } == 0)
        let ports = try channel(lab)
        // A process cannot have the page moved to where it may map it, away from the hypervisor.
        lab.grant(9, of: 1, to: 0, frame: 5)
        #expect(throws: XenErrorNumber.busy) { try lab.client(0).mapGrants([(1, 9)], isWritable: true) }
        #expect(lab.send(ports.dom0) == 0)
        #expect(word(lab, 5, 0).map { $0 >> 32 & UInt64(EventQueues.pending) } == UInt64(EventQueues.pending))
        #expect(lab.event(.reset, as: 1) { $0.set(Lab.own, at: 0) } == 0)
        #expect(lab.state(1)?.memory.references == [:])
        #expect(lab.violations == [])
    }

    @Test func interruptsAreForWhoWasGivenThem() throws {
        let lab = try lab(isHVM: false)
        func bind(_ number: UInt32) -> Int64 { lab.event(.bindPhysicalInterrupt, as: 1) { $0.set(number, at: 0) } }
        #expect(bind(5) == -1)
        #expect(lab.mapInterrupt(5, to: 1) == 0)
        #expect(bind(5) == 0)
        #expect(lab.close(1, as: 1) == 0)
        // A number that is mapped is not enough: the domain must be let use what it stands for.
        func permit(_ allows: UInt8) -> Int64 {
            lab.domctl(.irqPermission, 1) { call in
                call.set(5 as UInt32, at: 16)
                call.set(allows, at: 20)
            }
        }
        #expect(permit(0) == 0)
        #expect(bind(5) == -1)
        #expect(permit(1) == 0)
        #expect(bind(5) == 0)
        #expect(lab.violations == [])
    }

    @Test func anInterruptIsOneThing() throws {
        let lab = try lab()
        lab.change(1) { $0.configuration.emulatedDevices = 1 << 9 }
        func message(_ number: UInt64) -> Int64 { lab.dm(.injectMessage) { $0.set(number << 12, at: 8) } }
        func map(_ line: Int32, _ number: Int32) -> Int64 {
            lab.physdev(.mapInterrupt, as: 1, size: 40) { call in
                call.set(Lab.own, at: 0)
                call.set(1 as UInt32, at: 4)
                call.set(line, at: 8)
                call.set(number, at: 12)
            }
        }
        // Who is not told by a vector has no use for it.
        #expect(map(4, 20) == -22)
        #expect(lab.hvmParameter(.setParameter, 1, 0, 2 << 56 | 0x30, as: 1) == 0)
        #expect(map(48, 20) == -22)
        #expect(map(4, 20) == 0)
        #expect(lab.state(1)?.deviceModel.emulatedInterrupts == [20: .line(4)])
        // A line is no message.
        #expect(message(20) == -22)
        #expect(message(21) == 0 && message(21) == 0)
        // Nor is a device's.
        #expect(lab.mapInterrupt(5, to: 1) == 0)
        #expect(lab.event(.bindPhysicalInterrupt, as: 1) { $0.set(5 as UInt32, at: 0) } == 0)
        #expect(message(5) == -22)
        #expect(lab.close(1, as: 1) == 0)
        #expect(message(5) == 0)
        #expect(lab.unmapInterrupt(20, of: Lab.own, as: 1) == 0)
        #expect(message(20) == 0)
        #expect(lab.violations == [])
    }
}
