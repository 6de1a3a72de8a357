import Flask
import TestSupport
import Testing

@testable import Hypervisor

/// What control software does to a domain is done to all that the domain has.
@Suite struct ControlJoinTests {
    private func lab() throws -> Lab {
        let lab = try Lab(Lab.policy(), ArgoCases.configure)
        try lab.createDomain()
        try lab.givePages(1)
        return lab
    }

    // MARK: Frames of ioreq servers

    @Test func parametersSayWhichFramesServersHave() throws {
        let lab = try lab()
        #expect(lab.createServer() == 0 && lab.createServer(buffering: 0) == 1)
        #expect(lab.hvmParameter(.setParameter, 1, 32, 10) == 0)
        #expect(lab.hvmParameter(.setParameter, 1, 33, 3) == 0)
        func frames(_ server: UInt16) -> (Int64, UInt64, UInt64) {
            let result = lab.dm(.getServerInfo) { $0.set(server, at: 0) }
            return (result, lab.dmAnswer(.getServerInfo).word64(at: 8), lab.dmAnswer(.getServerInfo).word64(at: 16))
        }
        #expect(frames(0) == (0, 10, 11))
        #expect(frames(1) == (0, 12, 0))
        // As long as it is enabled the guest cannot touch what is between it and its emulator.
        let page = try #require(lab.state(1)?.memory.lookUp(10))
        _ = page.memory.store(7 as UInt32, at: page.offset)
        let total = lab.state(1)?.totalPages
        #expect(lab.setServer(0, enabled: true) == 0)
        #expect((lab.type(10), lab.type(11)) == (.hole, .hole))
        #expect(page.memory.load32(at: page.offset) == 0)
        #expect(page.memory.load32(at: page.offset + 24) == 1)
        #expect(lab.violations == [])
        // The guest puts memory there: it gets its page back, and what it put there stays its own.
        #expect(lab.reservation(.populatePhysmap, 1, [10]) == 1)
        #expect(lab.setServer(0, enabled: false) == 0)
        #expect(lab.state(1)?.memory.lookUp(10)?.offset == page.offset)
        #expect(lab.state(1)?.totalPages == total.map { $0 + 1 })
        #expect(lab.violations == [])
        #expect(lab.setServer(0, enabled: true) == 0)
        #expect(lab.dm(.destroyServer) == 0)
        #expect((lab.type(10), lab.type(11)) == (.memory, .memory))
        #expect(lab.violations == [])
        #expect(lab.createServer() == 0 && frames(0) == (0, 10, 11))
    }

    @Test func aGuestThatMovesAServersFrameCrashes() throws {
        let lab = try lab()
        #expect(lab.createServer(buffering: 0) == 0)
        #expect(lab.hvmParameter(.setParameter, 1, 32, 10) == 0 && lab.hvmParameter(.setParameter, 1, 33, 1) == 0)
        #expect(lab.dm(.getServerInfo) == 0)
        lab.change(1) { state in
            try? state.moveMemory(10, to: 100)
            try? state.moveMemory(11, to: 10)
        }
        #expect(lab.setServer(0, enabled: true) == 0)
        #expect(lab.state(1)?.shutdownCode == ShutdownReason.crash)
        #expect(lab.dm(.destroyServer) == 0)
        #expect(lab.violations == [])
    }

    /// Xen takes one of the two older frames that is in use, or that nobody has named, for one that is free.
    @Test(arguments: [false, true]) func olderFramesAreTakenWhenTheyAreFree(_ isStrict: Bool) throws {
        let lab = try Lab(Lab.policy()) { $0.isStrict = isStrict }
        try lab.createDomain()
        try lab.givePages(1)
        #expect(lab.createServer(buffering: 0) == 0 && lab.createServer(buffering: 0) == 1)
        func frame(_ server: UInt16) -> Int64 {
            let result = lab.dm(.getServerInfo) { $0.set(server, at: 0) }
            return result == 0 ? Int64(lab.dmAnswer(.getServerInfo).word64(at: 8)) : result
        }
        #expect(frame(0) == (isStrict ? -12 : 0))
        #expect(lab.hvmParameter(.setParameter, 1, 5, 20) == 0 && lab.hvmParameter(.setParameter, 1, 6, 21) == 0)
        #expect(frame(1) == (isStrict ? 20 : -12))
        #expect(frame(1) == 20)
        #expect(lab.violations == [])
    }

