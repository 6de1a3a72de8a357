import Flask
import Glibc

/// A connection of a client, from its first message to its end. Everything that a message says is hostile; who sends it is known
/// from the socket.
struct ClientConnection {
    let server: ConnectionServer
    let domain: Domain
    /// Who stands behind it, where programs of one domain are told apart.
    let owner: ClientOwner?
    let socket: MessageSocket
    /// What the connection is for, once it has said so.
    private(set) var handle: (any ClientHandle)?
    /// Whether the daemon stays for its sake.
    private var isKeeper = false

    /// The only version of the protocol that there is.
    static let protocolVersion: UInt64 = 2
    /// `XSMHYP01`, the first letter in the lowest byte.
    static let magic: UInt64 = 0x3130_5059_484d_5358

    init(server: ConnectionServer, domain: Domain, owner: ClientOwner?, socket: MessageSocket) {
        self.server = server
        self.domain = domain
        self.owner = owner
        self.socket = socket
    }

    /// Answers until the other end is gone or says something that is no message.
    mutating func run() {
        var buffer = [UInt8](repeating: 0, count: Request.headerSize + Request.maximumPayload + 1)
        while let (bytes, descriptors) = socket.receive(into: &buffer) {
            // Who asks on without reading would have answers with descriptors pile up, of which the system lets a user send only
            // so many that nobody has received.
            guard !socket.isUnread else {
                for descriptor in descriptors { close(descriptor) }
                break
            }
            guard let reply = take(bytes, descriptors) else { continue }
            let isSent = withExtendedLifetime(reply.held) { socket.send(reply.bytes, reply.descriptors) }
            guard isSent, !reply.isLast else { break }
        }
        end()
    }

    /// The answer to a message with descriptors, which are closed or taken over; nil when there is none.
    mutating func take(_ bytes: [UInt8], _ descriptors: [Int32]) -> Reply? {
        let request = Request(bytes)
        // Only a door is sent descriptors, and it is not answered.
        if request?.kind == .door, handle == nil {
            for descriptor in descriptors { server.serve(MessageSocket(descriptor), as: domain, owner: owner) }
            return nil
        }
        for descriptor in descriptors { close(descriptor) }
        guard let request else { return lastReply(.protocolError) }
        return answer(request)
    }

    /// Gives back what was held for the client, who is gone.
    mutating func end() {
        server.giveBack(handle?.descriptorCount ?? 0, of: domain.number.rawValue)
        handle?.close()
        if isKeeper { server.countKeeperOut() }
        handle = nil
    }

    private mutating func answer(_ request: Request) -> Reply {
        // A domain that is gone does nothing any more.
        guard server.hypervisor.domain(domain.number.rawValue) === domain else { return Reply(.noSuchDomain) }
        // What it may open is counted before it is there, so that many threads together do not open more.
        let taken = request.kind.opensDescriptor ? 1 : 0
        guard taken == 0 || server.takeDescriptor(for: domain.number.rawValue) else { return Reply(.noSpace) }
        let before = handle?.descriptorCount ?? 0
        defer { server.giveBack(before + taken - (handle?.descriptorCount ?? 0), of: domain.number.rawValue) }
        if request.kind == .hello, handle == nil { return greet(request) }
        guard var handle else { return lastReply(.protocolError) }
        // It may have been restricted since.
        guard handle.isRestrictable || owner?.restriction == nil else { return Reply(.operationNotPermitted) }
        defer { self.handle = handle }
        do {
            return try handle.answer(request)
        } catch {
            return Reply(error)
        }
    }

    /// What acts as the domain, for handles that need no memory of the client's.
    private var client: Hypervisor.Client {
        Hypervisor.Client(hypervisor: server.hypervisor, caller: Caller(domain: domain, owner: owner, memory: NoMemory()))
    }

    private func lastReply(_ error: XenErrorNumber) -> Reply {
        var reply = Reply(error)
        reply.isLast = true
        return reply
    }

    private mutating func greet(_ request: Request) -> Reply {
        guard request[0] == Self.magic, request[1] == Self.protocolVersion else {
            var reply = lastReply(.protocolError)
            reply[0] = Self.protocolVersion
            return reply
        }
        var reply = Reply()
        reply[0] = Self.protocolVersion
        do throws(XenErrorNumber) {
            // Grants are restricted to no domain, and a door would lead out.
            if request[2] >= 4, owner?.restriction != nil { throw .operationNotPermitted }
            switch request[2] {
            case 1:
                let call = try CallHandle(server.hypervisor, domain, owner)
                reply[1] = UInt64(call.arena.size)
                reply.descriptors = [call.arena.descriptor]
                handle = call
            case 2: handle = EventHandle(client)
            case 3: handle = MemoryHandle(client)
            case 4: handle = GrantHandle(client)
            case 5: handle = ShareHandle(client)
            case 6:
                // Who came through a door has what it gave him, and opens no other.
                guard domain.isControl, owner?.opensDoors ?? true else { throw .operationNotPermitted }
                handle = DoorHandle(server: server, process: socket.peer)
            case 7:
                guard domain.isControl, owner?.opensDoors ?? true else { throw .operationNotPermitted }
                handle = ProcessorHandle(server.hypervisor, socket)
            case 8:
                guard domain.isControl, owner?.opensDoors ?? true else { throw .operationNotPermitted }
                let call = try CallHandle(server.hypervisor, domain, owner, keeper: DomainKeeper())
                guard server.countKeeperIn() else { throw .tryAgain }
                isKeeper = true
                reply[1] = UInt64(call.arena.size)
                reply.descriptors = [call.arena.descriptor]
                handle = call
            default: return lastReply(.protocolError)
            }
        } catch {
            return lastReply(error)
        }
        return reply
    }
}
