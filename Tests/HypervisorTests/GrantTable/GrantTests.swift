import Flask
import TestSupport
import Testing

@testable import Hypervisor

/// Grants are mapped, copied and transferred as Xen does it, whatever the guest writes into its table meanwhile.
@Suite struct GrantTests {
    /// Dom0, a guest 1 with memory, and another guest 2.
    private static func lab(_ change: (inout Hypervisor.Configuration) -> Void = { _ in }) throws -> Lab {
        let lab = try Lab(nil, change)
        try lab.createDomainWithMemory(pages: 64)
        try lab.createDomainWithMemory("other", pages: 64)
        return lab
    }

    @Test func anEntrySaysThatItIsInUse() throws {
        let lab = try Self.lab()
        lab.grant(9, of: 1, to: 0, frame: 40)
        #expect(lab.mapGrant(9, of: 1, flags: [.host, .readOnly]) == .success(0))
        #expect(lab.entry(9, of: 1)?.header.flags == GrantEntry.permitAccess | GrantEntry.reading)
        #expect(lab.mapGrant(9, of: 1) == .success(1))
        #expect(lab.entry(9, of: 1)?.header.flags == GrantEntry.permitAccess | GrantEntry.reading | GrantEntry.writing)
        #expect(lab.violations == [])
        #expect(lab.unmapGrant(1) == 0)
        #expect(lab.entry(9, of: 1)?.header.flags == GrantEntry.permitAccess | GrantEntry.reading)
        #expect(lab.unmapGrant(1) == -4)
        #expect(lab.unmapGrant(0, host: 5) == -1)
        #expect(lab.unmapGrant(0, host: 0) == 0)
        #expect(lab.unmapGrant(0) == 0)
        #expect(lab.entry(9, of: 1)?.header.flags == GrantEntry.permitAccess)
        #expect(lab.violations == [])
    }

    @Test func whatIsNotGrantedIsNotMapped() throws {
        let lab = try Self.lab()
        lab.grant(9, of: 1, to: 2, frame: 40)
        lab.grant(10, of: 1, to: 0, frame: 40, flags: GrantEntry.permitAccess | GrantEntry.readOnly)
        lab.grant(11, of: 1, to: 0, frame: 4_000)
        lab.grant(12, of: 1, to: 0, frame: 40, flags: GrantEntry.acceptTransfer)
        lab.grant(13, of: 1, to: 0, frame: 40, flags: GrantEntry.permitAccess | GrantEntry.subPage)
        #expect(lab.mapGrant(9, of: 1) == .failure(.generalError))
        #expect(lab.mapGrant(10, of: 1) == .failure(.generalError))
        #expect(lab.mapGrant(10, of: 1, flags: [.host, .readOnly]) == .success(0))
        #expect(lab.mapGrant(11, of: 1) == .failure(.badPage))
        #expect(lab.entry(11, of: 1)?.header.flags == GrantEntry.permitAccess)
        #expect(lab.mapGrant(12, of: 1) == .failure(.generalError))
        #expect(lab.mapGrant(13, of: 1) == .failure(.generalError))
        #expect(lab.mapGrant(512, of: 1) == .failure(.badReference))
        #expect(lab.mapGrant(9, of: 5) == .failure(.badDomain))
        #expect(lab.mapGrant(9, of: 1, flags: []) == .failure(.badReference))
        #expect(lab.mapGrant(9, of: 1, flags: [.host, .device], as: 2) == .failure(.generalError))
        #expect(lab.violations == [])
    }