    // MARK: Who listens

    @Test func aListenerHasARingAndAPort() throws {
        let lab = try lab()
        func operate(_ operation: UInt32) -> Int64 {
            lab.domctl(.eventMonitor, 1) { call in
                call.set(operation, at: 16)
                call.set(2 as UInt32, at: 20)
            }
        }
        #expect(operate(0) == -95 && operate(1) == -22 && operate(2) == -19)
        #expect(lab.hvmParameter(.setParameter, 1, HVMParameter.monitorRingFrame.rawValue, 900) == 0)
        #expect(operate(0) == -22)
        let port = try lab.monitor(1, frame: 9)
        #expect(operate(0) == -16)
        let page = try #require(lab.state(1)?.memory.lookUp(9))
        #expect([0, 4, 8, 12].map { page.memory.load32(at: page.offset + $0) } == [0, 1, 0, 1])
        // The listener may restrict memory, and takes what it is told of by its own end of the channel.
        var access = ABIStructure(size: 32)
        access.set(1 as UInt16, at: 2)
        access.set(4 as UInt8, at: 1)
        access.set(1 as UInt32, at: 4)
        #expect(lab.memoryOp(.access, access) == 0)
        let own = lab.bind(remote: 1, Int64(port))
        #expect(own > 0)
        page.memory.store(0xffff_ffff as UInt32, at: page.offset + 8)
        #expect(lab.send(own) == 0)
        #expect(page.memory.load32(at: page.offset + 12) == 0)
        #expect(operate(2) == 0)
        #expect(lab.reservation(.decreaseReservation, 1, [9]) == 1)
        #expect(lab.violations == [])
        #expect(operate(1) == 0)
        #expect(lab.memoryOp(.access, access) == -19)
        #expect(lab.state(1)?.memory.references == [:])
        #expect(lab.violations == [])
    }

    // MARK: Beginning anew

    @Test func aResetIsOfAllThatTheDomainHas() throws {
        let lab = try lab()
        try lab.createDomain("other")
        func reset() -> Int64 { lab.domctl(.softReset, 1) }
        #expect(reset() == -22)
        lab.change(1) { $0.shutdownCode = 5 }
        // Nobody has paused it.
        #expect(reset() == -22)
        #expect(lab.unbound(remote: 0, as: 1) == 1)
        #expect(lab.createServer(buffering: 0) == 0)
        #expect(lab.event(.initializeControl, as: 1) { $0.set(4 as UInt64, at: 0) } == 0)
        #expect(lab.registerRing(port: 5, partner: 2, frame: 6, as: 1) == 0)
        lab.grant(9, of: 1, to: 0, frame: 3)
        _ = try lab.mapGrant(9, of: 1).get()
        var call = ABIStructure(size: 24)
        call.set(1 as UInt16, at: 0)
        call.set(7 as UInt64, at: 16)
        #expect(lab.memoryOp(.addToPhysmap, call) == 0)
        let total = lab.state(1)?.totalPages ?? 0
        _ = lab.takeLines()
        #expect(lab.domctl(.pauseDomain, 1) == 0 && reset() == 0)
        let state = try #require(lab.state(1))
        #expect(state.events.queues == nil && state.argo.rings.isEmpty && state.shutdownCode == nil)
        // What the hypervisor waits at stays, and so do grants, of which the console is told.
        #expect(state.events.activeCount == 1 && state.events.xenCount == 1)
        #expect(state.grants.active[9] != nil)
        let frame = Machine.machineFrame(state.grants.active[9]?.number ?? 0, of: state.domain.number)
        #expect(lab.takeLines() == ["d1 has active grant 9 (MFN: 0x\(String(frame, radix: 16)))"])
        // Where events were told there is memory.
        #expect(state.memory.special[7] == nil && state.memory.type(of: 7) == .memory)
        #expect(state.totalPages == total + 1)
        #expect(lab.violations == [])
    }

