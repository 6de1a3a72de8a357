import Flask
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Hypervisor

/// Somebody takes all that he can have. Others are served all the same, within a tenth of a second where the machine is not busy
/// and a second in any case; and what was taken is there again when he has gone.
@Suite(.serialized) struct ExhaustionTests {
    private typealias Client = ConnectionTests.RawClient

    private let lab: Lab
    private let (greedy, other): (UInt16, UInt16)
    private let server: ConnectionServer

    init() throws {
        lab = try Lab()
        greedy = try lab.createDomainWithMemory()
        other = try lab.createDomain("other")
        server = ConnectionServer(lab.hypervisor, descriptorLimit: 1_024)
    }

    /// Others are served: those that are connected, and those that come, dom0's and a guest's.
    private func othersAreServed(_ when: String) throws {
        for domain in [0, other] {
            let start = Date()
            let calls = try Client(server, domain)
            try calls.greet(1)
            #expect(calls.say(.hypercall, HypercallNumber.version.rawValue, 0)?.result == 0x40011, "\(when)")
            let ports = try Client(server, domain)
            try ports.greet(2)
            let reply = try #require(ports.say(.bindUnbound, 0))
            #expect(reply.result > 0, "\(when)")
            for descriptor in reply.descriptors { close(descriptor) }
            let shares = try Client(server, domain)
            try shares.greet(5)
            let shared = try #require(shares.say(.share, 0, 1, 1))
            #expect(shared.result > 0, "\(when)")
            for descriptor in shared.descriptors { close(descriptor) }
            #expect(Date().timeIntervalSince(start) < 1, "\(when): d\(domain)")
        }
    }

    /// The greedy one has nothing any more, and may begin anew.
    private func allIsBack() throws {
        for _ in 0..<500 where server.connectionCount(of: greedy) > 0 { usleep(10_000) }
        #expect(server.connectionCount(of: greedy) == 0)
        #expect(server.descriptorCount(of: greedy) == 0)
        let left = lab.hypervisor.machine.withLock { machine in
            machine.violations + (machine.domains[greedy]?.grants.processShares.isEmpty == true ? [] : ["shares are left"])
        }
        #expect(left == [])
        let client = try Client(server, greedy)
        try client.greet(2)
        let reply = try #require(client.say(.bindUnbound, 0))
        #expect(reply.result > 0)
        for descriptor in reply.descriptors { close(descriptor) }
    }

    @Test func connections() throws {
        var taken: [MessageSocket] = []
        while let socket = server.door(to: greedy) { taken.append(socket) }
        #expect(taken.count == ConnectionServer.maximumConnections)
        try othersAreServed("one has all his connections")
        taken = []
        try allIsBack()
    }

    @Test func descriptors() throws {
        // Ports, as each is a descriptor of the daemon's.
        var theirs: [Int32] = []
        defer { for descriptor in theirs { close(descriptor) } }
        var clients = try [Client(server, greedy)]
        try clients[0].greet(2)
        while let reply = clients[0].say(.bindUnbound, 0), reply.result > 0 { theirs += reply.descriptors }
        #expect(theirs.count == 1_024 / 8 - 1)
        #expect(server.descriptorCount(of: greedy) == 1_024 / 8)
        #expect(server.door(to: greedy) == nil)
        #expect(clients[0].say(.bindVirtualIRQ, 0)?.result == -28)
        try othersAreServed("one has all his descriptors")
        // One that is let go is there for something else, and no more than one.
        #expect(clients[0].say(.unbind, 1)?.result == 0)
        clients.append(try Client(server, greedy))
        #expect(clients[1].say(.hello, ClientConnection.magic, ClientConnection.protocolVersion, 1)?.result == -28)
        clients = []
        try allIsBack()
    }

    @Test func guestsTogether() throws {
        // As many as it takes: each has its eighth, all together a half.
        var clients: [Client] = []
        var theirs: [Int32] = []
        defer { for descriptor in theirs { close(descriptor) } }
        for _ in 0..<6 {
            guard let socket = server.door(to: try lab.createDomain()) else { continue }
            let client = Client(socket)
            try client.greet(2)
            while let reply = client.say(.bindUnbound, 0), reply.result > 0 { theirs += reply.descriptors }
            clients.append(client)
        }
        #expect(theirs.count + clients.count == 512)
        let calls = try Client(server, 0)
        try calls.greet(1)
        #expect(calls.say(.hypercall, HypercallNumber.version.rawValue, 0)?.result == 0x40011)
    }

