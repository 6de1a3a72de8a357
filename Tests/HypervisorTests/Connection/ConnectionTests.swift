import Flask
import Glibc
import TestSupport
import Testing

@testable import Hypervisor

/// What a process can say to the daemon, and that it is heard as the domain whose socket it has, and as no other.
@Suite struct ConnectionTests {
    /// A client without a library: it says what it likes.
    final class RawClient {
        let socket: MessageSocket
        private var buffer = [UInt8](repeating: 0, count: 32_768)

        init(_ server: ConnectionServer, _ domain: UInt16 = 0) throws {
            socket = try #require(server.door(to: domain))
        }

        init(_ socket: MessageSocket) { self.socket = socket }

        func say(_ bytes: [UInt8]) -> Reply? {
            guard socket.send(bytes), let (answer, descriptors) = socket.receive(into: &buffer) else { return nil }
            let header = ABIStructure(answer)
            var reply = Reply(Int64(bitPattern: header.word64(at: 0)))
            for index in 0..<7 { reply[index] = header.word64(at: 8 + 8 * index) }
            reply.payload = Array(answer[64...])
            reply.descriptors = descriptors
            return reply
        }

        func say(_ kind: Request.Kind, _ words: UInt64...) -> Reply? { say(Request(kind, words).bytes) }

        /// Opens a handle of a kind; for calls with its memory at `0x10000`.
        func greet(_ kind: UInt64) throws {
            let reply = try #require(say(.hello, ClientConnection.magic, ClientConnection.protocolVersion, kind))
            #expect(reply.result == 0)
            for descriptor in reply.descriptors { close(descriptor) }
            if kind == 1 { #expect(say(.arena, 0x10000)?.result == 0) }
        }
    }

    @Test func callsAreThoseOfTheSocketsDomain() throws {
        let lab = try Lab()
        let guest = try lab.createDomain()
        try lab.load(
            Lab.policy(only: [.init(source: "dom0", target: "xen", objectClass: "version", permissions: ["xen_pagesize"])]))
        let server = ConnectionServer(lab.hypervisor)
        for (domain, result) in [(UInt16(0), Int64(4_096)), (guest, 0)] {
            let client = try RawClient(server, domain)
            try client.greet(1)
            #expect(client.say(.hypercall, HypercallNumber.version.rawValue, 7)?.result == result)
        }
        #expect(lab.takeLines().filter { $0.hasPrefix("avc:") }.map { $0.contains("scontext=system_u:system_r:guest ") } == [true])
    }

    @Test func anotherVersionIsRefusedAndToldOurs() throws {
        let server = ConnectionServer(try Lab().hypervisor)
        let client = try RawClient(server)
        // That of a release before: its libraries have no counters.
        let reply = try #require(client.say(.hello, ClientConnection.magic, 1, 1))
        #expect(reply.result == -71)
        #expect(reply[0] == 2)
        #expect(client.say(.hello, ClientConnection.magic, 2, 1) == nil)
    }

    @Test func whatIsNoMessageEndsItsOwnConnectionOnly() throws {
        let server = ConnectionServer(try Lab().hypervisor)
        let good = try RawClient(server)
        try good.greet(1)
        var random = SplitMix64(seed: 20_261_121)
        for size in [1, 63, 64, 65, 200, 16_448, 16_449, 32_000] {
            let bad = try RawClient(server)
            try bad.greet(1)
            _ = bad.say((0..<size).map { _ in UInt8.random(in: 0...255, using: &random) })
            #expect(good.say(.hypercall, HypercallNumber.version.rawValue, 7)?.result == 4_096)
        }
    }

    @Test func pointersOutsideTheArenaAreBadAddresses() throws {
        let server = ConnectionServer(try Lab().hypervisor)
        let client = try RawClient(server)
        try client.greet(1)
        let number = HypercallNumber.systemControl.rawValue
        for address in [0, 0xffff, UInt64.max, 0x10000 + 24_576 * 4_096 - 135, 0x10000 + 24_576 * 4_096] as [UInt64] {
            #expect(client.say(.hypercall, number, address)?.result == -14, "\(address)")
        }
    }

    @Test func aDomainHasOnlySoManyConnections() throws {
        let lab = try Lab()
        let guest = try lab.createDomain()
        let server = ConnectionServer(lab.hypervisor)
        var clients = try (0..<ConnectionServer.maximumConnections).map { _ in try RawClient(server, guest) }
        #expect(server.door(to: guest) == nil)
        // Others are served all the same, and room comes back when a client goes.
        try RawClient(server).greet(1)
        clients.removeLast()
        var door: MessageSocket?
        for _ in 0..<500 where door == nil {
            door = server.door(to: guest)
            if door == nil { usleep(10_000) }
        }
        #expect(door != nil)
    }

    @Test func aDomainThatIsGoneDoesNothing() throws {
        let lab = try Lab()
        let guest = try lab.createDomain()
        let server = ConnectionServer(lab.hypervisor)
        let client = try RawClient(server, guest)
        try client.greet(1)
        #expect(lab.domctl(.destroyDomain, guest) == 0)
        // Another one of the same number is another domain.
        #expect(try lab.createDomain(number: guest) == guest)
        #expect(client.say(.hypercall, HypercallNumber.version.rawValue, 0)?.result == -3)
    }

    @Test func aRestrictedHandleMakesNoHypercalls() throws {
        let lab = try Lab()
        try lab.createDomain()
        let client = try RawClient(ConnectionServer(lab.hypervisor))
        try client.greet(1)
        #expect(client.say(.restrict, 1)?.result == 0)
        #expect(client.say(.restrict, 1)?.result == 0)
        #expect(client.say(.restrict, 2)?.result == -22)
        #expect(client.say(.hypercall, HypercallNumber.version.rawValue, 0)?.result == -1)
    }

    @Test func doorsAreOpenedForWhoControlsTheMachine() throws {
        let lab = try Lab()
        let guest = try lab.createDomain()
        let server = ConnectionServer(lab.hypervisor)
        let dom0 = try RawClient(server)
        try dom0.greet(6)
        #expect(dom0.say(.openDoor, 77)?.result == -3)
        let reply = try #require(dom0.say(.openDoor, UInt64(guest)))
        let door = MessageSocket(try #require(reply.descriptors.first))
        // Through it come connections, each with an end of its own.
        let (ours, theirs) = try #require(MessageSocket.pair())
        #expect(door.send(Request(.door, []).bytes, [theirs.descriptor]))
        try RawClient(ours).greet(1)
        #expect(try RawClient(server, guest).say(.hello, ClientConnection.magic, ClientConnection.protocolVersion, 6)?.result == -1)
    }
}