    @Test func whoIsNotInHardwareCrashesByAReset() throws {
        let lab = try Lab()
        try lab.createDomain(isHVM: false)
        lab.change(1) { $0.shutdownCode = 5 }
        #expect(lab.domctl(.pauseDomain, 1) == 0)
        #expect(lab.domctl(.softReset, 1) == -22)
        #expect(lab.state(1)?.shutdownCode == ShutdownReason.crash)
    }

    // MARK: Debuggers

    private func debug(_ lab: Lab, _ address: UInt64, _ size: UInt32, writes: Bool, table: UInt64 = 0, buffer: UInt64 = Lab.buffer) -> Int64 {
        lab.domctl(.debuggerMemory, 1) { call in
            call.set(table, at: 16)
            call.set(address, at: 24)
            call.set(buffer, at: 32)
            call.set(size, at: 40)
            call.set(writes ? 1 : 0 as UInt8, at: 44)
            call.set(9 as UInt32, at: 48)
        }
    }

    @Test func aDebuggerReadsAndWritesTheGuestsMemory() throws {
        let lab = try lab()
        let domain = try #require(lab.hypervisor.domain(1))
        lab.change(1) { $0.memory.log.enable() }
        _ = lab.memory.write([1, 2, 3, 4], at: Lab.buffer)
        #expect(debug(lab, 0x2ffe, 4, writes: true) == 0)
        #expect(lab.answer(144).word32(at: 48) == 0)
        #expect(try lab.hypervisor.readGuest(domain, 4, at: 0x2ffe) == [1, 2, 3, 4])
        #expect(lab.state(1).map { state in (0..<64).filter { state.memory.log.contains($0) } } == [2, 3])
        #expect(debug(lab, 0x2fff, 2, writes: false, buffer: Lab.buffer + 64) == 0)
        #expect(lab.memory.read(2, at: Lab.buffer + 64) == [2, 3])
        // What is read before a hole is there, and the structure says nothing.
        #expect(debug(lab, 0x3fffe, 4, writes: false) == -14)
        #expect(lab.answer(144).word32(at: 48) == 9)
        #expect(debug(lab, .max - 1, 4, writes: false) == -14)
        #expect(debug(lab, 0, 0, writes: false) == 0)
        // A processor that translates addresses is not followed.
        var record = ABIStructure(size: 1_032)
        record.set(1 << 31 as UInt64, at: 656)
        let data = record.bytes
        lab.change(1) { $0.control.hardware = [.init(type: 2, instance: 0, data: data)] }
        #expect(debug(lab, 0x2ffe, 4, writes: false) == -14)
    }

    @Test func aDebuggerWalksTablesOfTheGuest() throws {
        let lab = try Lab()
        try lab.createDomain(isHVM: false)
        #expect(lab.domctl(.maximumMemory, 1) { $0.set(64 as UInt64, at: 16) } == 0)
        let frames = lab.takeFrames(1, 6)
        try #require(frames.count == 6)
        let domain = try #require(lab.hypervisor.domain(1))
        func put(_ table: Int, _ index: UInt64, _ target: Int, flags: UInt64 = 1) throws {
            var entry = ABIStructure(size: 8)
            entry.set(frames[target] << 12 | flags, at: 0)
            try lab.hypervisor.writeGuest(domain, entry.bytes, at: frames[table] << 12 + index * 8)
        }
        // Four tables, and two pages behind them.
        let address: UInt64 = 3 << 39 | 5 << 30 | 7 << 21 | 9 << 12
        try put(0, 3, 1)
        try put(1, 5, 2)
        try put(2, 7, 3)
        try put(3, 9, 4)
        try put(3, 10, 5, flags: 0)
        var context = ABIStructure(size: Hypervisor.processorContextSize)
        context.set(frames[0] << 12, at: 4_984 + 24)
        let bytes = context.bytes
        lab.change(1) { $0.processors[0].context = bytes }
        try lab.hypervisor.writeGuest(domain, [8, 9], at: frames[4] << 12 + 16)
        #expect(debug(lab, address + 16, 2, writes: false) == 0)
        #expect(lab.memory.read(2, at: Lab.buffer) == [8, 9])
        #expect(debug(lab, address + 4_095, 2, writes: false) == -14)
        // From the second level on, by an entry that the debugger knows.
        #expect(debug(lab, address + 17, 1, writes: false, table: frames[2] << 12 | 1) == 0)
        #expect(lab.memory.read(1, at: Lab.buffer) == [9])
        #expect(debug(lab, address, 1, writes: false, table: 1 << 60) == -14)
    }

