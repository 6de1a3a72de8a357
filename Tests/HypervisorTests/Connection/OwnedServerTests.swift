import Flask
import Glibc
import TestSupport
import Testing

@testable import Hypervisor

/// Two programs that act as one domain are told apart where that was asked for: by the door that they have, or by their number.
@Suite struct OwnedServerTests {
    /// A client that makes device-model operations, with its memory at `0x10000`.
    final class DeviceModelClient {
        let raw: ConnectionTests.RawClient
        private let arena: Int32

        init(_ socket: MessageSocket) throws {
            raw = ConnectionTests.RawClient(socket)
            let reply = try #require(raw.say(.hello, ClientConnection.magic, ClientConnection.protocolVersion, 1))
            try #require(reply.result == 0)
            arena = try #require(reply.descriptors.first)
            try #require(raw.say(.arena, 0x10000)?.result == 0)
        }

        deinit { Glibc.close(arena) }

        private func put(_ bytes: [UInt8], at address: UInt64) {
            _ = unsafe bytes.withUnsafeBytes { unsafe pwrite(arena, $0.baseAddress, $0.count, off_t(address - 0x10000)) }
        }

        private func get(_ count: Int, at address: UInt64) -> ABIStructure {
            var bytes = [UInt8](repeating: 0, count: count)
            _ = unsafe bytes.withUnsafeMutableBytes { unsafe pread(arena, $0.baseAddress, $0.count, off_t(address - 0x10000)) }
            return ABIStructure(bytes)
        }

        func dm(_ command: DeviceModelCommand, _ body: (inout ABIStructure) -> Void = { _ in }) -> Int64 {
            var operation = ABIStructure(size: 8 + command.size)
            operation.set(command.rawValue, at: 0)
            var payload = ABIStructure(size: command.size)
            body(&payload)
            operation.set(payload.bytes, at: 8)
            put(operation.bytes, at: 0x11000)
            var list = ABIStructure(size: 16)
            list.set(0x11000 as UInt64, at: 0)
            list.set(UInt64(operation.bytes.count), at: 8)
            put(list.bytes, at: 0x10000)
            return raw.say(.hypercall, HypercallNumber.deviceModel.rawValue, 1, 1, 0x10000)?.result ?? .min
        }

        func createServer() -> Int64 {
            let result = dm(.createServer) { $0.set(2 as UInt8, at: 0) }
            return result == 0 ? Int64(get(14, at: 0x11000).word16(at: 12)) : result
        }

        /// The port of a server's ring.
        func ringPort(_ server: UInt16) -> UInt32 {
            _ = dm(.getServerInfo) { call in
                call.set(server, at: 0)
                call.set(1 as UInt16, at: 2)
            }
            return get(32, at: 0x11000).word32(at: 12)
        }
    }

