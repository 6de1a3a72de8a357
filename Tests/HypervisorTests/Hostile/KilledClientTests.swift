import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Hypervisor

/// Clients are killed in the middle of whatever they do. Nothing of what was theirs is left, everything holds that must hold, and
/// others are served meanwhile.
@Suite(.serialized) struct KilledClientTests {
    /// How long clients are killed: some seconds in all, with `XSM_LONG` some minutes.
    private static let seconds = ProcessInfo.processInfo.environment["XSM_LONG"] == nil ? 2.0 : 120.0

    /// Has clients begin at sockets and killed after some moments, and does something else meanwhile. How many were killed.
    private func kill(
        at sockets: [(path: String, guest: UInt16)], in folder: URL, seed: UInt64, _ meanwhile: () throws -> Void
    ) throws -> Int? {
        guard let program = try HostileProcess.compile(into: folder) else { return nil }
        var random = SplitMix64(seed: seed)
        let end = Date().addingTimeInterval(Self.seconds)
        var killed = 0
        var alive: [HostileProcess] = []
        while Date() < end {
            while alive.count < 4 {
                let socket = random.pick(sockets)
                alive.append(try HostileProcess(program, socket: socket.path, seed: random.next(), guest: socket.guest))
            }
            usleep(UInt32(random.below(20_000)))
            try meanwhile()
            #expect(alive.remove(at: random.below(alive.count)).kill(), "a client ended by itself")
            killed += 1
        }
        for client in alive {
            #expect(client.kill(), "a client ended by itself")
            killed += 1
        }
        return killed
    }

    @Test func whatTheyHadIsGivenBack() throws {
        let folder = try TemporaryFolder()
        let lab = try Lab()
        let guest = try lab.createDomainWithMemory()
        let server = ConnectionServer(lab.hypervisor)
        let paths = ["dom0", "guest"].map { folder.url.appendingPathComponent($0).path }
        try server.listen(at: paths[0], domain: 0, user: geteuid())
        try server.listen(at: paths[1], domain: guest, user: geteuid())
        let good = ConnectionTests.RawClient(try MessageSocket(connectingTo: paths[0]))
        try good.greet(1)
        let before = [UInt16(0), guest].map { server.descriptorCount(of: $0) }
        var slowest = 0.0
        var most = 0
        let killed = try kill(
            at: [(paths[0], guest), (paths[1], 0)], in: folder.url, seed: RandomTest.seed()
        ) {
            let start = Date()
            #expect(good.say(.hypercall, HypercallNumber.version.rawValue, 0)?.result == 0x40011)
            slowest = max(slowest, Date().timeIntervalSince(start))
            most = max(most, server.descriptorCount(of: 0) + server.descriptorCount(of: guest))
            // While they act, too.
            #expect(lab.hypervisor.machine.withLock { $0.violations } == [])
        }
        guard let killed else { return }
        print("\(killed) clients were killed; another waited \(Int(slowest * 1_000)) ms at most, they had \(most) descriptors")
        #expect(slowest < 1)
        #expect(most > 10, "the clients did nothing")
        for _ in 0..<500 where server.connectionCount(of: 0) > 1 || server.connectionCount(of: guest) > 0 { usleep(10_000) }
        #expect(server.connectionCount(of: 0) == 1)
        #expect(server.connectionCount(of: guest) == 0)
        #expect([UInt16(0), guest].map { server.descriptorCount(of: $0) } == before)
        #expect(lab.hypervisor.machine.withLock { $0.violations + $0.leftOfProcesses } == [])
        // The guest's memory is all its own again: it can be destroyed, and its pages are there for others.
        #expect(lab.domctl(.destroyDomain, guest) == 0)
        #expect(lab.hypervisor.machine.withLock { $0.violations } == [])
    }

    @Test func theDaemonKeepsNoDescriptorsThreadsOrMappings() throws {
        guard Daemon.isReady() else { return }
        let daemon = try Daemon()
        let path = daemon.folder.appendingPathComponent("dom0").path
        let good = ConnectionTests.RawClient(try MessageSocket(connectingTo: path))
        try good.greet(1)
        let before = daemon.openDescriptors
        let (threads, mappings) = (daemon.threads, daemon.mappings)
        let killed = try kill(at: [(path, 0)], in: daemon.folder, seed: RandomTest.seed()) {
            #expect(good.say(.hypercall, HypercallNumber.version.rawValue, 0)?.result == 0x40011)
        }
        guard killed != nil else { return }
        for _ in 0..<500 where daemon.openDescriptors > before + 4 || daemon.threads > threads { usleep(10_000) }
        // A domain's grant table and the like come when they are first used, and stay.
        #expect(daemon.openDescriptors <= before + 4)
        #expect(daemon.threads == threads)
        // So do the allocator's arenas and stacks that wait for the next thread.
        #expect(daemon.mappings <= mappings + 64)
        #expect(daemon.isRunning)
    }
}

extension Machine {
    var violations: [String] {
        eventViolations + deviceModelViolations + memoryViolations + referenceViolations + controlViolations
    }

    /// What is there only for processes.
    var leftOfProcesses: [String] {
        domains.flatMap { number, state -> [String] in
            var left: [String] = []
            if !state.grants.processMappings.isEmpty { left.append("d\(number) has grants mapped") }
            if !state.grants.processShares.isEmpty { left.append("d\(number) shares pages") }
            if !state.memory.handedOut.isEmpty { left.append("pages of d\(number) are handed out: \(state.memory.handedOut)") }
            if state.events.channels.contains(where: { $0.listener != nil }) { left.append("d\(number) has ports that somebody listens at") }
            return left
        }
    }
}

extension Daemon {
    /// How many threads it has, and how many mappings.
    var threads: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(processIdentifier)/task").count) ?? 0 }
    var mappings: Int {
        (try? String(contentsOfFile: "/proc/\(processIdentifier)/maps", encoding: .utf8))?.split(separator: "\n").count ?? 0
    }
}
