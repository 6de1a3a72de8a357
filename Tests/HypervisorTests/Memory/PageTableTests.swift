import Flask
import TestSupport
import Testing

@testable import Hypervisor

/// Entries of page tables are checked as Xen checks them, and how many were done is told.
@Suite struct PageTableTests {
    @Test func tablesArePinnedOnce() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(isHVM: false, pages: 2)
        let frames = try #require(lab.state(1)?.memory.placed.map(\.frame).sorted())
        #expect(lab.mmuExtended(.pinLevel2, frames[0], domain: 1) == 0)
        #expect(lab.mmuExtended(.pinLevel1, frames[0], domain: 1) == -22)
        #expect(lab.mmuExtended(.pinLevel1, 7, domain: 1) == -22)
        #expect(lab.mmuExtended(.unpin, frames[0], domain: 1) == 0)
        #expect(lab.mmuExtended(.unpin, frames[0], domain: 1) == -22)
        #expect(lab.mmuExtended(.flushTLBAll, 0, domain: 1) == -1)
        #expect(lab.mmuExtended(.flushTLBAll, 0, domain: Lab.caller) == 0)
        #expect(lab.mmuExtended(.pinLevel1, 0, domain: 0) == -3)
        let guest = try #require(lab.hypervisor.domain(1))
        try lab.hypervisor.writeGuest(guest, [6], at: frames[0] * 4_096)
        #expect(lab.mmuExtended(.clearPage, frames[0], domain: 1) == 0)
        #expect(try lab.hypervisor.readGuest(guest, 1, at: frames[0] * 4_096) == [0])
        try lab.createDomainWithMemory("other", pages: 2)
        #expect(lab.mmuExtended(.pinLevel1, 0, domain: 2) == -22)
    }

    @Test func entriesNameWhatTheirOwnerHas() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(isHVM: false, pages: 2)
        try lab.createDomainWithMemory("other", pages: 64)
        lab.change(0) { $0.maximumPages += 8 }
        let table = try #require(lab.takeFrames(Lab.caller, 1).first)
        let page = try #require(lab.state(1)?.memory.placed.first?.frame)
        #expect(lab.mmuExtended(.pinLevel1, table, domain: Lab.caller) == 0)
        let own = UInt32(Lab.caller)
        #expect(lab.mmuUpdate(table * 4_096 + 8, page << 12 | 3, domain: 1) == 0)
        #expect(lab.mmuUpdate(table * 4_096 + 8, page << 12 | 3, domain: own) == -16)
        #expect(lab.mmuUpdate(table * 4_096 + 8, 5 << 12 | 1, domain: 2) == 0)
        #expect(lab.mmuUpdate(table * 4_096 + 8, 5_000 << 12 | 1, domain: 2) == -22)
        #expect(lab.mmuUpdate(table * 4_096 + 8, 5_000 << 12, domain: 2) == 0)
        #expect(lab.mmuUpdate(5 << 12, 0, domain: own) == -22)
        #expect(lab.mmuUpdate(table * 4_096 + 4, 0, domain: own) == -38)
        #expect(lab.mmuUpdate(5 << 12, 0, domain: 3 << 16 | 2) == -95)
        #expect(lab.mmuUpdate(page << 12 | 1, 9, domain: 1) == 0)
        #expect(lab.state(1)?.memory.physicalFrames[page] == 9)
        #expect(lab.mmuUpdate(page << 12 | 1, 9, domain: 2) == -22)
        #expect(lab.mmuUpdate(page << 12 | 1, 9, domain: 2 << 16 | 1) == -1)
        // Two updates, of which the second fails: one is done.
        var calls = ABIStructure(size: 32)
        calls.set(table * 4_096, at: 0)
        calls.set(4 as UInt64, at: 16)
        _ = lab.memory.write(calls.bytes, at: Lab.argument)
        #expect(lab.call(.mmuUpdate, [Lab.argument, 2, Lab.buffer, UInt64(own)]) == -38)
        #expect(lab.numbers(1)[0] & 0xffff_ffff == 1)
        #expect(lab.violations == [])
    }
}