    private func client(_ server: ConnectionServer, _ owner: ClientOwner?) throws -> DeviceModelClient {
        try DeviceModelClient(try #require(server.door(to: 0, owner: owner)))
    }

    @Test func aServerIsItsOwnersAndNotItsDomains() throws {
        let lab = try Lab()
        try lab.createDomain()
        let server = ConnectionServer(lab.hypervisor)
        let (first, second) = (ClientOwner(), ClientOwner())
        let mine = try client(server, first)
        #expect(mine.createServer() == 0)
        for other in try [client(server, second), client(server, nil)] {
            for command in [DeviceModelCommand.destroyServer, .getServerInfo, .setServerState, .mapRange, .unmapRange] {
                #expect(other.dm(command) == -1, "\(command)")
            }
        }
        // Neither its pages nor its ports are another's, through any kind of handle.
        let port = UInt64(mine.ringPort(0))
        for (owner, page, bound) in [(second, Int64(-1), false), (first, 0, true)] {
            let memory = ConnectionTests.RawClient(try #require(server.door(to: 0, owner: owner)))
            try memory.greet(3)
            #expect(memory.say(.mapResource, 1, 0, 0, 0, 1, 3)?.result == page)
            let events = ConnectionTests.RawClient(try #require(server.door(to: 0, owner: owner)))
            try events.greet(2)
            let result = try #require(events.say(.bindInterdomain, 1, port)).result
            #expect(bound ? result > 0 : result == -1)
        }
        // A second handle of the owner's is as good as the first.
        #expect(try client(server, first).dm(.destroyServer) == 0)
        #expect(lab.violations == [])
    }

    @Test func whatIsNotOnTheListIsRefusedAndToldOf() throws {
        let lab = try Lab()
        try lab.createDomain()
        _ = lab.takeLines()
        let owner = ClientOwner(name: "process 77", limits: ClientLimits(deviceModelOperations: [1, 20]))
        let server = ConnectionServer(lab.hypervisor)
        let limited = try client(server, owner)
        #expect(limited.createServer() == 0)
        #expect(limited.dm(.processorCount) == 0)
        #expect(lab.takeLines() == [])
        for command in DeviceModelCommand.allCases where ![.createServer, .processorCount, .setInterruptLevel].contains(command) {
            #expect(limited.dm(command) == -1, "\(command)")
            #expect(lab.takeLines() == ["dm_op: \(command.name) on d1 is not open to process 77 of d0"])
        }
        #expect(try client(server, nil).dm(.injectEvent) == 0)
    }

    @Test func whoIsGoneLeavesNoServerBehind() throws {
        let lab = try Lab()
        try lab.createDomain()
        let server = ConnectionServer(lab.hypervisor)
        do {
            let owner = ClientOwner()
            let first = try client(server, owner)
            let second = try client(server, owner)
            #expect(first.createServer() == 0)
            first.raw.socket.shutDown()
            #expect(second.dm(.setServerState) == 0)
        }
        for _ in 0..<500 where lab.deviceModel({ $0.servers.contains { $0 != nil } }) == true { usleep(10_000) }
        #expect(lab.deviceModel { $0.servers.contains { $0 != nil } } == false)
        #expect(lab.violations == [])
    }

    @Test func aRestrictedDoorIsRestrictedForGood() throws {
        let lab = try Lab()
        let guest = try lab.createDomain()
        try lab.createDomain("other")
        let server = ConnectionServer(lab.hypervisor)
        let door = try #require(server.door(to: 0, owner: ClientOwner(limits: ClientLimits(restriction: guest))))
        func open(_ kind: UInt64) throws -> (ConnectionTests.RawClient, Int64) {
            let (ours, theirs) = try #require(MessageSocket.pair())
            #expect(door.send(Request(.door, []).bytes, [theirs.descriptor]))
            let client = ConnectionTests.RawClient(ours)
            let reply = try #require(client.say(.hello, ClientConnection.magic, ClientConnection.protocolVersion, kind))
            for descriptor in reply.descriptors { Glibc.close(descriptor) }
            return (client, reply.result)
        }
        let (calls, _) = try open(1)
        #expect(calls.say(.arena, 0x10000)?.result == 0)
        // What would lift it, in every way there is.
        for domain in [2, UInt64(PrivcmdAudit.noDomain), 0xffff, 1 << 16] { #expect(calls.say(.restrict, domain)?.result == -22) }
        #expect(calls.say(.restrict, 1)?.result == 0)
        #expect(calls.say(.hypercall, HypercallNumber.version.rawValue, 0)?.result == -1)
        #expect(calls.say(.hypercall, HypercallNumber.deviceModel.rawValue, 2, 1, 0x10000)?.result == -1)
        #expect(calls.say(.hypercall, HypercallNumber.deviceModel.rawValue, 1, 0, 0x10000)?.result == 0)
        let (memory, _) = try open(3)
        #expect(memory.say(.restrictMapping, 2)?.result == -22)
        #expect(memory.say(.mapResource, 2, 1, 0, 0, 1, 1)?.result == -1)
        let (events, _) = try open(2)
        #expect(events.say(.restrictPorts, 2)?.result == -13)
        // The program need not know that it is restricted already, and may ask for it once, as of an open file.
        #expect(events.say(.restrictPorts, 1)?.result == 0)
        #expect(events.say(.restrictPorts, 1)?.result == -13)
        #expect(events.say(.bindUnbound, 1)?.result == -13)
        #expect(events.say(.bindInterdomain, 2, 1)?.result == -13)
        for kind in [4, 5, 6] as [UInt64] { #expect(try open(kind).1 == -1) }
    }

    @Test func doorsCarryLimitsAndWhoHasThemOpensNoOthers() throws {
        let lab = try Lab()
        try lab.createDomain()
        let server = ConnectionServer(lab.hypervisor)
        let dom0 = try ConnectionTests.RawClient(server)
        try dom0.greet(6)
        let limits = ClientLimits(deviceModelOperations: [20])
        let reply = try #require(dom0.say(Request(.openDoor, [0] + limits.words).bytes))
        let door = MessageSocket(try #require(reply.descriptors.first))
        let (ours, theirs) = try #require(MessageSocket.pair())
        #expect(door.send(Request(.door, []).bytes, [theirs.descriptor]))
        let limited = try DeviceModelClient(ours)
        #expect(limited.dm(.processorCount) == 0)
        _ = lab.takeLines()
        #expect(limited.createServer() == -1)
        #expect(lab.takeLines() == ["dm_op: create_ioreq_server on d1 is not open to process \(getpid()) of d0"])
        #expect(ConnectionTests.RawClient(door).say(.hello, ClientConnection.magic, ClientConnection.protocolVersion, 6)?.result == -1)
        // Words that say nothing that could be.
        for words in [[2, 1, 0], [8, 0, 0], [1, 1, 0], [1, 0, 1], [5, 0, 0x7ff4], [5, 0, 1 << 16]] as [[UInt64]] {
            #expect(dom0.say(Request(.openDoor, [0] + words).bytes)?.result == -22, "\(words)")
        }
        #expect(dom0.say(Request(.openDoor, [0, 5, 0, 99]).bytes)?.result == -3)
    }

    /// Whoever started a program narrows what it has, when it is ready: what is open already, and what it opens by its door.
    @Test func aDoorIsRestrictedWhileItIsInUse() throws {
        let lab = try Lab()
        try lab.createDomain()
        let other = try lab.createDomain()
        let server = ConnectionServer(lab.hypervisor)
        let dom0 = try ConnectionTests.RawClient(server)
        try dom0.greet(6)
        // Nothing was opened, or what belongs to everybody.
        #expect(dom0.say(.restrictDoor, 1)?.result == -22)
        #expect(dom0.say(.openDoor, 0)?.result == 0)
        #expect(dom0.say(.restrictDoor, 1)?.result == -22)
        let reply = try #require(dom0.say(Request(.openDoor, [0] + ClientLimits().words).bytes))
        let door = MessageSocket(try #require(reply.descriptors.first))
        func open() throws -> MessageSocket {
            let (ours, theirs) = try #require(MessageSocket.pair())
            #expect(door.send(Request(.door, []).bytes, [theirs.descriptor]))
            return ours
        }
        func handle(_ kind: UInt64) throws -> ConnectionTests.RawClient {
            let client = ConnectionTests.RawClient(try open())
            #expect(client.say(.hello, ClientConnection.magic, ClientConnection.protocolVersion, kind)?.result == 0)
            return client
        }
        let calls = try DeviceModelClient(open())
        let (memory, events, grants) = (try handle(3), try handle(2), try handle(4))
        // One that the program has restricted to another domain.
        let strayed = try handle(3)
        #expect(strayed.say(.restrictMapping, UInt64(other))?.result == 0)
        #expect(memory.say(.mapResource, UInt64(other), 0, 0, 0, 0)?.result != -1)
        #expect(calls.raw.say(.hypercall, HypercallNumber.version.rawValue)?.result ?? -1 >= 0)

        #expect(dom0.say(.restrictDoor, 99)?.result == -3)
        #expect(dom0.say(.restrictDoor, 1)?.result == 0)
        #expect(dom0.say(.restrictDoor, 1)?.result == 0)
        #expect(dom0.say(.restrictDoor, UInt64(other))?.result == -22)

        #expect(calls.raw.say(.hypercall, HypercallNumber.version.rawValue)?.result == -1)
        #expect(calls.dm(.processorCount) == 0)
        #expect(memory.say(.mapResource, UInt64(other), 0, 0, 0, 0)?.result == -1)
        #expect(memory.say(.mapResource, 1, 0, 0, 0, 0)?.result != -1)
        #expect(strayed.say(.mapResource, UInt64(other), 0, 0, 0, 0)?.result == -1)
        #expect(strayed.say(.mapResource, 1, 0, 0, 0, 0)?.result == -1)
        #expect(events.say(.bindUnbound, 1)?.result == -13)
        #expect(events.say(.bindInterdomain, UInt64(other), 1)?.result == -13)
        #expect(grants.say(.unmapGrants, 0, 1)?.result == -1)
        // And what it opens now.
        let later = try DeviceModelClient(open())
        #expect(later.raw.say(.hypercall, HypercallNumber.version.rawValue)?.result == -1)
        #expect(later.dm(.processorCount) == 0)
        for kind in [4, 5, 6, 7] as [UInt64] {
            let client = ConnectionTests.RawClient(try open())
            #expect(client.say(.hello, ClientConnection.magic, ClientConnection.protocolVersion, kind)?.result == -1)
        }
    }

    @Test func limitsAreReadAsTheyAreWritten() {
        var random = SplitMix64(seed: RandomTest.seed())
        for _ in 0..<500 {
            let operations = (0..<Int.random(in: 0...8, using: &random)).map { _ in UInt32.random(in: 0..<64, using: &random) }
            let limits = ClientLimits(
                deviceModelOperations: Bool.random(using: &random) ? Set(operations) : nil,
                restriction: Bool.random(using: &random) ? UInt16.random(in: 0..<0x7ff0, using: &random) : nil)
            let words = limits.words
            #expect(ClientLimits(flags: words[0], operations: words[1], domain: words[2]) == limits)
        }
        #expect(ClientLimits.deviceModelOperations(named: "nr_vcpus,inject_msi").numbers == [20, 14])
        #expect(ClientLimits.deviceModelOperations(named: "nr_vcpus,all").unknown == "all")
        #expect(Set(ClientLimits.deviceModelOperationNames).count == 20)
    }

    @Test func aProcessIsToldFromAnotherOfItsNumber() throws {
        let own = try #require(RunningProcess(getpid()))
        #expect(own == RunningProcess(getpid()))
        #expect(RunningProcess(0) == nil)
        #expect(RunningProcess(-5) == nil)
        var table = OwnerTable()
        let owner = table.owner(for: own)
        let same = table.owner(for: own)
        let (one, other) = (table.owner(for: nil), table.owner(for: nil))
        #expect(same === owner)
        #expect(one !== other)
        let ends = [table.countOut(owner), table.countOut(owner)]
        #expect(ends == [false, true])
        let later = table.owner(for: own)
        #expect(later !== owner)
    }
}

extension MessageSocket {
    /// Says to the other end that nothing will come any more.
    fileprivate func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
