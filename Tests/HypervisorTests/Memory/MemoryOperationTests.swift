import Flask
import TestSupport
import Testing

@testable import Hypervisor

/// Memory is given, taken and mapped as Xen's `memory_op` does it, and what is counted is what there is.
@Suite struct MemoryOperationTests {
    @Test func populatedFramesCanBeReadAndWritten() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(pages: 4)
        let domain = try #require(lab.hypervisor.domain(1))
        let bytes = (0..<5_000).map { UInt8(truncatingIfNeeded: $0) }
        try lab.hypervisor.writeGuest(domain, bytes, at: 4_000)
        #expect(try lab.hypervisor.readGuest(domain, 5_000, at: 4_000) == bytes)
        // Frame 4 is a hole: what comes before it is written, and that is an error.
        #expect(throws: XenErrorNumber.badAddress) { try lab.hypervisor.writeGuest(domain, bytes, at: 3 * 4_096) }
        #expect(try lab.hypervisor.readGuest(domain, 4_096, at: 3 * 4_096) == Array(bytes.prefix(4_096)))
        #expect(throws: XenErrorNumber.badAddress) { try lab.hypervisor.readGuest(domain, 2, at: 4 * 4_096 - 1) }
        #expect(throws: XenErrorNumber.badAddress) { try lab.hypervisor.readGuest(domain, 2, at: .max) }
        #expect(lab.violations == [])
    }

    @Test func noDomainHasMoreThanItMay() throws {
        let lab = try Lab(nil, { $0.memoryPages = 1 << 18 + 200 })
        _ = try? lab.createDomainWithMemory(most: 10, pages: 10)
        #expect(lab.reservation(.populatePhysmap, 1, [20, 21]) == 0)
        _ = lab.domctl(.maximumMemory, 1) { $0.set(4 * 100_000_000 as UInt64, at: 16) }
        // The machine has 200 pages beside dom0's.
        #expect(lab.reservation(.populatePhysmap, 1, Array(100..<400)) == 190 + 0)
        #expect(lab.state(1)?.totalPages == 200)
        #expect(lab.reservation(.decreaseReservation, 1, [100, 101, 102, 5_000, 103]) == 3)
        #expect(lab.state(1)?.totalPages == 197)
        #expect(lab.violations == [])
    }

    @Test func freedPagesAreEmptyAndUsedAgain() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(most: 600, pages: 0)
        let domain = try #require(lab.hypervisor.domain(1))
        for _ in 0..<4 {
            #expect(lab.reservation(.populatePhysmap, 1, [0], order: 9) == 1)
            #expect(try lab.hypervisor.readGuest(domain, 16, at: 77 * 4_096) == [UInt8](repeating: 0, count: 16))
            try lab.hypervisor.writeGuest(domain, [1, 2, 3], at: 77 * 4_096)
            #expect(lab.reservation(.decreaseReservation, 1, [0], order: 9) == 1)
        }
        #expect(lab.state(1)?.totalPages == 0)
        #expect(lab.violations == [])
    }

    @Test func extentsMayBeTooLargeForWhoAsks() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(most: 1 << 20, pages: 0)
        #expect(lab.reservation(.populatePhysmap, 1, [0], order: 10, as: 1) == 0)
        #expect(lab.reservation(.populatePhysmap, 1, [0], order: 18) == 1)
        #expect(lab.reservation(.populatePhysmap, 1, [1 << 18], order: 19) == 0)
        // Where to begin is said in the command's upper bits, and is what is done already.
        var call = ABIStructure(size: 32)
        call.set(Lab.buffer, at: 0)
        call.set(3 as UInt64, at: 8)
        call.set(1 as UInt16, at: 24)
        lab.putNumbers([0, 1 << 19, 1 << 19 + 1])
        #expect(lab.memoryOp(.populatePhysmap, call, from: 1) == 3)
        #expect(lab.memoryOp(.populatePhysmap, call, from: 3) == 3)
        #expect(lab.memoryOp(.maximumRAMPage, call, from: 1) == -22)
        #expect(lab.memoryOp(.memoryMap, call, from: 1) == -38)
        #expect(lab.violations == [])
    }

    @Test func framesAreMovedAndWhatTheyCoverIsFreed() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(pages: 8)
        let domain = try #require(lab.hypervisor.domain(1))
        try lab.hypervisor.writeGuest(domain, [42], at: 2 * 4_096)
        func add(_ space: MapSpace, _ source: UInt64, _ frame: UInt64, size: UInt16 = 0, as caller: UInt16 = 0) -> Int64 {
            var call = ABIStructure(size: 24)
            call.set(1 as UInt16, at: 0)
            call.set(size, at: 2)
            call.set(space.rawValue, at: 4)
            call.set(source, at: 8)
            call.set(frame, at: 16)
            return lab.memoryOp(.addToPhysmap, call, as: caller)
        }
        #expect(add(.frame, 2, 5) == 0)
        #expect(try lab.hypervisor.readGuest(domain, 1, at: 5 * 4_096) == [42])
        #expect(lab.state(1)?.totalPages == 7)
        #expect(add(.frame, 2, 6) == -22)
        #expect(add(.frame, 5, 5) == 0)
        #expect(add(.frame, 5, .max) == -22)
        #expect(add(.foreignFrame, 5, 6) == -38)
        #expect(add(.deviceMemory, 5, 6) == -13)
        #expect(add(.sharedInfo, 1, 6) == -22)
        #expect(add(.sharedInfo, 0, 6) == 0)
        #expect(add(.sharedInfo, 0, 700) == 0)
        #expect(lab.state(1)?.memory.type(of: 6) == .hole)
        #expect(add(.grantTable, 0, 6) == 0)
        #expect(add(.grantTable, 64, 7) == -22)
        #expect(add(.frameRange, 0, 2_000, size: 2) == 0)
        #expect(add(.frameRange, .max, 2_000, size: 2) == -75)
        #expect(lab.state(1)?.memory.page(at: 2_001) != nil)
        #expect(lab.violations == [])
    }

    @Test func removedPagesStayTheDomains() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(pages: 4)
        var call = ABIStructure(size: 16)
        call.set(1 as UInt16, at: 0)
        call.set(2 as UInt64, at: 8)
        #expect(lab.memoryOp(.removeFromPhysmap, call) == 0)
        #expect(lab.memoryOp(.removeFromPhysmap, call) == -2)
        #expect(lab.state(1)?.totalPages == 4)
        #expect(lab.violations == [])
    }

    @Test func framesArePopulatedWhenTheyAreTouched() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(most: 100, pages: 0)
        #expect(lab.reservation(.populatePhysmap, 1, [0], order: 5, flags: 1 << 16) == 1)
        #expect(lab.state(1)?.totalPages == 0)
        var call = ABIStructure(size: 40)
        call.set(8 as UInt64, at: 0)
        call.set(1 as UInt16, at: 32)
        #expect(lab.memoryOp(.setOnDemandTarget, call) == 0)
        #expect([8, 16, 24].map { lab.answer(40).word64(at: $0) } == [8, 8, 32])
        let domain = try #require(lab.hypervisor.domain(1))
        try lab.hypervisor.writeGuest(domain, [1], at: 3 * 4_096)
        #expect(lab.memoryOp(.getOnDemandTarget, call) == 0)
        #expect([8, 16, 24].map { lab.answer(40).word64(at: $0) } == [8, 7, 31])
        // What is given up is kept for the frames that wait.
        #expect(lab.reservation(.decreaseReservation, 1, [3, 4]) == 2)
        #expect(lab.memoryOp(.getOnDemandTarget, call) == 0)
        #expect([8, 16, 24].map { lab.answer(40).word64(at: $0) } == [8, 8, 30])
        // A domain does not do that to itself, and nobody over what is there.
        #expect(lab.reservation(.populatePhysmap, 1, [64], flags: 1 << 16, as: 1) == 0)
        #expect(lab.reservation(.populatePhysmap, 1, [3]) == 1)
        #expect(lab.reservation(.populatePhysmap, 1, [3], flags: 1 << 16) == 0)
        #expect(lab.violations == [])
    }

    @Test func largeExtentsArePlacedWhereSmallOnesAre() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(most: 4_000, pages: 0)
        // One that begins in the middle of what is kept together, then one that covers a part of it.
        #expect(lab.reservation(.populatePhysmap, 1, [100], order: 10) == 1)
        #expect(lab.reservation(.populatePhysmap, 1, [1_000], order: 10) == 1)
        #expect(lab.reservation(.populatePhysmap, 1, [1 << 36 - 5], order: 3) == 0)
        #expect(lab.state(1)?.totalPages == 2_056)
        #expect(lab.state(1)?.memory.placed.count == 1_924 + 5)
        #expect(lab.violations == [])
    }

    @Test func claimsAreKeptForWhoClaimed() throws {
        let lab = try Lab(nil, { $0.memoryPages = 1 << 18 + 200 })
        try lab.createDomainWithMemory(most: 150, pages: 0)
        try lab.createDomainWithMemory("other", most: 150, pages: 0)
        func claim(_ domain: UInt16, _ pages: UInt64) -> Int64 {
            var call = ABIStructure(size: 32)
            call.set(pages, at: 8)
            call.set(domain, at: 24)
            return lab.memoryOp(.claimPages, call)
        }
        #expect(claim(1, 151) == -22)
        #expect(claim(1, 150) == 0)
        #expect(claim(1, 100) == -22)
        #expect(claim(2, 60) == -12)
        #expect(lab.reservation(.populatePhysmap, 2, Array(0..<60)) == 50)
        #expect(lab.reservation(.populatePhysmap, 1, Array(0..<150)) == 150)
        #expect(lab.state(1)?.memory.claim == 0)
        #expect(lab.violations == [])
    }

    @Test func pagesAreExchangedForOthers() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(isHVM: false, pages: 4)
        let before = try #require(lab.state(1)?.memory.placed.map(\.frame).sorted())
        lab.putNumbers(before + [99])
        var call = ABIStructure(size: 72)
        for (start, list, count, order) in [(0, Lab.buffer, 4 as UInt64, 0 as UInt32), (32, Lab.buffer + 32, 1, 2)] {
            call.set(list, at: start)
            call.set(count, at: start + 8)
            call.set(order, at: start + 16)
            call.set(1 as UInt16, at: start + 24)
        }
        #expect(lab.memoryOp(.exchange, call) == 0)
        #expect(lab.answer(72).word64(at: 64) == 4)
        let first = lab.numbers(1, at: Lab.buffer + 32)[0]
        #expect(Set(lab.state(1)?.memory.placed.map(\.frame) ?? []) == Set(first..<first + 4))
        #expect(lab.state(1)?.memory.physicalFrames[first] == 99)
        #expect(lab.state(1)?.totalPages == 4)
        #expect(lab.memoryOp(.exchange, call) == -22)
        #expect(lab.violations == [])
    }

    @Test func theGrantTableIsAResource() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory()
        var call = ABIStructure(size: 32)
        call.set(1 as UInt16, at: 0)
        call.set(1 as UInt16, at: 2)
        #expect(lab.memoryOp(.acquireResource, call) == 0)
        #expect(lab.answer(32).word32(at: 8) == 64)
        call.set(7 as UInt16, at: 2)
        call.set(1 as UInt32, at: 8)
        call.set(Lab.buffer, at: 24)
        #expect(lab.memoryOp(.acquireResource, call) == -95)
        call.set(0 as UInt16, at: 0)
        #expect(lab.memoryOp(.acquireResource, call) == -1)
        call.set(9 as UInt16, at: 0)
        #expect(lab.memoryOp(.acquireResource, call) == -3)
        let client = try #require(lab.hypervisor.client(of: 0, memory: lab.memory))
        let frames = try client.mapResource(1, kind: 1, number: 0, frames: 0..<2)
        lab.grant(8, of: 1, to: 0, frame: 3)
        #expect(frames.memory.load32(at: frames.offset + 8 * 8) == 1)
        #expect(throws: XenErrorNumber.invalidArgument) { try client.mapResource(1, kind: 1, number: 0, frames: 0..<65) }
        #expect(throws: XenErrorNumber.invalidArgument) { try client.mapResource(1, kind: 1, number: 1, frames: 0..<1) }
        #expect(throws: XenErrorNumber.notSupported) { try client.mapResource(1, kind: 3, number: 0, frames: 0..<1) }
    }

    @Test func callsInOneCallHaveTheirOwnResults() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(pages: 0)
        lab.putNumbers([7], at: Lab.buffer + 0x200)
        var reservation = ABIStructure(size: 32)
        reservation.set(Lab.buffer + 0x200, at: 0)
        reservation.set(1 as UInt64, at: 8)
        reservation.set(1 as UInt16, at: 24)
        _ = lab.memory.write(reservation.bytes, at: Lab.argument)
        var calls = ABIStructure(size: 256)
        for (index, (number, argument)) in [(12, 6), (13, 0), (99, 0), (17, 0)].enumerated() {
            calls.set(UInt64(number), at: index * 64)
            calls.set(UInt64(argument), at: index * 64 + 16)
            calls.set(Lab.argument, at: index * 64 + 24)
        }
        _ = lab.memory.write(calls.bytes, at: Lab.buffer)
        #expect(lab.call(.multicall, [Lab.buffer, 4]) == 0)
        let results = (0..<4).map { Int64(bitPattern: lab.numbers(1, at: Lab.buffer + 8 + UInt64($0) * 64)[0]) }
        #expect(results == [1, -22, -38, 4 << 16 | 17])
        #expect(lab.call(.multicall, [Lab.argument + 0x20000 - 64, 2]) == -14)
        #expect(lab.state(1)?.totalPages == 1)
    }
}