    @Test func aGuestHasItAtAFrame() throws {
        let lab = try Self.lab()
        lab.grant(9, of: 1, to: 2, frame: 40)
        let (giver, taker) = (try #require(lab.hypervisor.domain(1)), try #require(lab.hypervisor.domain(2)))
        try lab.hypervisor.writeGuest(giver, [1, 2, 3], at: 40 * 4_096)
        let handle = try lab.mapGrant(9, of: 1, flags: [.host, .readOnly], at: 900 * 4_096, as: 2).get()
        #expect(try lab.hypervisor.readGuest(taker, 3, at: 900 * 4_096) == [1, 2, 3])
        #expect(throws: XenErrorNumber.badAddress) { try lab.hypervisor.writeGuest(taker, [1], at: 900 * 4_096) }
        // It cannot be given on, taken away by another way, or covered.
        lab.grant(9, of: 2, to: 0, frame: 900)
        #expect(lab.mapGrant(9, of: 2) == .failure(.badPage))
        #expect(lab.reservation(.decreaseReservation, 2, [900]) == 0)
        #expect(lab.mapGrant(9, of: 1, at: 900 * 4_096, as: 2) == .failure(.generalError))
        #expect(lab.violations == [])
        // The granter gives the page up: it is counted as long as it is mapped.
        #expect(lab.reservation(.decreaseReservation, 1, [40]) == 1)
        #expect(lab.state(1)?.totalPages == 64)
        #expect(try lab.hypervisor.readGuest(taker, 3, at: 900 * 4_096) == [1, 2, 3])
        #expect(lab.violations == [])
        #expect(lab.unmapGrant(handle, host: 900 * 4_096, as: 2) == 0)
        #expect(lab.state(1)?.totalPages == 63)
        #expect(lab.violations == [])
    }

    @Test func thoseWhoGoLeaveNothingBehind() throws {
        let lab = try Self.lab()
        lab.grant(9, of: 1, to: 2, frame: 40)
        lab.grant(9, of: 2, to: 1, frame: 41)
        #expect(lab.mapGrant(9, of: 1, at: 900 * 4_096, as: 2) == .success(0))
        #expect(lab.mapGrant(9, of: 2, at: 900 * 4_096, as: 1) == .success(0))
        #expect(lab.domctl(.destroyDomain, 2) == 0)
        #expect(lab.entry(9, of: 1)?.header.flags == GrantEntry.permitAccess)
        #expect(lab.state(1)?.memory.type(of: 900) == .hole)
        #expect(lab.unmapGrant(0, host: 900 * 4_096, as: 1) == -4)
        #expect(lab.violations == [])
    }

    @Test func versionsOfEntries() throws {
        let lab = try Self.lab()
        lab.grant(1, of: 1, to: 0, frame: 7)
        lab.grant(9, of: 1, to: 0, frame: 40)
        func setVersion(_ version: UInt32) -> Int64 {
            var call = ABIStructure(size: 4)
            call.set(version, at: 0)
            return lab.grantOp(.setVersion, call, as: 1)
        }
        let handle = try lab.mapGrant(9, of: 1).get()
        #expect(setVersion(2) == -16)
        #expect(lab.answer(4).word32(at: 0) == 1)
        #expect(lab.unmapGrant(handle) == 0)
        #expect(setVersion(3) == -22)
        #expect(lab.mapGrant(1, of: 1, flags: [.host, .readOnly]) == .success(0))
        #expect(setVersion(2) == 0)
        #expect(lab.entry(1, of: 1)?.frame == 7)
        #expect(lab.entry(9, of: 1)?.header.flags == 0)
        #expect(lab.state(1)?.grants.status(1) == GrantEntry.reading)
        #expect(lab.mapGrant(1, of: 1) == .success(1))
        #expect(lab.state(1)?.grants.status(1) == GrantEntry.reading | GrantEntry.writing)
        #expect(lab.state(1)?.grants.status(0) == 0)
        lab.grant(2, of: 1, to: 0, frame: 1 << 33)
        #expect(setVersion(1) == -34)
        lab.grant(2, of: 1, to: 0, frame: 0, flags: 0)
        #expect(setVersion(1) == 0)
        #expect(lab.entry(1, of: 1)?.header.flags == GrantEntry.permitAccess | GrantEntry.reading | GrantEntry.writing)
        #expect(lab.unmapGrant(0) == 0 && lab.unmapGrant(1) == 0)
        #expect(lab.entry(1, of: 1)?.header.flags == GrantEntry.permitAccess)
        #expect(lab.violations == [])
    }

    @Test func bytesAreCopiedAsFarAsTheyAreGranted() throws {
        let lab = try Self.lab()
        let (giver, taker) = (try #require(lab.hypervisor.domain(1)), try #require(lab.hypervisor.domain(2)))
        lab.change(1) { try? $0.grants.setVersion(2) }
        try lab.hypervisor.writeGuest(giver, Array(0..<200), at: 40 * 4_096)
        // Bytes 10 to 29 of frame 40, to be read.
        lab.change(1) { state in
            let flags = GrantEntry.permitAccess | GrantEntry.subPage | GrantEntry.readOnly
            try? state.grants.write(2 << 16 | UInt32(flags), frame: 40, 9)
            if let place = try? state.grants.frame(0, ofStatuses: false) {
                place.memory.store(20 << 16 | 10 as UInt32, at: place.offset + 9 * 16 + 4)
            }
        }
        func copy(_ from: UInt16, length: UInt16, to: UInt16 = 5) -> Int64 {
            lab.copyGrant(from: (1, 9, true, from), to: (Lab.caller, 8, false, to), length: length, as: 2)
        }
        #expect(copy(10, length: 20) == 0)
        #expect(try lab.hypervisor.readGuest(taker, 20, at: 8 * 4_096 + 5) == Array(10..<30))
        #expect(copy(9, length: 2) == -1)
        #expect(copy(29, length: 2) == -1)
        #expect(copy(10, length: 20, to: 4_090) == -10)
        #expect(lab.copyGrant(from: (Lab.caller, 8, false, 0), to: (1, 9, true, 10), length: 1, as: 2) == -1)
        #expect(lab.copyGrant(from: (1, 40, false, 0), to: (Lab.caller, 8, false, 0), length: 1, as: 2) == -8)
        #expect(lab.state(1)?.grants.status(9) == 0)
        // Domain 2 lets domain 0 have what it was granted itself.
        lab.change(2) { state in
            try? state.grants.setVersion(2)
            try? state.grants.write(UInt32(GrantEntry.transitive), frame: 9, 9)
            if let place = try? state.grants.frame(0, ofStatuses: false) {
                place.memory.store(1 as UInt32, at: place.offset + 9 * 16 + 4)
            }
        }
        let client = try #require(lab.hypervisor.client(of: 0, memory: lab.memory))
        #expect(try client.copyFromGrant(2, reference: 9, offset: 12, count: 3) == [12, 13, 14])
        #expect(throws: XenErrorNumber.busy) { try client.copyToGrant(2, reference: 9, offset: 12, [1]) }
        #expect(lab.mapGrant(9, of: 2) == .failure(.generalError))
        #expect(lab.state(1)?.grants.status(9) == 0 && lab.state(2)?.grants.status(9) == 0)
        #expect(lab.violations == [])
    }

    @Test func pagesAreTransferred() throws {
        let lab = try Self.lab()
        lab.change(0) { $0.maximumPages += 8 }
        let frame = try #require(lab.takeFrames(Lab.caller, 1).first)
        let dom0 = try #require(lab.hypervisor.domain(0))
        try lab.hypervisor.writeGuest(dom0, [1, 2], at: frame * 4_096)
        lab.grant(9, of: 1, to: 0, frame: 700, flags: GrantEntry.acceptTransfer)
        var call = ABIStructure(size: 24)
        call.set(frame, at: 0)
        call.set(1 as UInt16, at: 8)
        call.set(9 as UInt32, at: 12)
        #expect(lab.grantOp(.transfer, call) == 0)
        #expect(lab.answer(24).word16(at: 16) == 0)
        let guest = try #require(lab.hypervisor.domain(1))
        #expect(try lab.hypervisor.readGuest(guest, 2, at: 700 * 4_096) == [1, 2])
        #expect(lab.entry(9, of: 1)?.header.flags == 0xe)
        #expect(lab.state(1)?.totalPages == 65)
        #expect(lab.grantOp(.transfer, call) == 0)
        #expect(Int16(bitPattern: lab.answer(24).word16(at: 16)) == -9)
        #expect(lab.violations == [])
    }

    @Test func silosHoldGrantsBack() throws {
        let lab = try Self.lab { $0.module = .silo }
        lab.grant(9, of: 1, to: 2, frame: 40)
        lab.grant(10, of: 1, to: 0, frame: 40)
        #expect(lab.mapGrant(9, of: 1, at: 900 * 4_096, as: 2) == .failure(.permissionDenied))
        #expect(lab.copyGrant(from: (1, 9, true, 0), to: (Lab.caller, 8, false, 0), length: 1, as: 2) == -8)
        #expect(lab.mapGrant(10, of: 1) == .success(0))
    }
}
