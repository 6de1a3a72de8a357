import Flask
import Synchronization
import TestSupport
import Testing

@testable import Hypervisor

/// The FIFO interface: control blocks, event words, queues.
@Suite struct EventQueueTests {
    private func control(_ lab: Lab, _ processor: UInt32 = 0, frame: UInt64 = 0, offset: UInt32 = 0) -> Int64 {
        lab.event(.initializeControl, as: 1) { call in
            call.set(frame, at: 0)
            call.set(offset, at: 8)
            call.set(processor, at: 12)
        }
    }

    private func expand(_ lab: Lab, _ frame: UInt64) -> Int64 {
        lab.event(.expandArray, as: 1) { $0.set(frame, at: 0) }
    }

    private func priority(_ lab: Lab, _ port: UInt32, _ priority: UInt32) -> Int64 {
        lab.event(.setPriority, as: 1) { call in
            call.set(port, at: 0)
            call.set(priority, at: 4)
        }
    }

    /// A guest with pages and some channels to dom0, whose ports are the same numbers at both ends.
    private func lab(ports: Int64 = 4) throws -> (Lab, SharedMemory) {
        let lab = try Lab()
        try lab.createDomain(processors: 2)
        let memory = try lab.givePages(1)
        for port in 1...ports {
            try #require(lab.unbound(remote: 0, as: 1) == port)
            try #require(lab.bind(remote: 1, port) == port)
        }
        return (lab, memory)
    }

    @Test func errorsComeInXensOrder() throws {
        let (lab, _) = try lab()
        #expect(expand(lab, 1) == -95)
        #expect(priority(lab, 1, 0) == -38)
        #expect(priority(lab, 64, 0) == -22)
        #expect(control(lab, 2) == -2)
        #expect(control(lab, offset: 4_025) == -22)
        #expect(control(lab, offset: 4) == -22)
        #expect(control(lab, frame: 64) == -22)
        // One that failed changes nothing.
        #expect(expand(lab, 1) == -95)
        #expect(control(lab, frame: 0, offset: 4_024) == 0)
        #expect(lab.answer(24).byte(at: 16) == 17)
        #expect(control(lab, frame: 1) == -22)
        #expect(control(lab, 1, frame: 1) == 0)
        #expect(expand(lab, 64) == -22)
        #expect(expand(lab, 2) == 0)
        #expect(priority(lab, 5, 0) == -13)
        #expect(priority(lab, 1, 16) == -22)
        #expect(priority(lab, 1, 15) == 0)
    }

    @Test func anEventIsLinkedBehindTheLast() throws {
        let (lab, memory) = try lab()
        #expect(control(lab) == 0 && expand(lab, 1) == 0)
        #expect(lab.send(2) == 0)
        // Ready: queue 7. Its head is port 2, whose word is pending and linked.
        #expect(memory.load32(at: 0) == 1 << 7)
        #expect(memory.load32(at: 8 + 7 * 4) == 2)
        #expect(memory.load32(at: 4_096 + 8) == 0xa000_0000)
        #expect(lab.send(3) == 0)
        #expect(memory.load32(at: 4_096 + 8) == 0xa000_0003)
        #expect(memory.load32(at: 8 + 7 * 4) == 2)
        // Again: nothing changes.
        #expect(lab.send(2) == 0)
        #expect(memory.load32(at: 4_096 + 8) == 0xa000_0003)
        // Masked: pending, not linked; then another queue.
        memory.store(1 << 30 as UInt32, at: 4_096 + 4)
        #expect(priority(lab, 1, 2) == 0)
        #expect(lab.send(1) == 0)
        #expect(memory.load32(at: 4_096 + 4) == 0xc000_0000)
        #expect(lab.event(.unmask, as: 1) { $0.set(1 as UInt32, at: 0) } == 0)
        #expect(memory.load32(at: 4_096 + 4) == 0xa000_0000)
        #expect(memory.load32(at: 0) == 1 << 7 | 1 << 2)
        #expect(memory.load32(at: 8 + 2 * 4) == 1)
        // The processor is told in the page of both interfaces.
        #expect(lab.sharedInfo(1)?.load64(at: 0) == 1)
    }

