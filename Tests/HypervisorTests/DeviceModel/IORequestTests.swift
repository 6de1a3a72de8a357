import Flask
import Synchronization
import TestSupport
import Testing

@testable import Hypervisor

/// Accesses on their way to an emulator and back: a script plays the guest's processor.
@Suite struct IORequestTests {
    /// A guest, and a server that is enabled, all of whose ports dom0 has bound.
    private struct Bench {
        let lab: Lab
        let domain: Domain
        /// The ring, and the page of requests.
        let ring: SharedPage
        let page: SharedPage
        let emulator = CountingListener()
        /// Dom0's ports to processor 0 and to the ring.
        let port: UInt32
        let ringPort: UInt32

        init(buffering: UInt8 = 2) throws {
            lab = try Lab()
            try lab.createDomain(processors: 2)
            domain = try #require(lab.hypervisor.domain(1))
            try #require(lab.createServer(buffering: buffering) == 0)
            let pages = try lab.pages()
            (ring, page) = (pages[0], pages[1])
            try #require(lab.setServer(0, enabled: true) == 0)
            port = try lab.client(0).bindInterdomain(
                remote: 1, port: page.memory.load32(at: page.offset + 24) ?? 0, listener: emulator)
            ringPort = try lab.client(0).bindInterdomain(remote: 1, port: 2, listener: emulator)
            try #require(emulator.take() == [port, ringPort])
            try #require(lab.range(.mapRange, 0, 0, 0x3f8, 0x3ff) == 0)
            try #require(lab.range(.mapRange, 0, 1, 0xf000_0000, 0xf000_ffff) == 0)
            try #require(lab.range(.mapRange, 0, 2, 0x18, 0x18) == 0)
        }

        func send(_ request: IORequest, processor: UInt32 = 0, isBuffered: Bool = false) throws -> IOStatus {
            try lab.hypervisor.send(request, to: domain, processor: processor, isBuffered: isBuffered)
        }

        func complete(_ request: IORequest) throws -> IOCompletion { try lab.hypervisor.complete(request, for: domain) }

        var state: UInt32 { IORequest.state(page.memory.load32(at: page.offset + 28) ?? .max) }

        func set(state: UInt32) {
            let word = page.memory.load32(at: page.offset + 28) ?? 0
            page.memory.store(word & ~(0xf << 16) | state << 16, at: page.offset + 28)
        }

        var shutdownCode: UInt8? { lab.hypervisor.machine.withLock { $0.domains[1]?.shutdownCode } }
    }

    private let read = IORequest(address: 0x3f8, size: 1, isRead: true)

    @Test func anAccessIsAnswered() throws {
        let bench = try Bench()
        let waiter = CountingListener()
        try bench.lab.hypervisor.setWaiter(waiter, bench.domain, processor: 0)
        #expect(try bench.send(read) == .waits)
        #expect(bench.emulator.take() == [bench.port])
        // 32 bytes: address, data, count, size, port, state 1 with the direction, type 0.
        var expected = ABIStructure(size: 32)
        expected.set(0x3f8 as UInt64, at: 0)
        expected.set(1 as UInt32, at: 16)
        expected.set(1 as UInt32, at: 20)
        expected.set(1 as UInt32, at: 24)
        expected.set(0x21 as UInt8, at: 30)
        #expect(bench.page.memory.read(32, at: bench.page.offset) == expected.bytes)
        #expect(try bench.complete(read) == .waits)
        bench.set(state: 2)
        #expect(try bench.complete(read) == .waits)
        bench.page.memory.store(0x5a as UInt64, at: bench.page.offset + 8)
        bench.set(state: 3)
        try bench.lab.client(0).notify(bench.port)
        #expect(waiter.take() == [1])
        #expect(try bench.complete(read) == .done(0x5a))
        #expect(bench.state == 0)
        // Nothing is waited for any more.
        #expect(try bench.complete(read) == .done(.max))
        #expect(bench.shutdownCode == nil)
    }

    @Test func whoGoesAwayAnswersWithAllOnes() throws {
        let bench = try Bench()
        _ = try bench.send(read)
        bench.set(state: 0)
        #expect(try bench.complete(read) == .done(.max))
        _ = try bench.send(read)
        #expect(bench.lab.dm(.destroyServer) == 0)
        #expect(try bench.complete(read) == .done(.max))
        #expect(try bench.send(read) == .unhandled)
    }

