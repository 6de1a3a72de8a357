import Flask
import Synchronization
import TestSupport
import Testing

@testable import Hypervisor

/// Processes share and map pages by descriptor, and nobody is handed a page that was not granted.
@Suite struct ProcessGrantTests {
    private final class End: Sendable {
        let isReached = Atomic(false)
    }

    @Test func aPageIsMovedOutFromAmongTheOthers() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(pages: 64)
        let guest = try #require(lab.hypervisor.domain(1))
        try lab.hypervisor.writeGuest(guest, [7, 8], at: 40 * 4_096)
        lab.grant(9, of: 1, to: 0, frame: 40)
        let client = try #require(lab.hypervisor.client(of: 0, memory: lab.memory))
        let mapped = try client.mapGrants([(1, 9)], isWritable: true)
        let memory = try #require(mapped.runs.first?.memory)
        #expect(memory.size == 4_096)
        #expect(memory.read(2, at: 0) == [7, 8])
        _ = memory.write([9], at: 1)
        #expect(try lab.hypervisor.readGuest(guest, 2, at: 40 * 4_096) == [7, 9])
        #expect(lab.violations == [])
        // A process's mapping is not a kernel's to end.
        #expect(lab.unmapGrant(0) == -4)
        try client.notify(onUnmapOf: mapped.identifier, byte: 1, port: 5)
        #expect(try client.unmapGrants(mapped.identifier) == 5)
        #expect(memory.read(2, at: 0) == [7, 0])
        #expect(throws: XenErrorNumber.noEntry) { try client.unmapGrants(mapped.identifier) }
        #expect(lab.entry(9, of: 1)?.header.flags == GrantEntry.permitAccess)
        #expect(lab.violations == [])
    }

    @Test func aPageThatIsMappedWhereItLiesIsNotMoved() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(pages: 64)
        lab.grant(9, of: 1, to: 0, frame: 40)
        let client = try #require(lab.hypervisor.client(of: 0, memory: lab.memory))
        let handle = try lab.mapGrant(9, of: 1).get()
        #expect(throws: XenErrorNumber.busy) { try client.mapGrants([(1, 9)], isWritable: true) }
        #expect(lab.unmapGrant(handle) == 0)
        let runs = try client.mapForeign(1, frames: [40], isWritable: true)
        #expect(throws: XenErrorNumber.busy) { try client.mapGrants([(1, 9)], isWritable: true) }
        #expect(try client.copyFromGrant(1, reference: 9, offset: 0, count: 4) == [0, 0, 0, 0])
        client.unmapForeign(1, runs)
        #expect(throws: Never.self) { try client.mapGrants([(1, 9)], isWritable: false) }
        #expect(lab.violations == [])
    }

    /// The page counts, not the frame at which it was found.
    @Test func aPageThatIsMappedIsNotMovedWhereverTheDomainPutsIt() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(pages: 64)
        let client = try #require(lab.hypervisor.client(of: 0, memory: lab.memory))
        let runs = try client.mapForeign(1, frames: [40, 41], isWritable: true)
        var call = ABIStructure(size: 24)
        call.set(1 as UInt16, at: 0)
        call.set(2 as UInt32, at: 4)
        call.set(40 as UInt64, at: 8)
        call.set(200 as UInt64, at: 16)
        #expect(lab.memoryOp(.addToPhysmap, call) == 0)
        lab.grant(9, of: 1, to: 0, frame: 200)
        #expect(throws: XenErrorNumber.busy) { try client.mapGrants([(1, 9)], isWritable: true) }
        client.unmapForeign(1, runs)
        #expect(lab.state(1)?.memory.handedOut == [:])
        #expect(throws: Never.self) { try client.mapGrants([(1, 9)], isWritable: false) }
        #expect(lab.violations == [])
    }

    @Test func allAreMappedOrNone() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(pages: 64)
        lab.grant(9, of: 1, to: 0, frame: 40)
        let client = try #require(lab.hypervisor.client(of: 0, memory: lab.memory))
        #expect(throws: XenErrorNumber.busy) { try client.mapGrants([(1, 9), (1, 10)], isWritable: true) }
        #expect(lab.state(1)?.grants.active.isEmpty == true)
        #expect(lab.state(0)?.grants.processMappings.isEmpty == true)
        // A table's own frames lie together with others of it.
        lab.change(1) { state in
            guard let place = try? state.grants.frame(forMapping: 0) else { return }
            try? state.placeOwn(SpecialFrame(kind: .grantTable, memory: place.memory, offset: place.offset), at: 500)
        }
        lab.grant(11, of: 1, to: 0, frame: 500)
        #expect(throws: XenErrorNumber.busy) { try client.mapGrants([(1, 11)], isWritable: true) }
        #expect(lab.violations == [])
    }

    @Test func processesShareWithDomains() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(pages: 4)
        let client = try #require(lab.hypervisor.client(of: 0, memory: lab.memory))
        let guest = try #require(lab.hypervisor.client(of: 1, memory: lab.memory))
        let share = try client.share(with: 1, pages: 3, isWritable: false)
        _ = share.memory.write([4], at: 4_096)
        #expect(share.references.count == 3)
        let domain = try #require(lab.hypervisor.domain(1))
        let handle = try lab.mapGrant(share.references[1], of: 0, flags: [.host, .readOnly], at: 900 * 4_096, as: 1).get()
        #expect(try lab.hypervisor.readGuest(domain, 1, at: 900 * 4_096) == [4])
        #expect(lab.mapGrant(share.references[1], of: 0, at: 901 * 4_096, as: 1) == .failure(.generalError))
        let mapped = try guest.mapGrants(share.references.map { (0, $0) }, isWritable: false)
        #expect(mapped.runs.map(\.count) == [3])
        #expect(lab.violations == [])
        try client.notify(onUnshareOf: share.identifier, byte: 4_096, port: nil)
        #expect(try client.unshare(share.identifier) == nil)
        #expect(throws: XenErrorNumber.noEntry) { try client.unshare(share.identifier) }
        // Who has it keeps it; nobody gets it any more, and the reference is nobody else's as long.
        #expect(try lab.hypervisor.readGuest(domain, 1, at: 900 * 4_096) == [0])
        let other = try client.share(with: 1, pages: 3, isWritable: true)
        #expect(Set(other.references).isDisjoint(with: share.references))
        #expect(lab.unmapGrant(handle, host: 900 * 4_096, as: 1) == 0)
        guest.endGrants(mapped.identifier)
        #expect(lab.mapGrant(share.references[1], of: 0, flags: [.host, .readOnly], at: 900 * 4_096, as: 1) == .failure(.generalError))
        #expect(lab.violations == [])
    }

    /// A guest writes to its table all the time, while its grants are mapped, copied and let go of.
    @Test func whatAGuestWritesMeanwhileIsNoMatter() async throws {
        let seed = RandomTest.seed()
        let lab = try Lab()
        try lab.createDomainWithMemory(pages: 64)
        lab.change(1) { try? $0.grants.setVersion(2) }
        let client = try #require(lab.hypervisor.client(of: 0, memory: lab.memory))
        let table = try client.mapResource(1, kind: 1, number: 0, frames: 0..<1)
        let end = End()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                var random = SplitMix64(seed: seed)
                while !end.isReached.load(ordering: .relaxed) {
                    let word = random.percent(50) ? 1 : UInt32(truncatingIfNeeded: random.next())
                    table.memory.store(word & 0x1_01ff, at: Int(random.next() % 4) * 16 + 16 * 8)
                    table.memory.store(UInt32(random.next() % 80), at: Int(random.next() % 4) * 16 + 16 * 8 + 8)
                }
            }
            group.addTask {
                var random = SplitMix64(seed: seed &+ 1)
                var handles: [UInt32] = []
                for _ in 0..<1_500 {
                    let reference = UInt32(8 + random.next() % 4)
                    switch random.next() % 4 {
                    case 0:
                        let flags: GrantMapFlags = random.percent(50) ? .host : [.host, .readOnly]
                        if case .success(let handle) = lab.mapGrant(reference, of: 1, flags: flags) { handles.append(handle) }
                    case 1: _ = try? client.copyFromGrant(1, reference: reference, offset: 0, count: 64)
                    case 2: _ = try? client.copyToGrant(1, reference: reference, offset: 9, [1, 2, 3])
                    default: if let handle = handles.popLast() { #expect(lab.unmapGrant(handle) == 0) }
                    }
                }
                for handle in handles { #expect(lab.unmapGrant(handle) == 0) }
                end.isReached.store(true, ordering: .relaxed)
            }
        }
        #expect(lab.state(1)?.grants.active.isEmpty == true)
        #expect(lab.violations == [])
    }
}
