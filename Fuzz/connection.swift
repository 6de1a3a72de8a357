import Flask
import Synchronization

@testable import Hypervisor

/// Messages of several clients of several domains, taken apart and answered as those that come over sockets. At the end all
/// clients die, and nothing may be left of what was theirs.
///
/// The first byte says what machine it is. Each message is three bytes (which client, what, how long) and words.
func exercise(_ bytes: [UInt8]) {
    var input = ByteReader(bytes)
    guard let machine = FuzzedMachine(input.byte()) else { return }
    var clients = Clients(machine)
    for _ in 0..<96 where !input.isAtEnd {
        let (whom, what, count) = (Int(input.byte()), input.byte(), Int(input.byte()))
        clients.say(what, input.take(count), by: whom % Clients.count)
    }
    clients.die()
    machine.end()
}

private struct Clients {
    static let count = 12
    /// Where each keeps its buffers.
    static let address: UInt64 = 0x1000

    let machine: FuzzedMachine
    let server: ConnectionServer
    var connections: [ClientConnection?] = []
    private let socket: MessageSocket

    init(_ machine: FuzzedMachine) {
        self.machine = machine
        server = ConnectionServer(machine.hypervisor)
        socket = Sockets.one
        for number in 0..<Self.count { open(number) }
    }

    /// The client of a number is of domain 0, 1 or 2, and of a kind.
    private mutating func open(_ number: Int) {
        if connections.count <= number {
            connections.append(nil)
        }
        guard let domain = machine.hypervisor.domain(UInt16(number % 3)) else { return }
        connections[number] = ClientConnection(server: server, domain: domain, owner: nil, socket: socket)
        // The first three are for calls, then ports, memory, and grants, mapped and shared.
        let kind: [UInt64] = [1, 2, 3, 4]
        greet(number, number < 9 ? kind[number / 3] : [4, 5, 5][number % 3])
    }

    private mutating func greet(_ number: Int, _ kind: UInt64) {
        let reply = take(number, Request(.hello, [ClientConnection.magic, ClientConnection.protocolVersion, kind]).bytes)
        claim("client \(number) is refused", reply?.result == 0)
        if kind == 1 { _ = take(number, Request(.arena, [Self.address]).bytes) }
    }

    private mutating func take(_ number: Int, _ bytes: [UInt8]) -> Reply? {
        guard var connection = connections[number] else { return nil }
        connections[number] = nil
        let reply = connection.take(bytes, [])
        connections[number] = connection
        return reply
    }

    mutating func say(_ what: UInt8, _ bytes: [UInt8], by number: Int) {
        let kinds = Request.Kind.allCases
        switch Int(what & 31) {
        case let index where index < kinds.count && what & 32 == 0:
            // Few words are wide: each is given by as many bytes as it says.
            var words = ByteReader(bytes)
            let list = (0..<7).map { _ in UInt64(words.word16()) }
            var payload: [UInt8] = []
            while !words.isAtEnd { payload += Request.payloadWord(UInt64(words.word16()), kinds[index]) }
            let message = Request(kinds[index], list.map { $0 == 0xffff ? .max : $0 }).bytes + payload
            check(take(number, message))
        case 30: check(take(number, bytes))
        case 31:
            // It dies, and another comes.
            connections[number]?.end()
            open(number)
        default: call(bytes, by: number % 3)
        }
    }

    /// A hypercall with a structure in memory of the client's own.
    private mutating func call(_ bytes: [UInt8], by number: Int) {
        var words = ByteReader(bytes)
        let hypercall = HypercallNumber.allCases[Int(words.byte()) % HypercallNumber.allCases.count]
        let (first, third) = (UInt64(words.byte()), UInt64(words.byte()))
        _ = connections[number]?.arena?.write(Array(bytes.dropFirst(3)), at: 0)
        let isPlain = [HypercallNumber.domainControl, .systemControl, .platformOperation, .security].contains(hypercall)
        let arguments = isPlain ? [Self.address] : [first, Self.address, third, 0, 0]
        check(take(number, Request(.hypercall, [hypercall.rawValue] + arguments).bytes))
    }

    private func check(_ reply: Reply?) {
        guard let reply else { return }
        claim("an answer is too long", reply.payload.count <= 24_576)
        claim("an answer has too many descriptors", reply.descriptors.count <= MemoryDescriptors.mostAtOnce)
        claim("an answer has descriptors that are none", reply.descriptors.allSatisfy { $0 >= 0 })
    }

    /// All are gone; nothing that they had may be left.
    mutating func die() {
        for number in connections.indices { connections[number]?.end() }
        connections = []
        machine.hypervisor.machine.withLock { machine in
            for (number, state) in machine.domains {
                claim("d\(number) has mappings of processes", state.grants.processMappings.isEmpty)
                claim("d\(number) has shares of processes", state.grants.processShares.isEmpty)
                claim("d\(number) has handed out pages: \(state.memory.handedOut)", state.memory.handedOut.isEmpty)
                claim("d\(number) tells somebody of events", state.events.channels.allSatisfy { $0.listener == nil })
            }
        }
    }
}

private enum Sockets {
    /// Nothing is sent through it.
    static let one = MessageSocket.pair()?.0 ?? MessageSocket(-1)
}

extension Request {
    /// An element of the array behind some requests.
    fileprivate static func payloadWord(_ word: UInt64, _ kind: Kind) -> [UInt8] {
        // Pairs of a domain and a reference, or frames; bytes for what is copied.
        var element = ABIStructure(size: kind == .copyToGrant ? 1 : 8)
        switch kind {
        case .copyToGrant: element.set(UInt8(truncatingIfNeeded: word), at: 0)
        case .mapGrants: element.set((word >> 8) << 32 | word & 0xff, at: 0)
        default: element.set(word == 0xffff ? .max : word, at: 0)
        }
        return element.bytes
    }
}

extension ClientConnection {
    /// The memory of a handle for calls.
    fileprivate var arena: SharedMemory? { (handle as? CallHandle)?.arena }
}
