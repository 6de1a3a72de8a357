import Flask
import Foundation
import Glibc
import Synchronization
import Threading
import TestSupport
import Testing

@testable import Hypervisor

/// The domains that a tool stack has made end with its connection; a daemon that is to end when there is nothing more to do then does.
@Suite struct DomainKeeperTests {
    private static func wait(_ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<500 {
            if try condition() { return true }
            usleep(10_000)
        }
        return false
    }

    @Test func domainsEndWithWhoMadeThemAndTheDaemonWithTheLast() throws {
        let lab = try Lab()
        let other = try lab.createDomain()
        let label = try lab.sid("guest").rawValue
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("dom0").path
        let server = ConnectionServer(lab.hypervisor)
        try server.listen(at: path, domain: 0, user: geteuid())
        let events = Lock<[DomainEvent]>([])
        lab.hypervisor.observe { event in events.withLock { $0.append(event) } }
        let isIdle = Atomic(false)
        let isAsked = server.whenIdle(orUnusedFor: 3_600) { isIdle.store(true, ordering: .relaxed) }
        #expect(isAsked)
        func told() -> [DomainEvent] { events.withLock { $0 } }
        func hasEnded() -> Bool { isIdle.load(ordering: .relaxed) }

        let first = try RemoteToolstack(at: path)
        let second = try RemoteToolstack(at: path)
        // Both are told of ends, where Xen's interrupt is one program's.
        let notices = (try first.watchDomains(), try second.watchDomains())
        #expect(throws: RemoteToolstack.Failure(operation: "watch", number: EINVAL)) { try first.watchDomains() }
        func isTold(_ notices: DomainNotices) -> Bool {
            var wanted = pollfd(fd: notices.socket.descriptor, events: Int16(POLLIN), revents: 0)
            return unsafe poll(&wanted, 1, 0) == 1 && notices.take()
        }
        #expect(!isTold(notices.0) && !isTold(notices.1))
        let destroyed = try first.createDomain(label: label, isHVM: true, processors: 1)
        let guest = try first.createDomain(label: label, isHVM: true, processors: 1)
        let kept = try second.createDomain(label: label, isHVM: true, processors: 1)
        try first.destroy(destroyed)
        #expect(isTold(notices.0) && isTold(notices.1) && !isTold(notices.0))
        first.leave()
        #expect(try Self.wait { try !second.domains().contains(guest) })
        #expect(try second.domains() == [0, other, kept])
        #expect(told().suffix(3) == [.destroyed(destroyed), .abandoned(guest), .destroyed(guest)])
        // One that somebody else made is left to him, and keeps the daemon.
        second.leave()
        #expect(Self.wait { told().last == .destroyed(kept) })
        let third = try RemoteToolstack(at: path)
        #expect(try third.domains() == [0, other])
        try third.destroy(other)
        usleep(50_000)
        #expect(!hasEnded())
        third.leave()
        #expect(Self.wait(hasEnded))
        // Who comes now is too late.
        #expect(throws: RemoteToolstack.Failure(operation: "connect", number: EAGAIN)) { try RemoteToolstack(at: path) }
    }

    /// Somebody was to come, and did not.
    @Test func aDaemonThatNobodyUsesEnds() throws {
        let server = ConnectionServer(try Lab().hypervisor)
        let isIdle = Atomic(false)
        let isAsked = server.whenIdle(orUnusedFor: 0) { isIdle.store(true, ordering: .relaxed) }
        func hasEnded() -> Bool { isIdle.load(ordering: .relaxed) }
        #expect(isAsked && Self.wait(hasEnded))
    }

    /// Whom the policy does not let destroy domains, his domains survive.
    @Test func thePolicyIsAskedWhenDomainsEndWithWhoMadeThem() throws {
        let lab = try Lab()
        let label = try lab.sid("guest").rawValue
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("dom0").path
        let server = ConnectionServer(lab.hypervisor)
        try server.listen(at: path, domain: 0, user: geteuid())
        let toolstack = try RemoteToolstack(at: path)
        let guest = try toolstack.createDomain(label: label, isHVM: true, processors: 1)
        try lab.load(Lab.policy(only: []))
        _ = lab.takeLines()
        toolstack.leave()
        var lines: [String] = []
        #expect(
            Self.wait {
                lines += lab.takeLines()
                return lines.contains { $0.hasPrefix("avc:  denied  { destroy }") }
            })
        #expect(lab.hypervisor.domain(guest) != nil)
    }
}
