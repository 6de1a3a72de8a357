import Flask

/// A handle of `libxenevtchn`: ports of the client's domain, which are the handle's own.
struct EventHandle: ClientHandle {
    private let client: Hypervisor.Client
    private var audit = EventChannelAudit()
    private var ports: Set<UInt32> = []
    /// Those of them from which a processor takes answers: each has a counter, too.
    private var answering: Set<UInt32> = []

    /// A handle has no more ports, so that one client leaves some to others of its domain.
    static let mostPorts = 1_024

    init(_ client: Hypervisor.Client) {
        self.client = client
    }

    var isRestrictable: Bool { true }
    var descriptorCount: Int { ports.count + answering.count }

    mutating func answer(_ request: Request) throws(XenErrorNumber) -> Reply {
        let client = client
        audit.follow(client.caller.owner)
        switch request.kind {
        case .bindUnbound:
            try audit.bindUnbound()
            let domain = try domain(request)
            return try bind { (listener) throws(XenErrorNumber) in try client.bindUnbound(remote: domain, listener: listener) }
        case .bindInterdomain:
            let domain = try domain(request)
            try audit.bindInterdomain(domain)
            guard let port = UInt32(exactly: request[1]) else { throw .invalidArgument }
            // A processor takes the answers to its accesses from the port's own counter.
            let answers = client.isForAccesses(of: domain, port) ? EventCounter() : nil
            return try bind(answers) { (listener) throws(XenErrorNumber) in
                try client.bindInterdomain(remote: domain, port: port, listener: listener)
            }
        case .bindVirtualIRQ:
            try audit.bindVirtualInterrupt()
            guard let number = UInt32(exactly: request[0]) else { throw .invalidArgument }
            return try bind { (listener) throws(XenErrorNumber) in try client.bindVirtualInterrupt(number, listener: listener) }
        case .unbind:
            let port = try port(request)
            try client.unbind(port)
            ports.remove(port)
            answering.remove(port)
        case .notify: try client.notify(port(request))
        case .restrictPorts: try audit.restrict(to: domain(request))
        default: throw .protocolError
        }
        return Reply()
    }

    private func domain(_ request: Request) throws(XenErrorNumber) -> UInt16 {
        guard let domain = request.domain(0) else { throw .noSuchDomain }
        return domain
    }

    /// A port of this handle: those of others are not there.
    private func port(_ request: Request) throws(XenErrorNumber) -> UInt32 {
        guard let port = UInt32(exactly: request[0]), ports.contains(port) else { throw .invalidArgument }
        return port
    }

    private mutating func bind(
        _ answers: EventCounter? = nil, _ body: (any PortListener) throws(XenErrorNumber) -> UInt32
    ) throws(XenErrorNumber) -> Reply {
        guard ports.count < Self.mostPorts, let (ours, theirs) = MessageSocket.signals() else { throw .noSpace }
        let port = try body(ClientPort(ours, answers))
        ports.insert(port)
        var reply = Reply(Int64(port))
        reply.descriptors = [theirs.descriptor]
        reply.held = [theirs]
        if let answers {
            answering.insert(port)
            reply[0] = 1
            reply.descriptors.append(answers.descriptor)
            reply.held.append(answers)
        }
        return reply
    }

    mutating func close() {
        for port in ports { try? client.unbind(port) }
    }
}

/// Tells a client of events at a port: its end of a socket has something to read.
///
/// It is a socket and not a counter, because the client could have whoever writes to a counter wait for it. What the client
/// sends by may be one: nobody of ours writes to that or reads it.
final class ClientPort: PortListener {
    private let socket: MessageSocket
    private let counter: EventCounter?

    init(_ socket: MessageSocket, _ counter: EventCounter? = nil) {
        self.socket = socket
        self.counter = counter
    }

    func eventIsPending(at port: UInt32) { socket.signal() }

    var answers: Int32 { counter?.descriptor ?? -1 }
}
