import Flask
import Synchronization
import TestSupport
import Testing

@testable import Hypervisor

/// Event channels: states, errors in their order, who is told.
@Suite struct EventChannelTests {
    /// Dom0 with a guest, and a channel between them: dom0's port and the guest's.
    private func connected(_ lab: Lab) throws -> (dom0: Int64, guest: Int64) {
        try lab.createDomain()
        let port = lab.unbound(remote: 1)
        return (port, lab.bind(remote: 0, port, as: 1))
    }

    @Test func portsAreGivenFromOneOn() throws {
        let lab = try Lab()
        try lab.createDomain()
        #expect((0..<3).map { _ in lab.unbound(remote: 0, as: 1) } == [1, 2, 3])
        #expect(lab.close(2, as: 1) == 0)
        #expect(lab.close(2, as: 1) == -22)
        #expect(lab.close(0, as: 1) == -22)
        #expect(lab.unbound(remote: 0, as: 1) == 2)
        #expect(lab.unbound(remote: 0, as: 1) == 4)
        #expect(lab.violations == [])
    }

    @Test func aChannelHasTwoEnds() throws {
        let lab = try Lab()
        let ports = try connected(lab)
        #expect(lab.status(ports.dom0)! == (2, 0, 1, UInt32(ports.guest)))
        #expect(lab.status(ports.guest, as: 1)! == (2, 0, 0, UInt32(ports.dom0)))
        #expect(lab.violations == [])
        // Who binds is told at once: an event may have been lost.
        #expect(lab.isPending(ports.guest, in: 1))
        #expect(!lab.isPending(ports.dom0, in: 0))
        #expect(lab.send(ports.guest, as: 1) == 0)
        #expect(lab.isPending(ports.dom0, in: 0))
        // One end closes: the other waits for it again.
        #expect(lab.close(ports.guest, as: 1) == 0)
        #expect(lab.sharedInfo(1)?.load64(at: 2_048) == 0)
        #expect(lab.status(ports.dom0)! == (1, 0, 1, 0))
        #expect(lab.send(ports.dom0) == 0)
        #expect(lab.bind(remote: 0, ports.dom0, as: 1) == 1)
        #expect(lab.violations == [])
    }

    @Test func bindingIsForWhoIsWaitedFor() throws {
        let lab = try Lab()
        try lab.createDomain()
        try lab.createDomain("other")
        let port = lab.unbound(remote: 1)
        #expect(lab.bind(remote: 0, port, as: 2) == -22)
        #expect(lab.bind(remote: 0, 7, as: 1) == -22)
        #expect(lab.bind(remote: 0, 70_000, as: 1) == -22)
        #expect(lab.bind(remote: 9, port, as: 1) == -3)
        #expect(lab.bind(remote: 0, port, as: 1) == 1)
        #expect(lab.bind(remote: 0, port, as: 1) == -22)
        #expect(lab.unbound(9, remote: 1) == -3)
        // Flask says that it may not, where there is nobody to bind.
        #expect(lab.unbound(remote: 9) == -1)
        #expect(lab.violations == [])
    }

