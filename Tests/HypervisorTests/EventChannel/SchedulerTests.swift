import Flask
import Synchronization
import Testing

@testable import Hypervisor

/// `sched_op`: shutting down, sleeping, watchdogs.
@Suite struct SchedulerTests {
    private func call(_ lab: Lab, _ command: SchedulerCommand, _ words: [UInt32], as domain: UInt16 = 1) -> Int64 {
        var call = ABIStructure(size: 24)
        for (index, word) in words.enumerated() { call.set(word, at: index * 4) }
        guard lab.memory.write(call.bytes, at: Lab.argument) else { return .min }
        return lab.call(.scheduler, [UInt64(command.rawValue), Lab.argument], as: domain)
    }

    private func state(_ lab: Lab) -> DomainState { lab.hypervisor.machine.withLock { $0.domains[1]! } }

    @Test func theFirstReasonStands() throws {
        let lab = try Lab()
        try lab.createDomain()
        let exceptions = CountingListener()
        let port = try lab.client(0).bindVirtualInterrupt(VirtualInterrupt.domainException.rawValue, listener: exceptions)
        #expect(call(lab, .shutdownCode, [4]) == 0)
        #expect(call(lab, .shutdownCode, [5]) == 0)
        #expect(state(lab).shutdownCode == nil)
        #expect(call(lab, .shutdown, [1]) == 0)
        #expect(state(lab).shutdownCode == 4)
        #expect(exceptions.take() == [port])
        #expect(call(lab, .remoteShutdown, [1, 3], as: 0) == 0)
        #expect(lab.dm(.remoteShutdown) { $0.set(0x103 as UInt32, at: 0) } == 0)
        #expect(state(lab).shutdownCode == 4)
        #expect(exceptions.take() == [])
        #expect(call(lab, .remoteShutdown, [9, 3], as: 0) == -3)
        #expect(call(lab, .remoteShutdown, [UInt32(Lab.own), 3], as: 0) == -3)
    }

    @Test func aReasonIsOneByte() throws {
        let lab = try Lab()
        try lab.createDomain()
        #expect(lab.dm(.remoteShutdown) { $0.set(0x103 as UInt32, at: 0) } == 0)
        #expect(state(lab).shutdownCode == 3)
    }

    @Test func whoSleepsIsWokenByItsEvent() throws {
        let lab = try Lab()
        try lab.createDomain()
        _ = lab.unbound(remote: 0, as: 1)
        _ = lab.unbound(remote: 0, as: 1)
        _ = (lab.bind(remote: 1, 1), lab.bind(remote: 1, 2))
        func poll(_ ports: [UInt32], count: UInt32? = nil) -> Int64 {
            var list = ABIStructure(size: 16)
            for (index, port) in ports.enumerated() { list.set(port, at: index * 4) }
            _ = lab.memory.write(list.bytes, at: Lab.buffer)
            return call(lab, .poll, [UInt32(Lab.buffer), 0, count ?? UInt32(ports.count)])
        }
        var sleeps: Bool { state(lab).processors[0].isBlocked }
        #expect(poll([], count: 129) == -22)
        #expect(poll([64]) == -22)
        #expect(call(lab, .poll, [0, 0, 1]) == -14)
        // For one port: another does not wake it.
        let page = try #require(lab.sharedInfo(1))
        page.formUnion(0b110, at: 2_560)
        #expect(poll([1]) == 0 && sleeps)
        #expect(lab.send(2) == 0 && sleeps)
        #expect(lab.send(1) == 0 && !sleeps)
        // It is there already.
        #expect(poll([1]) == 0 && !sleeps)
        _ = page.clear(4_096, at: 0)
        #expect(call(lab, .block, []) == 0 && sleeps)
        #expect(lab.send(2) == 0 && !sleeps)
        // There is something to look at.
        #expect(call(lab, .block, []) == 0 && !sleeps)
        #expect(call(lab, .yield, []) == 0)
    }

    @Test func thereAreTwoWatchdogs() throws {
        let lab = try Lab()
        try lab.createDomain()
        #expect(call(lab, .watchdog, [3, 1]) == -22)
        #expect(call(lab, .watchdog, [1, 1]) == -22)
        #expect(call(lab, .watchdog, [0, 10]) == 1)
        #expect(call(lab, .watchdog, [0, 10]) == 2)
        #expect(call(lab, .watchdog, [0, 10]) == -28)
        #expect(call(lab, .watchdog, [1, 0]) == 0)
        #expect(call(lab, .watchdog, [1, 5]) == -22)
        #expect(call(lab, .watchdog, [0, 10]) == 1)
    }

    @Test func onlyDom0ChoosesProcessors() throws {
        let lab = try Lab()
        try lab.createDomain()
        #expect(call(lab, .pinOverride, [0]) == -1)
        #expect(call(lab, .pinOverride, [0], as: 0) == 0)
        #expect(call(lab, .pinOverride, [4], as: 0) == -22)
        #expect(call(lab, .pinOverride, [.max], as: 0) == 0)
        #expect(lab.call(.scheduler, [8, Lab.argument]) == -38)
    }
}
