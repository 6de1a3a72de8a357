import Flask
import Testing

@testable import Hypervisor

/// What a kernel looks at in front of the hypervisor, where a program may be restricted to one domain.
@Suite struct PrivcmdAuditTests {
    @Test func aRestrictionStays() throws {
        var audit = PrivcmdAudit()
        try audit.hypercall()
        try audit.reach(7)
        try audit.restrict(to: PrivcmdAudit.noDomain)
        #expect(audit.restriction == nil)
        try audit.restrict(to: 1)
        try audit.restrict(to: 1)
        #expect(throws: XenErrorNumber.invalidArgument) { try audit.restrict(to: 2) }
        #expect(throws: XenErrorNumber.invalidArgument) { try audit.restrict(to: PrivcmdAudit.noDomain) }
        #expect(throws: XenErrorNumber.operationNotPermitted) { try audit.hypercall() }
        #expect(throws: XenErrorNumber.operationNotPermitted) { try audit.reach(2) }
        try audit.reach(1)
    }

    @Test func theDomainComesBeforeTheNumberOfBuffers() throws {
        var audit = PrivcmdAudit()
        #expect(try audit.deviceModelOperation(PrivcmdAudit.noDomain, count: 0) == false)
        #expect(try audit.deviceModelOperation(1, count: 16))
        #expect(throws: XenErrorNumber.tooBig) { try audit.deviceModelOperation(1, count: 17) }
        try audit.restrict(to: 1)
        #expect(throws: XenErrorNumber.operationNotPermitted) { try audit.deviceModelOperation(2, count: 17) }
        #expect(throws: XenErrorNumber.operationNotPermitted) { try audit.deviceModelOperation(2, count: 0) }
        #expect(try audit.deviceModelOperation(1, count: 2))
    }

    @Test func buffersAreWholeAndWritable() throws {
        let audit = PrivcmdAudit()
        // Two pages are there; the second buffer's second page is not.
        let isThere: (UInt64, UInt64) -> Bool = { $0 >= 0x1000 && $0 + $1 <= 0x3000 }
        try audit.buffers([(0x1000, 4_096), (0x2ff8, 8), (0, 0)], isWritable: isThere)
        #expect(throws: XenErrorNumber.tooBig) { try audit.buffers([(0x1000, 4_097)], isWritable: isThere) }
        #expect(throws: XenErrorNumber.badAddress) { try audit.buffers([(0x1000, 8), (0x2ff9, 8)], isWritable: isThere) }
        #expect(throws: XenErrorNumber.badAddress) { try audit.buffers([(.max, 8)], isWritable: { _, _ in true }) }
        // A size that is too large is told of before an address that is none.
        #expect(throws: XenErrorNumber.tooBig) { try audit.buffers([(0, 8), (0x1000, 5_000)], isWritable: isThere) }
    }

    @Test func channelsAreRestrictedOnce() throws {
        var audit = EventChannelAudit()
        try audit.bindUnbound()
        try audit.bindVirtualInterrupt()
        try audit.bindInterdomain(9)
        for number in [0, 0x7ff0, .max] as [UInt16] {
            #expect(throws: XenErrorNumber.invalidArgument) { try audit.restrict(to: number) }
        }
        try audit.restrict(to: 1)
        for number in [0, 1, 2] as [UInt16] {
            #expect(throws: XenErrorNumber.permissionDenied) { try audit.restrict(to: number) }
        }
        #expect(throws: XenErrorNumber.permissionDenied) { try audit.bindUnbound() }
        #expect(throws: XenErrorNumber.permissionDenied) { try audit.bindVirtualInterrupt() }
        #expect(throws: XenErrorNumber.permissionDenied) { try audit.bindInterdomain(2) }
        try audit.bindInterdomain(1)
    }
}