    @Test func eventsWaitForTheirPage() throws {
        let (lab, memory) = try lab()
        // One waits in the other interface, one comes between.
        #expect(lab.send(1) == 0)
        #expect(control(lab) == 0)
        #expect(lab.send(2) == 0)
        #expect(expand(lab, 1) == 0)
        #expect(memory.load32(at: 4_096 + 4) == 0xa000_0002)
        #expect(memory.load32(at: 4_096 + 8) == 0xa000_0000)
        #expect(memory.load32(at: 4_096 + 12) == 0)
    }

    @Test func aPortThatIsLinkedIsNotGivenAgain() throws {
        let (lab, memory) = try lab()
        #expect(control(lab) == 0 && expand(lab, 1) == 0)
        #expect(lab.send(2) == 0)
        #expect(lab.close(2, as: 1) == 0)
        #expect(memory.load32(at: 4_096 + 8) == 0x2000_0000)
        #expect(lab.unbound(remote: 0, as: 1) == 5)
        memory.store(0 as UInt32, at: 4_096 + 8)
        #expect(lab.unbound(remote: 0, as: 1) == 2)
        #expect(lab.violations == [])
    }

    @Test func aResetGoesBackToTheOtherInterface() throws {
        let (lab, _) = try lab()
        #expect(control(lab) == 0 && expand(lab, 1) == 0)
        #expect(lab.event(.reset, as: 1) { $0.set(Lab.own, at: 0) } == 0)
        #expect(expand(lab, 1) == -95)
        #expect(control(lab) == 0)
    }

    /// The guest writes what it likes to its words and blocks, and does what it likes.
    @Test(arguments: RandomTest.numbers(3)) func hostileGuestsHarmThemselves(_ seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let (lab, memory) = try lab()
        for _ in 0..<3_000 {
            if random.percent(30) { memory.store(UInt32(truncatingIfNeeded: random.next()), at: random.below(16 * 1_024) * 4) }
            let domain: UInt16 = random.percent(70) ? 1 : 0
            let resets = random.percent(1)
            let command = random.pick(EventChannelCommand.allCases.filter { resets || $0 != .reset && $0 != .continueReset })
            let result = lab.event(command, as: domain) { call in
                for offset in stride(from: 0, to: command.size - 3, by: 4) {
                    call.set(UInt32(random.percent(90) ? random.below(9) : Int(random.next() >> 33)), at: offset)
                }
                if command == .allocateUnbound || command == .status || command == .bindInterdomain {
                    call.set(random.pick([0, 1, Lab.own, 5] as [UInt16]), at: 0)
                    if command == .allocateUnbound { call.set(random.pick([0, 1, Lab.own, 5] as [UInt16]), at: 2) }
                }
                if command == .expandArray || command == .initializeControl { call.set(UInt64(random.below(18)), at: 0) }
            }
            #expect(result <= 0 && result > -200, "seed \(seed)")
        }
        #expect(lab.violations == [], "seed \(seed)")
        #expect(lab.domctl(.destroyDomain, 1) == 0)
        #expect(lab.violations == [], "seed \(seed)")
    }

    /// Threads that bind, send and close at once: both ends stay each other's, and everybody who listens is told.
    @Test func channelsStaySoundUnderThreads() async throws {
        let lab = try Lab()
        try lab.createDomain()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let listener = CountingListener()
                    let (dom0, guest) = (lab.client(0), lab.client(1))
                    for _ in 0..<200 {
                        guard let port = try? dom0.bindUnbound(remote: 1, listener: listener),
                            let other = try? guest.bindInterdomain(remote: 0, port: port, listener: listener)
                        else { continue }
                        try? guest.notify(other)
                        #expect(listener.take().contains(port))
                        try? guest.unbind(other)
                        try? dom0.unbind(port)
                    }
                }
            }
        }
        #expect(lab.violations == [])
        #expect(lab.hypervisor.machine.withLock { $0.domains.values.allSatisfy { $0.events.activeCount == 0 } })
    }
}