    // MARK: Messages

    @Test func messagesLieInTheGuestsMemory() throws {
        let lab = try lab()
        try lab.createDomain("other")
        #expect(lab.event(.bindVirtualInterrupt, as: 1) { $0.set(VirtualInterrupt.argo.rawValue, at: 0) } == 0)
        #expect(lab.event(.bindVirtualInterrupt, as: 2) { $0.set(VirtualInterrupt.argo.rawValue, at: 0) } == 0)
        #expect(lab.registerRing(port: 5, partner: 2, frame: 900, as: 1) == -22)
        #expect(lab.registerRing(port: 5, partner: 2, length: 5_008, frame: 8, as: 1) == 0)
        #expect(lab.sendMessage("in memory", toPort: 5, of: 1, as: 2) == 9)
        #expect(lab.isPending(1, in: 1))
        let domain = try #require(lab.hypervisor.domain(1))
        #expect(try lab.hypervisor.readGuest(domain, 9, at: 8 << 12 + 64 + 16) == Array("in memory".utf8))
        // Until the guest has read it, it takes room; who waits for room is told when the guest says so.
        #expect(lab.askForRoom(4_976, atPort: 5, of: 1, as: 2) == 0)
        #expect(lab.answer(28).word16(at: 16) == 1)
        #expect(!lab.isPending(1, in: 2))
        #expect(lab.takeMessages(of: 1, frame: 8, length: 5_008).map(\.data) == [Array("in memory".utf8)])
        #expect(lab.call(.argo, [ArgoCommand.notify.rawValue, 0, 0, 0, 0], as: 1) == 0)
        #expect(lab.isPending(1, in: 2))
        // It gives the memory back: the ring keeps it.
        let total = lab.state(1)?.totalPages
        #expect(lab.reservation(.decreaseReservation, 1, [8, 9]) == 2)
        #expect(lab.state(1)?.totalPages == total && lab.violations == [])
        #expect(lab.sendMessage("kept", toPort: 5, of: 1, as: 2) == 4)
        #expect(lab.unregisterRing(port: 5, partner: 2, as: 1) == 0)
        #expect(lab.state(1)?.totalPages == total.map { $0 - 2 } && lab.violations == [])
    }

    @Test func aRingWhoseMemoryIsWatchedCannotBe() throws {
        let lab = try lab()
        try lab.createDomain("other")
        #expect(lab.registerRing(port: 5, partner: 2, frame: 8, as: 1) == 0)
        lab.change(1) { $0.memory.log.enable() }
        // As in Xen it is gone when it was there before.
        #expect(lab.registerRing(port: 5, partner: 2, frame: 8, as: 1) == -11)
        #expect(lab.sendMessage("text", toPort: 5, of: 1, as: 2) == -111)
        #expect(lab.violations == [])
    }

    /// Whatever the receiver writes into the ring's header, nothing is written outside the ring.
    @Test(arguments: RandomTest.numbers(2)) func pointersThatLieDoNoHarm(_ seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let lab = try lab()
        try lab.createDomain("other")
        let page = try #require(lab.state(1)?.memory.lookUp(8))
        for _ in 0..<500 {
            if random.percent(10) { _ = lab.registerRing(port: 5, partner: 2, length: 512, frame: 8, as: 1) }
            page.memory.store(UInt32(truncatingIfNeeded: random.next() >> UInt64(random.below(64))), at: page.offset)
            if random.percent(30) {
                page.memory.store(UInt32(truncatingIfNeeded: random.next() >> UInt64(random.below(64))), at: page.offset + 4)
            }
            let result = lab.sendMessage(
                String(repeating: "x", count: random.below(600)), toPort: 5, of: 1, as: 2)
            #expect(result >= -111, "seed \(seed)")
        }
        let rest = page.memory.read(4_096 - 64 - 512, at: page.offset + 64 + 512)
        #expect(rest?.allSatisfy { $0 == 0 } == true, "seed \(seed)")
        #expect(lab.violations == [], "seed \(seed)")
    }
}
