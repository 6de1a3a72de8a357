import Flask
import Synchronization
import Testing

@testable import Hypervisor

/// A page is one fact, whoever looks at it: the guest, its device model, whoever saves it, whoever was granted it.
@Suite struct MemoryJoinTests {
    private func lab() throws -> Lab {
        let lab = try Lab()
        try lab.createDomain()
        try lab.givePages(1)
        return lab
    }

    private func track(_ lab: Lab, _ first: UInt64) -> UInt8? {
        let result = lab.dm(.trackDirtyVideoMemory, second: 8) { call in
            call.set(8 as UInt32, at: 0)
            call.set(first, at: 8)
        }
        return result == 0 ? lab.memory.read(1, at: Lab.secondBuffer)?.first : nil
    }

    private func setType(_ lab: Lab, _ frame: UInt64, _ type: UInt16) -> Int64 {
        lab.dm(.setMemoryType) { call in
            call.set(1 as UInt32, at: 0)
            call.set(type, at: 4)
            call.set(frame, at: 8)
        }
    }

    private func log(_ lab: Lab, _ operation: ShadowOperation, _ domain: UInt16 = 1) -> Int64 {
        lab.domctl(.shadowOperation, domain) { call in
            call.set(operation.rawValue, at: 16)
            call.set(Lab.buffer, at: 32)
            call.set(64 as UInt64, at: 40)
        }
    }

    private func logged(_ lab: Lab) -> UInt64? {
        log(lab, .peek) == 0 ? ABIStructure(lab.memory.read(8, at: Lab.buffer) ?? []).word64(at: 0) : nil
    }

    @Test func whatAGrantCopyWritesIsSeenByTheScreenAndTheLog() throws {
        let lab = try lab()
        lab.grant(9, of: 1, to: 0, frame: 18)
        #expect(log(lab, .enableLogDirty) == 0)
        #expect(track(lab, 16) == 0xff && track(lab, 16) == 0)
        lab.grant(10, of: 1, to: 0, frame: 20)
        #expect(lab.copyGrant(from: (1, 10, true, 0), to: (1, 9, true, 0), length: 8) == 0)
        #expect(track(lab, 16) == 1 << 2)
        #expect(logged(lab) == 1 << 18)
        // One that was mapped to be written to is dirty when it is let go of, wherever the guest has it then.
        let handle = try lab.mapGrant(10, of: 1).get()
        lab.change(1) { try? $0.moveMemory(20, to: 21) }
        #expect(log(lab, .clean) == 0)
        #expect(lab.unmapGrant(handle) == 0)
        #expect(logged(lab) == 1 << 21)
        #expect(lab.violations == [])
    }

    @Test func theModelsNotesAreTheSaversLog() throws {
        let lab = try lab()
        var extent = ABIStructure(size: 16)
        extent.set(2 as UInt32, at: 0)
        extent.set(4 as UInt64, at: 8)
        func note() -> Int64 {
            _ = lab.memory.write(extent.bytes, at: Lab.secondBuffer)
            return lab.dm(.modifiedMemory, second: 16) { $0.set(1 as UInt32, at: 0) }
        }
        #expect(note() == 0)
        #expect(log(lab, .enableLogDirty) == 0)
        #expect(logged(lab) == 0)
        #expect(track(lab, 0) == 0xff)
        #expect(note() == 0)
        #expect(logged(lab) == 0b11_0000)
        // As in Xen the screen's account is of the guest's own writes.
        #expect(track(lab, 0) == 0)
        #expect(log(lab, .off) == 0)
        #expect(note() == 0 && log(lab, .enableLogDirty) == 0 && logged(lab) == 0)
    }