    @Test func theOtherEndIsAskedAboutAgain() throws {
        let lab = try Lab()
        try lab.createDomain()
        let port = lab.unbound(remote: 1)
        // The guest may have a channel of its own, but dom0's channel may not be its any more.
        try lab.load(
            Lab.policy(only: [
                .init(source: "guest", target: "channel", objectClass: "event", permissions: ["create"]),
                .init(source: "channel", target: "dom0", objectClass: "event", permissions: ["bind"]),
            ]))
        #expect(lab.bind(remote: 0, port, as: 1) == -13)
        #expect(
            lab.takeLines() == [
                "avc:  denied  { bind } for source=d1 target=d0 scontext=system_u:object_r:channel "
                    + "tcontext=system_u:system_r:guest tclass=event"
            ])
        #expect(lab.violations == [])
    }

    @Test func portsHaveALimit() throws {
        let lab = try Lab()
        try lab.createDomain()
        // The lab's domains have ports up to 1,023.
        #expect((1...1_023).allSatisfy { lab.unbound(remote: 0, as: 1) == Int64($0) })
        #expect(lab.unbound(remote: 0, as: 1) == -28)
        #expect(lab.close(500, as: 1) == 0)
        #expect(lab.unbound(remote: 0, as: 1) == 500)
        #expect(lab.status(1_024, as: 1) == nil)
        #expect(lab.violations == [])
    }

    @Test func interruptsAreBoundOnce() throws {
        let lab = try Lab()
        try lab.createDomain(processors: 2)
        func bind(_ number: UInt32, _ processor: UInt32, as domain: UInt16 = 1) -> Int64 {
            let result = lab.event(.bindVirtualInterrupt, as: domain) { call in
                call.set(number, at: 0)
                call.set(processor, at: 4)
            }
            return result == 0 ? Int64(lab.answer(12).word32(at: 8)) : result
        }
        #expect(bind(24, 0) == -22)
        #expect(bind(VirtualInterrupt.console.rawValue, 1) == -22)
        #expect(bind(VirtualInterrupt.timer.rawValue, 2) == -2)
        #expect(bind(VirtualInterrupt.timer.rawValue, 1) == 1)
        #expect(bind(VirtualInterrupt.timer.rawValue, 1) == -17)
        #expect(bind(VirtualInterrupt.timer.rawValue, 0) == 2)
        #expect(lab.status(1, as: 1)! == (4, 1, 0, 0))
        #expect(lab.close(1, as: 1) == 0)
        #expect(bind(VirtualInterrupt.timer.rawValue, 1) == 1)
        // A processor is told that is another only where the interrupt is nobody's own.
        func rebind(_ port: UInt32, _ processor: UInt32) -> Int64 {
            lab.event(.bindProcessor, as: 1) { call in
                call.set(port, at: 0)
                call.set(processor, at: 4)
            }
        }
        #expect(rebind(1, 0) == -22)
        #expect(rebind(1, 9) == -2)
        #expect(rebind(99_999, 0) == -22)
        #expect(bind(VirtualInterrupt.argo.rawValue, 0) == 3)
        #expect(rebind(3, 1) == 0)
        #expect(lab.status(3, as: 1)!.processor == 1)
        #expect(lab.close(3, as: 1) == 0)
        #expect(lab.violations == [])

        var notices = EventNotices()
        lab.hypervisor.machine.withLock { $0.raise(.timer, in: 1, processor: 1, &notices) }
        #expect(lab.isPending(1, in: 1) && !lab.isPending(2, in: 1))
    }

    @Test func physicalInterruptsAreForWhoMay() throws {
        let lab = try Lab()
        try lab.createDomain()
        try lab.createDomain(isHVM: false)
        func bind(_ number: UInt32, as domain: UInt16) -> Int64 {
            lab.event(.bindPhysicalInterrupt, as: domain) { $0.set(number, at: 0) }
        }
        #expect(bind(56, as: 1) == -22)
        #expect(bind(55, as: 1) == 0)
        #expect(bind(55, as: 1) == -17)
        #expect(bind(20, as: 2) == -1)
        #expect(bind(20, as: 0) == 0)
        #expect(lab.status(1, as: 1)! == (3, 0, 55, 0))
        #expect(lab.close(1, as: 1) == 0)
        #expect(lab.violations == [])
    }

    @Test func whoListensIsToldInPlaceOfThePages() throws {
        let lab = try Lab()
        try lab.createDomain()
        let (dom0, guest) = (CountingListener(), CountingListener())
        let port = try lab.client(0).bindUnbound(remote: 1, listener: dom0)
        let other = try lab.client(1).bindInterdomain(remote: 0, port: port, listener: guest)
        #expect(guest.take() == [other])
        try lab.client(0).notify(port)
        try lab.client(1).notify(other)
        #expect(guest.take() == [other])
        #expect(dom0.take() == [port])
        #expect(!lab.isPending(Int64(port), in: 0))
        try lab.client(1).unbind(other)
        // Flask knows no permission for a port that is free.
        #expect(throws: XenErrorNumber.operationNotPermitted) { try lab.client(1).notify(other) }
        try lab.client(0).notify(port)
        #expect(guest.take() == [])
        // A port that a hypercall made is listened at later.
        let third = lab.unbound(remote: 1)
        try lab.client(0).listen(at: UInt32(third), dom0)
        let fourth = lab.bind(remote: 0, third, as: 1)
        #expect(lab.send(fourth, as: 1) == 0)
        #expect(dom0.take() == [UInt32(third)])
        #expect(throws: XenErrorNumber.invalidArgument) { try lab.client(0).listen(at: 77, dom0) }
        #expect(lab.violations == [])
    }

    @Test func pagesTellOfEventsThatAreNotMasked() throws {
        let lab = try Lab()
        let ports = try connected(lab)
        let page = try #require(lab.sharedInfo(1))
        #expect(page.load64(at: 2_048) == 1 << UInt64(ports.guest))
        #expect(page.load64(at: 8) == 1)
        #expect(page.load64(at: 0) == 1)
        // Masked: it is pending, and nobody is told.
        _ = page.clear(4_096, at: 0)
        page.formUnion(1 << UInt64(ports.guest), at: 2_560)
        #expect(lab.send(ports.dom0) == 0)
        #expect(page.load64(at: 2_048) == 1 << UInt64(ports.guest))
        #expect(page.load64(at: 8) == 0)
        #expect(lab.event(.unmask, as: 1) { $0.set(UInt32(ports.guest), at: 0) } == 0)
        #expect(page.load64(at: 2_560) == 0)
        #expect(page.load64(at: 8) == 1)
        #expect(page.load64(at: 0) == 1)
        #expect(lab.event(.unmask, as: 1) { $0.set(4_096 as UInt32, at: 0) } == -22)
    }

    @Test func aResetLeavesNothing() throws {
        let lab = try Lab()
        let ports = try connected(lab)
        #expect(lab.event(.reset) { $0.set(1 as UInt16, at: 0) } == -22)
        #expect(lab.event(.reset) { $0.set(9 as UInt16, at: 0) } == -3)
        _ = lab.domctl(.pauseDomain, 1)
        #expect(lab.event(.reset) { $0.set(1 as UInt16, at: 0) } == 0)
        #expect(lab.status(ports.guest, as: 1)!.status == 0)
        #expect(lab.status(ports.dom0)!.status == 1)
        #expect(lab.violations == [])
    }

    @Test func aDomainThatGoesLeavesNoEnds() throws {
        let lab = try Lab()
        let ports = try connected(lab)
        let exceptions = CountingListener()
        let interrupt = try lab.client(0).bindVirtualInterrupt(VirtualInterrupt.domainException.rawValue, listener: exceptions)
        let domain = try #require(lab.hypervisor.domain(1))
        try lab.hypervisor.machine.withLock { (machine) throws(XenErrorNumber) in
            try machine.setHandler(of: VirtualInterrupt.domainException.rawValue, domain)
        }
        #expect(lab.domctl(.destroyDomain, 1) == 0)
        #expect(lab.status(ports.dom0)! == (1, 0, 1, 0))
        #expect(lab.violations == [])
        // Its handler went with it: dom0 is told.
        #expect(exceptions.take() == [interrupt])
        #expect(lab.close(ports.dom0) == 0)
    }

    @Test func whoMonitorsIsReachedByTheHypervisor() throws {
        let lab = try Lab()
        try lab.createDomain()
        let (guest, dom0) = (try #require(lab.hypervisor.domain(1)), try #require(lab.hypervisor.domain(0)))
        let (xen, monitor) = (CountingListener(), CountingListener())
        let port = try lab.hypervisor.machine.withLock { machine throws(XenErrorNumber) in
            let channel = EventChannel(label: guest.label, isXens: true, listener: xen)
            let port = try machine.addUnbound(guest, remote: dom0.number.rawValue, channel)
            machine.domains[1]?.events.monitorPorts.insert(port)
            return port
        }
        #expect(lab.close(Int64(port), as: 1) == -22)
        let other = try lab.client(0).bindInterdomain(remote: 1, port: port, listener: monitor)
        #expect(monitor.take() == [other])
        try lab.hypervisor.raising { (machine, notices) throws(XenErrorNumber) in machine.sendFromXen(1, port, &notices) }
        #expect(monitor.take() == [other])
        try lab.client(0).notify(other)
        #expect(xen.take() == [port])
        #expect(lab.violations == [])
        try lab.hypervisor.machine.withLock { machine throws(XenErrorNumber) in try machine.close(1, port, byGuest: false) }
        #expect(lab.status(Int64(other))! == (1, 0, 1, 0))
        #expect(lab.violations == [])
    }

    @Test func siloKeepsGuestsApart() throws {
        let lab = try Lab(Lab.policy()) { $0.module = .silo }
        try lab.createDomain(number: 1, plain: true)
        try lab.createDomain(number: 2, plain: true)
        #expect(lab.unbound(remote: 2, as: 1) == -1)
        #expect(lab.unbound(remote: 9, as: 1) == -3)
        #expect(lab.unbound(remote: 1, as: 1) == 1)
        #expect(lab.unbound(remote: 0, as: 1) == 2)
        #expect(lab.unbound(2, remote: 1, as: 1) == -1)
        // What dom0 made for them they may not use, because it is they who would speak.
        let port = lab.unbound(1, remote: 2)
        #expect(port == 3)
        #expect(lab.bind(remote: 1, port, as: 2) == -1)
        #expect(lab.bind(remote: 1, 2) == 1)
        #expect(lab.violations == [])
    }

    @Test func thePeerIsKnownByItsLabel() throws {
        let lab = try Lab()
        let ports = try connected(lab)
        let caller = Caller(domain: try #require(lab.hypervisor.domain(0)), memory: lab.memory)
        #expect(try lab.hypervisor.peerIdentifier(ofPort: UInt32(ports.dom0), caller) == lab.sid("guest"))
        #expect(lab.hypervisor.peerIdentifier(ofPort: 50, caller) == nil)
        #expect(lab.hypervisor.peerIdentifier(ofPort: .max, caller) == nil)
    }

    @Test func unknownStatesAreUnknownPermissions() throws {
        let lab = try Lab()
        try lab.createDomain()
        _ = lab.takeLines()
        #expect(lab.send(5, as: 1) == -1)
        #expect(lab.takeLines() == ["FLASK: Denying unknown event channel state: 0."])
        #expect(lab.send(64, as: 1) == -22)
        #expect(lab.call(.eventChannel, [99, Lab.argument]) == -38)
        #expect(lab.call(.eventChannel, [UInt64(EventChannelCommand.send.rawValue), 0]) == -14)
    }
}

extension Lab {
    /// Creates a domain without a label, where no policy decides.
    func createDomain(number: UInt16, plain: Bool) throws {
        let result = domctl(.createDomain, number) { call in
            call.set(0x23 as UInt32, at: 36)
            call.set(1 as UInt32, at: 44)
            call.set(1_023 as UInt32, at: 48)
            call.set(2 as UInt32, at: 60)
        }
        guard result == 0, domctl(.maximumProcessors, number, as: 0, { $0.set(1 as UInt32, at: 16) }) == 0,
            domctl(.unpauseDomain, number) == 0
        else { throw LabError.failed(result) }
    }
}