    /// XSA-262: an emulator that goes to and fro must not hold a processor for ever.
    @Test(arguments: [[2, 1], [1, 2, 1], [4], [15], [2, 7]] as [[UInt32]])
    func xsa262AStateThatGoesBackCrashesTheDomain(_ states: [UInt32]) throws {
        let bench = try Bench()
        _ = try bench.send(read)
        var last = IOCompletion.waits
        for state in states {
            bench.set(state: state)
            last = try bench.complete(read)
        }
        #expect(last == .crashed)
        #expect(bench.shutdownCode == 3)
        #expect(try bench.complete(read) == .done(.max))
    }

    /// XSA-166: what is looked at once cannot change between two looks. Of all orders of states, each ends.
    @Test(arguments: RandomTest.numbers(2)) func xsa166EveryOrderOfStatesEnds(_ seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let bench = try Bench()
        for _ in 0..<500 {
            bench.set(state: 0)
            bench.page.memory.store(1 as UInt32, at: bench.page.offset + 24)
            bench.lab.hypervisor.machine.withLock { $0.domains[1]?.shutdownCode = nil }
            #expect(try bench.send(read) == .waits)
            var changes = 0
            var seen: UInt32 = 1
            while try bench.complete(read) == .waits {
                let state = UInt32(random.below(16))
                if state != seen { changes += 1 }
                seen = state
                bench.set(state: state)
            }
            #expect(changes <= 3, "seed \(seed)")
        }
    }

    @Test func whatTheEmulatorChangedIsNotSentBy() throws {
        let bench = try Bench()
        bench.set(state: 2)
        #expect(try bench.send(read) == .unhandled)
        bench.set(state: 0)
        bench.page.memory.store(7 as UInt32, at: bench.page.offset + 24)
        #expect(try bench.send(read) == .unhandled)
        bench.page.memory.store(1 as UInt32, at: bench.page.offset + 24)
        #expect(try bench.send(read) == .waits)
        #expect(try bench.send(read, processor: 2) == .unhandled)
    }

    @Test func theWholeAccessMustBeInOneRange() throws {
        let bench = try Bench()
        #expect(try bench.send(IORequest(address: 0x3ff, size: 1)) == .waits)
        bench.set(state: 0)
        #expect(try bench.send(IORequest(address: 0x3ff, size: 2)) == .unhandled)
        #expect(try bench.send(IORequest(address: .max, size: 2)) == .unhandled)
        let up = IORequest(kind: .memory, address: 0xf000_fff0, count: 4, size: 4)
        #expect(try bench.send(up) == .waits)
        bench.set(state: 0)
        #expect(try bench.send(IORequest(kind: .memory, address: 0xf000_fff0, count: 5, size: 4)) == .unhandled)
        #expect(try bench.send(IORequest(kind: .memory, address: 0xf000_000c, count: 4, size: 4, goesDown: true)) == .waits)
        bench.set(state: 0)
        #expect(try bench.send(IORequest(kind: .memory, address: 0xf000_0008, count: 4, size: 4, goesDown: true)) == .unhandled)
        #expect(bench.lab.setServer(0, enabled: false) == 0)
        #expect(try bench.send(read) == .unhandled)
    }

    @Test func theNewestServerIsAskedFirst() throws {
        let bench = try Bench()
        try #require(bench.lab.createServer() == 1)
        try #require(bench.lab.range(.mapRange, 1, 0, 0x3f8, 0x3f8) == 0)
        let page = try bench.lab.pages(1)[1]
        // One that is not enabled is not asked.
        #expect(try bench.send(read) == .waits)
        #expect(bench.state == 1)
        bench.set(state: 0)
        try #require(bench.lab.setServer(1, enabled: true) == 0)
        #expect(try bench.send(read) == .waits)
        #expect(bench.state == 0)
        #expect(IORequest.state(page.memory.load32(at: page.offset + 28) ?? 0) == 1)
    }