    @Test func aTypeIsTheSameForAll() throws {
        let lab = try lab()
        func type(_ frame: UInt64) -> UInt16 {
            var call = ABIStructure(size: 16)
            call.set(1 as UInt16, at: 0)
            call.set(frame, at: 8)
            _ = lab.memory.write(call.bytes, at: Lab.argument)
            #expect(lab.call(.hvm, [HVMCommand.getMemoryType.rawValue, Lab.argument]) == 0)
            return lab.answer(16).word16(at: 2)
        }
        _ = lab.createServer()
        #expect(lab.dm(.mapMemoryType) { call in
            call.set(4 as UInt16, at: 2)
            call.set(2 as UInt32, at: 4)
        } == 0)
        #expect(setType(lab, 5, 1) == 0 && setType(lab, 6, 4) == 0 && setType(lab, 7, 2) == 0)
        #expect([4, 5, 6, 7].map(type) == [0, 1, 4, 2])
        // What may only be read is not copied into, and what is not there is not granted.
        for (reference, frame) in [(9, 5), (10, 7)] as [(UInt32, UInt64)] { lab.grant(reference, of: 1, to: 0, frame: frame) }
        #expect(lab.mapGrant(10, of: 1) == .failure(.badPage))
        let domain = try #require(lab.hypervisor.domain(1))
        #expect(throws: XenErrorNumber.badAddress) { try lab.hypervisor.writeGuest(domain, [1], at: 5 << 12) }
        #expect(throws: XenErrorNumber.badAddress) { try lab.hypervisor.readGuest(domain, 1, at: 7 << 12) }
        // Memory of a server and a log do not go together.
        #expect(log(lab, .enableLogDirty) == -16)
        #expect(setType(lab, 6, 0) == 0)
        #expect(log(lab, .enableLogDirty) == 0)
        #expect(setType(lab, 6, 4) == -22)
        #expect(lab.violations == [])
    }

    @Test func somebodyElsesPageKeepsItsType() throws {
        let lab = try lab()
        try lab.createDomainWithMemory("other")
        lab.grant(9, of: 2, to: 1, frame: 3)
        _ = try lab.mapGrant(9, of: 2, at: 40 << 12, as: 1).get()
        #expect(setType(lab, 40, 1) == -22 && setType(lab, 40, 2) == -22)
        // Neither does it move, nor does memory come where it is.
        func move(_ source: UInt64, _ target: UInt64) -> Int64 {
            lab.dm(.relocateMemory) { call in
                call.set(1 as UInt32, at: 0)
                call.set(source, at: 8)
                call.set(target, at: 16)
            }
        }
        #expect(move(40, 100) == -22)
        #expect(move(3, 40) == -6)
        #expect(lab.violations == [])
    }

    @Test func memoryMovesAlsoToWhereItIs() throws {
        let lab = try lab()
        func move(_ source: UInt64, _ target: UInt64) -> Int64 {
            lab.dm(.relocateMemory) { call in
                call.set(1 as UInt32, at: 0)
                call.set(source, at: 8)
                call.set(target, at: 16)
            }
        }
        #expect(setType(lab, 5, 1) == 0 && lab.type(5) == .readOnlyMemory)
        // It is memory like any other then, as in Xen.
        #expect(move(5, 5) == 0 && lab.type(5) == .memory)
        let total = lab.state(1)?.totalPages ?? 0
        #expect(move(5, 6) == 0)
        #expect(lab.state(1)?.totalPages == total - 1)
        // Nor does it hide what a device has there.
        lab.change(1) { $0.resources.mappedMemory[8] = 0xfee00 }
        #expect(move(6, 8) == -1)
        lab.change(1) { $0.resources.mappedMemory = [:] }
        #expect(lab.violations == [])
    }

    /// Between areas: a check that cannot fail would be none.
    @Test func disagreementIsSeen() throws {
        let lab = try lab()
        lab.grant(9, of: 1, to: 0, frame: 3)
        _ = try lab.mapGrant(9, of: 1).get()
        #expect(lab.event(.initializeControl, as: 1) { $0.set(4 as UInt64, at: 0) } == 0)
        #expect(lab.violations == [])
        let changes: [(inout DomainState) -> Void] = [
            { state in
                _ = state.memory.setType(.claimedByServer, at: 9)
                state.memory.log.enable()
            },
            { $0.events.processorInfo[9] = ($0.heldPages[0], 0) },
            { $0.deviceModel.emulatedInterrupts = [1: .line(3), 2: .line(3)] },
            { $0.control.monitor.ring = MonitorRing(page: $0.heldPages[0], port: 1) },
            { state in
                guard let active = state.grants.active[9] else { return }
                let memory = state.memory.sharedInfo ?? active.page.memory
                let page = GuestPage(memory: memory, offset: active.page.offset + 4_096, isWritable: true)
                state.grants.active[9] = ActiveGrant(
                    holder: active.holder, page: page, number: active.number, frame: 3, hostWriters: 1)
            },
        ]
        let known = try #require(lab.state(1))
        for (index, change) in changes.enumerated() {
            var state = known
            change(&state)
            let changed = state
            let found = lab.hypervisor.machine.withLock { machine in
                var copy = machine
                copy.domains[1] = changed
                return copy.joinViolations
            }
            #expect(!found.isEmpty, "change \(index)")
        }
    }
}
