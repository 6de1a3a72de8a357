import Flask
import TestSupport
import Testing

@testable import Hypervisor

/// The way into `dm_op`: what is checked first, and what is said.
@Suite struct DeviceModelEntryTests {
    @Test func checksComeInXensOrder() throws {
        let lab = try Lab()
        try lab.createDomain()
        try lab.createDomain(isHVM: false)
        let good: [(UInt64, UInt64)] = [(Lab.operation, 64)]
        // The number of buffers, and their list, before the domain.
        #expect(lab.dm(buffers: good, count: 0, on: 9) == -61)
        #expect(lab.dm(buffers: good, count: 3, on: 9) == -7)
        #expect(lab.call(.deviceModel, [9, 1, 0]) == -14)
        // The domain, whose number must not be the caller's.
        #expect(lab.dm(buffers: good, on: 9) == -3)
        #expect(lab.dm(buffers: good, on: Lab.own) == -3)
        #expect(lab.dm(buffers: good, on: 0) == -1)
        // Its kind, before the permission, and that before what is asked.
        try lab.load(Lab.policy(without: ["hvm:dm"]))
        #expect(lab.dm(buffers: [(0, 0)], on: 2) == -22)
        #expect(lab.dm(buffers: [(0, 0)], on: 1) == -13)
        try lab.load(Lab.policy())
        #expect(lab.dm(buffers: [(Lab.operation, 7)]) == -14)
        #expect(lab.dm(buffers: [(0, 8)]) == -14)
        // An unknown number, whatever its padding; a known one is to be there whole before its padding counts.
        #expect(lab.dm(raw: 21, [], pad: 1) == -95)
        #expect(lab.dm(raw: .max, []) == -95)
        #expect(lab.dm(raw: 1, [0, 0, 0, 0, 0], pad: 1) == -14)
        #expect(lab.dm(raw: 1, [0, 0, 0, 0, 0, 0], pad: 1) == -22)
        #expect(lab.dm(raw: 0, [], pad: 1) == -22)
        #expect(lab.dm(raw: 0, []) == -95)
        #expect(lab.dm(raw: 19, []) == -95)
        // What lies behind the operation is nobody's concern.
        #expect(lab.dm(raw: 20, [UInt8](repeating: 0xff, count: 100)) == 0)
        #expect(lab.dmAnswer(.processorCount).word32(at: 0) == 1)
    }

    @Test func strictlyThePermissionComesFirst() throws {
        let lab = try Lab(Lab.policy()) { $0.isStrict = true }
        try lab.createDomain(isHVM: false)
        try lab.load(Lab.policy(without: ["hvm:dm"]))
        #expect(lab.dm(buffers: [(0, 0)]) == -13)
        try lab.load(Lab.policy())
        #expect(lab.dm(buffers: [(0, 0)]) == -22)
    }

    @Test func strictlyAnOperationNeedsWhatItDoes() throws {
        let lab = try Lab(Lab.policy()) { $0.isStrict = true }
        try lab.createDomain()
        try lab.load(Lab.policy(without: ["domain:shutdown", "mmu:physmap"]))
        #expect(lab.dm(.remoteShutdown) == -13)
        #expect(lab.dm(.relocateMemory) == -13)
        #expect(lab.dm(.processorCount) == 0)
    }

    @Test func operationsMayBeLimitedToSome() throws {
        let lab = try Lab()
        try lab.createDomain()
        let owner = ClientOwner(deviceModelOperations: [DeviceModelCommand.processorCount.rawValue])
        #expect(lab.dm(.processorCount, owner: owner) == 0)
        #expect(lab.dm(.setISALevel, owner: owner) == -1)
        #expect(lab.dm(.setISALevel) == 0)
        #expect(lab.dm(raw: 21, [], owner: owner) == -95)
    }

    @Test func anotherModuleLetsTheDeviceModelIn() throws {
        let lab = try Lab(Lab.policy()) { $0.module = .dummy }
        try lab.createDomain(number: 1, plain: true)
        try lab.createDomain(number: 2, plain: true)
        #expect(lab.dm(.processorCount, as: 2) == -1)
        #expect(lab.domctl(.setTarget, 2) { $0.set(1 as UInt16, at: 16) } == 0)
        #expect(lab.dm(.processorCount, as: 2) == 0)
        #expect(lab.dm(.processorCount) == 0)
        #expect(lab.createServer(as: 2) == 0)
    }

    /// Any bytes for any operation, by anybody: nothing traps, and what is kept stays sound.
    @Test(arguments: RandomTest.numbers(4)) func hostileOperationsDoNoHarm(_ seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let lab = try Lab()
        try lab.createDomain(processors: 2)
        try lab.createDomain("stubdomain")
        try lab.givePages(1, 1_000)
        _ = lab.hvmParameter(.setParameter, 1, 32, 3)
        _ = lab.hvmParameter(.setParameter, 1, 33, 3)
        var listeners: [CountingListener] = []
        for _ in 0..<3_000 {
            let command = random.percent(70) ? UInt32(random.pick([1, 2, 3, 4, 5, 6, 15, 12])) : UInt32(random.below(24))
            var bytes = (0..<24).map { _ in random.percent(70) ? 0 : UInt8(random.below(random.percent(80) ? 10 : 256)) }
            if random.percent(10) { bytes[3] = 0xff }
            let size = DeviceModelCommand(rawValue: command)?.size ?? 24
            let result = lab.dm(
                raw: command, random.percent(95) ? Array(bytes.prefix(size)) : bytes, pad: random.percent(97) ? 0 : 1,
                as: random.pick([0, 0, 0, 2]), second: random.percent(50) ? UInt64(random.below(100)) : nil)
            #expect(result <= 0 && result > -200, "seed \(seed)")
            if random.percent(5), let pages = try? lab.pages(UInt32(random.below(3))) {
                // The emulator writes what it likes.
                for page in pages {
                    _ = page.memory.write((0..<16).map { _ in UInt8(random.below(256)) }, at: page.offset + random.below(100))
                }
            }
            let request = IORequest(
                kind: random.pick([.port, .memory, .pciConfiguration]), address: random.next() >> UInt64(random.below(64)),
                count: UInt32(random.below(3)), size: UInt32(random.pick([0, 1, 2, 4, 8, -1] as [Int32]).magnitude),
                isRead: random.percent(50), goesDown: random.percent(20))
            let domain = try #require(lab.hypervisor.domain(1))
            _ = try lab.hypervisor.send(request, to: domain, processor: UInt32(random.below(3)), isBuffered: random.percent(50))
            _ = try lab.hypervisor.complete(request, processor: UInt32(random.below(3)), for: domain)
            if random.percent(5) {
                let listener = CountingListener()
                listeners.append(listener)
                _ = try? lab.client(0).bindInterdomain(remote: 1, port: UInt32(random.below(12)), listener: listener)
            }
            if random.percent(5) { try? lab.client(0).notify(UInt32(random.below(12))) }
        }
        #expect(lab.violations == [], "seed \(seed)")
        #expect(lab.domctl(.destroyDomain, 2) == 0)
        #expect(lab.violations == [], "seed \(seed)")
        #expect(lab.domctl(.destroyDomain, 1) == 0)
        #expect(lab.violations == [], "seed \(seed)")
    }
}