    @Test func configurationGoesToTheDevice() throws {
        let bench = try Bench()
        let access = IORequest(address: 0xcfe, size: 2, isRead: true)
        #expect(try bench.send(access) == .unhandled)
        // Bus 0, device 3, function 0, register 0x40.
        try bench.lab.hypervisor.setConfigurationAddress(0x8000_1840, bench.domain)
        #expect(try bench.send(access) == .waits)
        #expect(bench.page.memory.load64(at: bench.page.offset) == 0x18_0000_0042)
        #expect(bench.page.memory.read(1, at: bench.page.offset + 31) == [2])
        bench.set(state: 0)
        try bench.lab.hypervisor.setConfigurationAddress(0x8000_1940, bench.domain)
        #expect(try bench.send(access) == .unhandled)
        try bench.lab.hypervisor.setConfigurationAddress(0x1840, bench.domain)
        #expect(try bench.send(access) == .unhandled)
    }

    // MARK: The ring

    private let write = IORequest(address: 0x3f8, data: 0x1122_3344_5566_7788, size: 4)

    @Test func theRingTakesWhatFits() throws {
        let bench = try Bench()
        #expect(try bench.send(write, isBuffered: true) == .handled)
        #expect(bench.emulator.take() == [bench.ringPort])
        #expect(bench.ring.memory.load64(at: 0) == 1 << 32)
        #expect(bench.ring.memory.load64(at: 8) == 0x5566_7788_003f_8800)
        // Eight bytes take two places.
        #expect(try bench.send(IORequest(address: 0x3f8, data: 0x1_0000_0002, size: 8), isBuffered: true) == .handled)
        #expect(bench.ring.memory.load64(at: 0) == 3 << 32)
        #expect((bench.ring.memory.load32(at: 20), bench.ring.memory.load32(at: 28)) == (2, 1))
        for request in [
            IORequest(address: 0x3f8, size: 3), IORequest(address: 0x3f8, count: 2, size: 1),
            IORequest(kind: .memory, address: 0xf000_0000, size: 4), IORequest(address: 0x3f8, size: 4, isDataPointer: true),
        ] { #expect(try bench.send(request, isBuffered: true) == .unhandled) }
    }

    @Test func aFullRingTakesNothing() throws {
        let bench = try Bench()
        for _ in 0..<510 { #expect(try bench.send(write, isBuffered: true) == .handled) }
        #expect(try bench.send(IORequest(address: 0x3f8, size: 8), isBuffered: true) == .unhandled)
        #expect(try bench.send(write, isBuffered: true) == .handled)
        #expect(try bench.send(write, isBuffered: true) == .unhandled)
        // The emulator reads all: pointers begin anew.
        bench.ring.memory.store(511 as UInt32, at: 0)
        #expect(try bench.send(write, isBuffered: true) == .handled)
        #expect(bench.ring.memory.load64(at: 0) == 1 << 32)
    }

    @Test func pointersThatLieDoNoHarm() throws {
        let bench = try Bench()
        var random = SplitMix64(seed: 5)
        for _ in 0..<1_000 {
            bench.ring.memory.store(random.next() >> UInt64(random.below(64)), at: 0)
            _ = try bench.send(write, isBuffered: true)
            // The ring's page is the first: nothing was written behind it.
            #expect(bench.ring.memory.load64(at: 4_096) == 0)
        }
        bench.ring.memory.store(0xffff_ffff_ffff_ffff as UInt64, at: 0)
        #expect(try bench.send(write, isBuffered: true) == .handled)
    }

    @Test func withoutARingNothingIsBuffered() throws {
        let lab = try Lab()
        try lab.createDomain()
        _ = lab.createServer(buffering: 0)
        _ = try lab.pages(frame: 1, count: 1)
        _ = lab.setServer(0, enabled: true)
        _ = lab.range(.mapRange, 0, 0, 0, 100)
        let domain = try #require(lab.hypervisor.domain(1))
        #expect(try lab.hypervisor.send(IORequest(address: 1), to: domain, isBuffered: true) == .unhandled)
    }

    @Test func allAreToldToForget() throws {
        let bench = try Bench()
        let forget = IORequest(kind: .invalidate, address: 0, data: .max)
        #expect(try bench.lab.hypervisor.broadcast(forget, to: bench.domain) == 0)
        #expect(bench.page.memory.read(1, at: bench.page.offset + 31) == [8])
        #expect(try bench.lab.hypervisor.broadcast(forget, to: bench.domain) == 1)
        #expect(try bench.send(forget) == .unhandled)
    }
}
