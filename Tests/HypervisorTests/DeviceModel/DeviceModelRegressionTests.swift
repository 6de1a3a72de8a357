import Flask
import TestSupport
import Testing

@testable import Hypervisor

/// What Xen's own device-model interface once got wrong, by the number of its advisory.
@Suite struct DeviceModelRegressionTests {
    private func lab() throws -> Lab {
        let lab = try Lab()
        try lab.createDomain()
        try lab.givePages(1, 1_000)
        return lab
    }

    @Test func xsa506WithoutBuffersThereIsNoSize() throws {
        let lab = try lab()
        #expect(lab.dm(buffers: [(Lab.operation, 64)], count: 0) == -61)
        // One buffer is not enough for what wants two.
        lab.change(1) { $0.memory.log.enable() }
        #expect(lab.dm(.modifiedMemory) == -22)
        #expect(lab.dm(.trackDirtyVideoMemory) == -22)
    }

    @Test func xsa428AttributesAreLimited() throws {
        let lab = try lab()
        func pin(_ frame: UInt64) -> Int64 {
            lab.dm(.pinCacheAttribute) { call in
                call.set(frame, at: 0)
                call.set(frame, at: 8)
                call.set(6 as UInt32, at: 16)
            }
        }
        #expect((0..<64).allSatisfy { pin($0) == 0 })
        #expect(pin(64) == -28)
        #expect(pin(63) == 0)
    }

    @Test func xsa397VideoMemoryAndTheLogAreKeptApart() throws {
        let lab = try lab()
        func track(_ count: UInt32) -> Int64 { lab.dm(.trackDirtyVideoMemory, second: 8) { $0.set(count, at: 0) } }
        #expect(track(8) == 0)
        lab.change(1) { state in
            state.memory.log.enable()
            state.memory.noteWrite(3)
        }
        #expect(track(8) == 0)
        #expect(lab.memory.read(1, at: Lab.secondBuffer) == [8])
        #expect(lab.state(1)?.memory.log.contains(3) == true)
        // Who stops the one does not stop the other.
        #expect(track(0) == 0)
        lab.change(1) { $0.memory.noteWrite(4) }
        #expect(lab.state(1)?.memory.log.contains(4) == true)
    }

    @Test func xsa319OneFrameIsOneBit() throws {
        let lab = try lab()
        func track() -> [UInt8]? {
            _ = lab.dm(.trackDirtyVideoMemory, second: 8) { $0.set(1 as UInt32, at: 0) }
            return lab.memory.read(1, at: Lab.secondBuffer)
        }
        #expect(track() == [0xff])
        #expect(track() == [0])
        lab.change(1) { $0.memory.noteWrite(0) }
        #expect(track() == [1])
    }

    @Test func xsa276PagesOutliveTheServerForWhoHasThem() throws {
        let lab = try lab()
        _ = lab.createServer()
        let pages = try lab.pages()
        #expect(lab.dm(.destroyServer) == 0)
        #expect(pages[1].memory.store(1 as UInt32, at: pages[1].offset))
        #expect(lab.domctl(.destroyDomain, 1) == 0)
        #expect(pages[1].memory.load32(at: pages[1].offset) == 1)
        #expect(lab.violations == [])
    }

    @Test func xsa238RangesHaveTheirEndBehindTheirStart() throws {
        let lab = try lab()
        _ = lab.createServer()
        #expect(lab.range(.mapRange, 0, 1, 10, 9) == -22)
        #expect(lab.range(.unmapRange, 0, 1, 10, 9) == -22)
        #expect(lab.range(.mapRange, 0, 1, .max, 0) == -22)
    }

    @Test(arguments: [(0, 0), (1, 0), (999, 2), (1_000, 1), (.max, 1), (.max, .max), (0, 1_001)] as [(UInt64, UInt32)])
    func xsa92FramesMustBeThere(_ first: UInt64, _ count: UInt32) throws {
        let lab = try lab()
        let result = lab.dm(.setMemoryType) { call in
            call.set(count, at: 0)
            call.set(1 as UInt16, at: 4)
            call.set(first, at: 8)
        }
        // Frame 1 without a count is nothing that begins before it ends.
        #expect(result == -22)
        #expect(lab.state(1).map { state in (0..<1_000).allSatisfy { state.memory.type(of: $0) == .memory } } == true)
    }

    @Test func xsa92TypesAreThoseThatMayBe() throws {
        let lab = try lab()
        func set(_ type: UInt16, _ first: UInt64, _ count: UInt32 = 1) -> Int64 {
            lab.dm(.setMemoryType) { call in
                call.set(count, at: 0)
                call.set(type, at: 4)
                call.set(first, at: 8)
            }
        }
        #expect(set(3, 0) == -22 && set(5, 0) == -22 && set(.max, 0) == -22)
        #expect(set(1, 0, 600) == 0)
        #expect(set(2, 5) == 0)
        // What is no memory becomes none by being told so.
        #expect(set(0, 5) == -22 && set(2, 5) == 0)
        #expect((lab.type(4), lab.type(5)) == (.readOnlyMemory, .coveredMemory))
        // What is under it stays the domain's, and cannot be given back before it is moved away.
        let total = lab.state(1)?.totalPages
        #expect(lab.reservation(.decreaseReservation, 1, [5]) == 0)
        #expect(lab.dm(.relocateMemory) { call in
            call.set(1 as UInt32, at: 0)
            call.set(5 as UInt64, at: 8)
            call.set(2_000 as UInt64, at: 16)
        } == 0)
        #expect((lab.type(5), lab.type(2_000)) == (.hole, .memory))
        #expect(lab.state(1)?.totalPages == total)
        #expect(lab.violations == [])
    }

    @Test func xsa27LongListsAreGivenUpAtTheirEnd() throws {
        let lab = try lab()
        lab.change(1) { $0.memory.log.enable() }
        #expect(lab.dm(.modifiedMemory, second: .max) { $0.set(UInt32.max, at: 0) } == -14)
    }

    /// XSA-491: ranges change while accesses look for them, by several threads at once.
    @Test func xsa491RangesChangeWhileTheyAreLookedAt() async throws {
        let lab = try lab()
        _ = lab.createServer()
        _ = try lab.pages()
        _ = lab.setServer(0, enabled: true)
        let domain = try #require(lab.hypervisor.domain(1))
        await withTaskGroup(of: Void.self) { group in
            for seed in 0..<2 as Range<UInt64> {
                group.addTask {
                    var random = SplitMix64(seed: seed)
                    for _ in 0..<2_000 {
                        let request = IORequest(address: UInt64(random.below(64)), size: 1)
                        _ = try? lab.hypervisor.send(request, to: domain, isBuffered: true)
                    }
                }
            }
            group.addTask {
                for step in 0..<500 as Range<UInt64> {
                    let start = step % 60
                    _ = lab.range(step % 2 == 0 ? .mapRange : .unmapRange, 0, 0, start, start + 3)
                }
            }
        }
        #expect(lab.violations == [])
    }
}
