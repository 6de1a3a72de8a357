import Flask
import Synchronization
import Testing

@testable import Hypervisor

/// Ioreq servers: their life, their ranges, their owner, their pages.
@Suite struct IORequestServerTests {
    private func lab(processors: UInt32 = 1) throws -> Lab {
        let lab = try Lab()
        try lab.createDomain(processors: processors)
        return lab
    }

    @Test func thereAreEightUnderTheLowestNumbers() throws {
        let lab = try lab()
        #expect((0..<8).map { _ in lab.createServer() } == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(lab.createServer() == -28)
        #expect(lab.dm(.destroyServer) { $0.set(3 as UInt16, at: 0) } == 0)
        #expect(lab.dm(.destroyServer) { $0.set(3 as UInt16, at: 0) } == -2)
        #expect(lab.createServer() == 3)
        #expect(lab.dm(.destroyServer) { $0.set(8 as UInt16, at: 0) } == -2)
        #expect(lab.violations == [])
    }

    @Test func eachProcessorHasAPort() throws {
        let lab = try lab(processors: 3)
        #expect(lab.createServer(buffering: 0) == 0)
        #expect(lab.hypervisor.machine.withLock { $0.domains[1]?.events.xenCount } == 3)
        #expect(lab.createServer(buffering: 1) == 1)
        #expect(lab.hypervisor.machine.withLock { $0.domains[1]?.events.xenCount } == 7)
        // The guest cannot touch them.
        #expect(lab.close(1, as: 1) == -22)
        #expect(lab.send(1, as: 1) == -22)
        #expect(lab.event(.status, as: 1) { call in
            call.set(Lab.own, at: 0)
            call.set(1 as UInt32, at: 4)
        } == -13)
        #expect(lab.event(.reset, as: 1) { $0.set(Lab.own, at: 0) } == 0)
        #expect(lab.violations == [])
        #expect(lab.createServer(buffering: 3) == -22)
        #expect(lab.dm(.createServer) { $0.set(1 as UInt8, at: 3) } == -22)
    }

    @Test func processorsThatComeLaterGetPorts() throws {
        let lab = try Lab()
        let label = try lab.sid("guest")
        #expect(lab.domctl(.createDomain, 1) { call in
            call.set(label.rawValue, at: 16)
            call.set(0x23 as UInt32, at: 36)
            call.set(3 as UInt32, at: 44)
            call.set(5 as UInt32, at: 48)
            call.set(2 as UInt32, at: 60)
        } == 0)
        #expect(lab.createServer() == 0)
        #expect(lab.createServer(buffering: 0) == 1)
        #expect(lab.hypervisor.machine.withLock { $0.domains[1]?.events.xenCount } == 0)
        let page = try lab.pages()[1]
        #expect(lab.setServer(0, enabled: true) == 0)
        // The second server's ports are too many: it has none, the first has all.
        #expect(lab.domctl(.maximumProcessors, 1) { $0.set(3 as UInt32, at: 16) } == -28)
        #expect(lab.deviceModel { $0.servers[0]!.ports } == [1, 3, 4])
        #expect(lab.deviceModel { $0.servers[0]!.bufferedPort } == 2)
        #expect(lab.deviceModel { $0.servers[1]!.ports } == [])
        #expect((0..<3).map { page.memory.load32(at: page.offset + 32 * $0 + 24) } == [1, 3, 4])
        #expect(lab.violations == [])
    }

    @Test func withoutPortsThereIsNoServer() throws {
        let lab = try lab(processors: 2)
        while lab.unbound(remote: 0, as: 1) > 0 {}
        #expect(lab.close(1_000, as: 1) == 0)
        #expect(lab.createServer() == -28)
        #expect(lab.violations == [])
        // The port that it had for a moment is free again.
        #expect(lab.unbound(remote: 0, as: 1) == 1_000)
    }

    @Test func aServerIsItsEmulators() throws {
        let lab = try lab()
        try lab.createDomain("stubdomain")
        #expect(lab.createServer() == 0)
        #expect(lab.setServer(0, enabled: true, as: 2) == -1)
        #expect(lab.setServer(1, enabled: true, as: 2) == -2)
        #expect(lab.range(.mapRange, 0, 0, 1, 2, as: 2) == -1)
        #expect(lab.range(.unmapRange, 0, 0, 1, 2, as: 2) == -1)
        #expect(lab.dm(.getServerInfo, as: 2) { $0.set(1 as UInt16, at: 2) } == -1)
        #expect(lab.dm(.destroyServer, as: 2) == -1)
        #expect(throws: XenErrorNumber.operationNotPermitted) { try lab.pages(as: 2) }
        #expect(lab.setServer(0, enabled: true) == 0)
    }

    @Test func aServerIsItsClientsWhereThatIsSaid() throws {
        let lab = try lab()
        let (first, second) = (ClientOwner(), ClientOwner())
        #expect(lab.createServer(owner: first) == 0)
        #expect(lab.setServer(0, enabled: true, owner: second) == -1)
        #expect(lab.setServer(0, enabled: true) == -1)
        #expect(lab.setServer(0, enabled: true, owner: first) == 0)
        // Who says nothing shares with his domain, as in Xen.
        #expect(lab.createServer() == 1)
        #expect(lab.setServer(1, enabled: true, owner: second) == 0)
    }

    @Test func rangesAreWholeAndNobodysElse() throws {
        let lab = try lab()
        _ = lab.createServer()
        #expect(lab.range(.mapRange, 0, 0, 5, 4) == -22)
        #expect(lab.range(.mapRange, 9, 0, 5, 4) == -22)
        #expect(lab.range(.mapRange, 9, 0, 4, 5) == -2)
        #expect(lab.range(.mapRange, 0, 3, 4, 5) == -22)
        #expect(lab.range(.mapRange, 0, 1, 10, 19) == 0)
        #expect(lab.range(.mapRange, 0, 1, 19, 25) == -17)
        #expect(lab.range(.mapRange, 0, 1, 20, 29) == 0)
        #expect(lab.range(.mapRange, 0, 1, 5, 9) == 0)
        #expect(lab.deviceModel { $0.servers[0]!.ranges[1].ranges } == [5...29])
        #expect(lab.range(.unmapRange, 0, 1, 5, 30) == -2)
        #expect(lab.range(.unmapRange, 0, 1, 10, 14) == 0)
        #expect(lab.deviceModel { $0.servers[0]!.ranges[1].ranges } == [5...9, 15...29])
        #expect(lab.range(.mapRange, 0, 1, 0, .max) == -17)
        #expect(lab.range(.mapRange, 0, 2, 0, .max) == 0)
        #expect(lab.range(.unmapRange, 0, 2, 0, .max) == 0)
        #expect(lab.violations == [])
    }

    @Test func rangesHaveALimit() throws {
        let lab = try lab()
        _ = lab.createServer()
        #expect((0..<256).allSatisfy { lab.range(.mapRange, 0, 0, $0 * 10, $0 * 10 + 3) == 0 })
        #expect(lab.range(.mapRange, 0, 0, 5_000, 5_000) == -12)
        // What follows a range needs no room of its own; what is followed by one does, as in Xen.
        #expect(lab.range(.mapRange, 0, 0, 2_554, 2_554) == 0)
        #expect(lab.range(.mapRange, 0, 0, 2_549, 2_549) == -12)
        #expect(lab.range(.unmapRange, 0, 0, 1, 2) == -12)
        #expect(lab.range(.unmapRange, 0, 0, 0, 3) == 0)
        #expect(lab.range(.unmapRange, 0, 0, 11, 12) == 0)
        #expect(lab.violations == [])
    }

    @Test func pagesAreMadeForWhoMapsThem() throws {
        let lab = try lab()
        _ = lab.createServer(buffering: 0)
        _ = lab.createServer()
        #expect(throws: XenErrorNumber.noEntry) { try lab.pages(0) }
        #expect(try lab.pages(0, frame: 1, count: 1).count == 1)
        #expect(throws: XenErrorNumber.invalidArgument) { try lab.pages(1, count: 3) }
        #expect(throws: XenErrorNumber.invalidArgument) { try lab.pages(1 << 16) }
        #expect(throws: XenErrorNumber.invalidArgument) { try lab.pages(1, frame: .max, count: 2) }
        #expect(throws: XenErrorNumber.noEntry) { try lab.pages(5) }
        let pages = try lab.pages(1)
        #expect(pages[0].memory === pages[1].memory)
        #expect(pages.map(\.offset) == [0, 4_096])
        // Where nobody asked for frames, there are none; where somebody mapped the pages, there cannot be.
        #expect(lab.dm(.getServerInfo) { $0.set(1 as UInt16, at: 0) } == -1)
        #expect(lab.dm(.getServerInfo) { call in
            call.set(1 as UInt16, at: 0)
            call.set(1 as UInt16, at: 2)
        } == 0)
        let answer = lab.dmAnswer(.getServerInfo)
        #expect(answer.word32(at: 4) == 3)
        #expect((answer.word64(at: 8), answer.word64(at: 16)) == (0, 0))
        #expect(lab.dm(.getServerInfo) { $0.set(2 as UInt16, at: 2) } == -22)
    }

    @Test func pagesAreAnotherDomains() throws {
        let lab = try lab()
        _ = lab.createServer()
        func error(_ number: UInt16, _ frame: UInt64, _ count: UInt32) -> XenErrorNumber? {
            do throws(XenErrorNumber) {
                _ = try lab.client(0).ioRequestPages(of: number, server: 0, frame: frame, count: count)
                return nil
            } catch {
                return error
            }
        }
        #expect(error(9, 1 << 32, 1) == .invalidArgument)
        #expect(error(9, 1 << 32 - 1, 1) == .invalidArgument)
        #expect(error(9, 0, 1) == .noSuchDomain)
        #expect(error(0, 0, 1) == .operationNotPermitted)
        try lab.load(Lab.policy(without: ["domain2:resource_map"]))
        #expect(error(1, 0, 0) == .permissionDenied)
        try lab.load(Lab.policy())
        #expect(error(1, 0, 0) == .invalidArgument)
        #expect(error(1, 0, 2) == nil)
    }

    @Test func framesAreTheGuests() throws {
        let lab = try lab()
        _ = lab.createServer()
        // Where nobody has said anything Xen takes the first frame for one that is free; here is none.
        #expect(lab.dm(.getServerInfo) == -22)
        #expect(lab.hvmParameter(.setParameter, 1, 32, 3) == 0)
        #expect(lab.hvmParameter(.setParameter, 1, 33, 2) == 0)
        #expect(lab.dm(.getServerInfo) == -22)
        let memory = try lab.givePages(1)
        #expect(lab.dm(.getServerInfo) == 0)
        #expect((lab.dmAnswer(.getServerInfo).word64(at: 8), lab.dmAnswer(.getServerInfo).word64(at: 16)) == (3, 4))
        #expect(throws: XenErrorNumber.operationNotPermitted) { try lab.pages() }
        #expect(lab.setServer(0, enabled: true) == 0)
        #expect(memory.load32(at: 3 * 4_096 + 24) == 1)
        #expect(lab.dm(.destroyServer) == 0)
        #expect(lab.state(1).map { state in [3, 4, 5].map { state.deviceModel.frames.isFree($0, state.hvm) } } == [true, true, false])
        #expect(lab.violations == [])
    }

    @Test func memoryIsServedByOne() throws {
        let lab = try lab()
        _ = lab.createServer()
        _ = lab.createServer()
        try lab.givePages(1, 100)
        func map(_ server: UInt16, _ flags: UInt32, type: UInt16 = 4, opaque: UInt64 = 0) -> Int64 {
            lab.dm(.mapMemoryType) { call in
                call.set(server, at: 0)
                call.set(type, at: 2)
                call.set(flags, at: 4)
                call.set(opaque, at: 8)
            }
        }
        func setType(_ type: UInt16, _ first: UInt64, _ count: UInt32) -> Int64 {
            lab.dm(.setMemoryType) { call in
                call.set(count, at: 0)
                call.set(type, at: 4)
                call.set(first, at: 8)
            }
        }
        #expect(map(0, 2, type: 3) == -22)
        #expect(map(0, 1) == -22)
        #expect(map(7, 2) == -2)
        #expect(map(0, 0) == -22)
        #expect(setType(4, 10, 5) == -22)
        #expect(map(0, 2) == 0)
        #expect(map(1, 2) == -16)
        #expect(map(1, 0) == -22)
        #expect(setType(4, 10, 5) == 0)
        #expect(setType(1, 10, 1) == -22)
        #expect(lab.state(1)?.memory.claimed.count == 5)
        #expect(map(0, 0) == 0)
        #expect(lab.state(1)?.memory.claimed == [])
        #expect(lab.type(12) == .memory)
        #expect(map(1, 2) == 0)
        // Xen believes whoever says that he was here before.
        #expect(map(0, 0, type: 9, opaque: 1) == 0)
        #expect(lab.violations == [])
    }
}
