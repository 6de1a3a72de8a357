import Flask
import Glibc
import TestSupport
import Testing

@testable import Hypervisor

/// A process may map what its domain may map, whole frames where they lie, and no more.
@Suite struct ForeignMappingTests {
    @Test func runsAreAsLongAsTheyCanBe() throws {
        let lab = try Lab()
        try lab.createDomainWithMemory(pages: 64)
        let client = try #require(lab.hypervisor.client(of: 0, memory: lab.memory))
        let runs = try client.mapForeign(1, frames: [0, 1, 2, 100, 101, 5, 4], isWritable: true)
        #expect(runs.map(\.start) == [0, 3, 5, 6])
        #expect(runs.map(\.count) == [3, 2, 1, 1])
        #expect(runs.map(\.error) == [nil, .invalidArgument, nil, nil])
        _ = runs[0].memory?.write([9, 8, 7], at: runs[0].offset + 4_096)
        let domain = try #require(lab.hypervisor.domain(1))
        #expect(try lab.hypervisor.readGuest(domain, 3, at: 4_096) == [9, 8, 7])
    }

    @Test func itIsAskedForOnce() throws {
        let lab = try Lab(Lab.policy(without: ["mmu:map_write"]))
        try lab.createDomainWithMemory(pages: 64)
        _ = lab.takeLines()
        let client = try #require(lab.hypervisor.client(of: 0, memory: lab.memory))
        #expect(throws: XenErrorNumber.permissionDenied) { try client.mapForeign(1, frames: [0, 1, 2], isWritable: true) }
        #expect(
            lab.takeLines() == [
                "avc:  denied  { map_write } for source=d0 target=d1 scontext=system_u:system_r:dom0 "
                    + "tcontext=system_u:system_r:guest tclass=mmu"
            ])
        #expect(try client.mapForeign(1, frames: [0, 1, 2], isWritable: false).map(\.count) == [3])
        #expect(throws: XenErrorNumber.noSuchDomain) { try client.mapForeign(7, frames: [0], isWritable: false) }
        #expect(throws: XenErrorNumber.noSuchDomain) { try client.mapForeign(0, frames: [0], isWritable: false) }
    }

    @Test func whatIsToBeReadCannotBeMappedToBeWritten() throws {
        let memory = try SharedMemory(pages: 1)
        let descriptor = try memory.readOnlyDescriptor()
        #expect(try memory.readOnlyDescriptor() == descriptor)
        #expect(fcntl(descriptor, F_GETFL) & O_ACCMODE == O_RDONLY)
        _ = memory.write([5], at: 0)
        var byte: UInt8 = 0
        #expect(unsafe pread(descriptor, &byte, 1, 0) == 1)
        #expect(byte == 5)
        #expect(unsafe pwrite(descriptor, &byte, 1, 0) == -1)
        let mapping = unsafe mmap(nil, 4_096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        #expect(unsafe mapping == MAP_FAILED)
    }

    @Test func memoryThatIsGivenBackTakesNothing() throws {
        let memory = try SharedMemory(pages: 64)
        for page in 0..<64 { _ = memory.write([1], at: page * 4_096) }
        var status = stat()
        unsafe fstat(memory.descriptor, &status)
        let before = status.st_blocks
        #expect(memory.discard(32 * 4_096, at: 0))
        unsafe fstat(memory.descriptor, &status)
        #expect(status.st_blocks * 2 == before)
        #expect(memory.read(1, at: 0) == [0] && memory.read(1, at: 32 * 4_096) == [1])
        #expect(!memory.discard(4_096, at: 1) && !memory.discard(4_096, at: 64 * 4_096))
    }
}