    @Test func memory() throws {
        let client = try Client(server, greedy)
        try client.greet(5)
        var pages = 0
        while let reply = client.say(.share, 0, 512, 1), reply.result > 0 {
            for descriptor in reply.descriptors { close(descriptor) }
            pages += 512
        }
        // A table of 64 frames has room for so many.
        #expect(pages > 0 && pages <= 64 * 512)
        // Its own memory is full as well.
        let frames = Array(UInt64(64)..<2_048)
        let done = lab.reservation(.populatePhysmap, greedy, frames)
        #expect(done == 1_024 - 64)
        try othersAreServed("one has all his memory")
        let before = lab.hypervisor.machine.withLock { $0.freePages }
        #expect(lab.domctl(.destroyDomain, greedy) == 0)
        #expect(lab.hypervisor.machine.withLock { $0.freePages } == before + 1_024)
    }

    @Test func eventChannels() throws {
        // By hypercalls there is no handle that they would go with: they are the domain's, up to its limit.
        var count = 0
        while lab.unbound(remote: 0, as: greedy) > 0 { count += 1 }
        #expect(count == 1_023)
        try othersAreServed("one has all his ports")
        #expect(lab.domctl(.destroyDomain, greedy) == 0)
        #expect(lab.hypervisor.machine.withLock { $0.violations } == [])
    }

    @Test func aFloodWhoseAnswersNobodyReads() throws {
        let request = Request(.hypercall, [HypercallNumber.version.rawValue, 0]).bytes
        var clients: [Client] = []
        for _ in 0..<8 {
            let client = try Client(server, greedy)
            try client.greet(1)
            // The connection ends as soon as it is seen that the last answer lies there unread.
            for _ in 0..<10_000 where !client.socket.send(request) { break }
            #expect(!client.socket.send(request), "10,000 answers lie there that nobody reads")
            clients.append(client)
        }
        try othersAreServed("one floods")
        clients = []
        try allIsBack()
    }

    @Test func silence() throws {
        // Some say nothing, some have said only who they are, one has an answer that he does not read.
        var silent = try (0..<8).map { _ in try Client(server, greedy) }
        try silent[0].greet(1)
        _ = silent[1].socket.send(Request(.hello, [ClientConnection.magic, ClientConnection.protocolVersion, 2]).bytes)
        try othersAreServed("some say nothing")
        silent = []
        try allIsBack()
    }

    /// Two domains could have the daemon keep what they had shared, by sharing and mapping it over and over.
    @Test func whatWasMappedIsNotKept() throws {
        let sharing = try Client(server, greedy)
        try sharing.greet(5)
        let mapping = try Client(server, 0)
        try mapping.greet(4)
        var identifiers: Set<UInt64> = []
        weak var first: SharedMemory?
        for round in 0..<300 {
            let shared = try #require(sharing.say(.share, 0, 1, 1))
            for descriptor in shared.descriptors { close(descriptor) }
            let reference = ABIStructure(shared.payload).word32(at: 0)
            if round == 0 {
                first = lab.state(greedy)?.grants.processShares.values.first?.memory
                #expect(first != nil)
            }
            var pair = ABIStructure(size: 8)
            pair.set(UInt32(greedy), at: 0)
            pair.set(reference, at: 4)
            let mapped = try #require(mapping.say(Request(.mapGrants, [1, 3]).bytes + pair.bytes))
            #expect(mapped.result > 0)
            // Each is another memory, and has another number, wherever the system put it.
            #expect(mapped.descriptors.count == 1)
            #expect(identifiers.insert(mapped[2]).inserted)
            for descriptor in mapped.descriptors { close(descriptor) }
            #expect(mapping.say(.unmapGrants, UInt64(mapped.result))?.result == 0)
            #expect(sharing.say(.unshare, UInt64(shared.result))?.result == 0)
        }
        #expect(first == nil, "what the first one shared is kept")
    }
}
