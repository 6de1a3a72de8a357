import Flask

/// A handle through which whoever controls the machine gets doors for processes that are to act as another domain.
struct DoorHandle: ClientHandle {
    let server: ConnectionServer
    /// Who asks: the program that it starts in its place has the same number.
    let process: Int32
    /// The door that was sent last: it is ours until the message is away.
    private var last: MessageSocket?
    private var lastOwner: ClientOwner?

    init(server: ConnectionServer, process: Int32) {
        self.server = server
        self.process = process
    }

    mutating func answer(_ request: Request) throws(XenErrorNumber) -> Reply {
        guard request.kind == .openDoor || request.kind == .restrictDoor else { throw .protocolError }
        guard let number = request.domain(0), server.hypervisor.domain(number) != nil else { throw .noSuchDomain }
        if request.kind == .restrictDoor {
            guard let lastOwner, lastOwner.restrict(to: number) else { throw .invalidArgument }
            return Reply()
        }
        let owner = try owner(request)
        guard let door = server.door(to: number, owner: owner) else { throw .tryAgain }
        (last, lastOwner) = (door, owner)
        var reply = Reply()
        reply.descriptors = [door.descriptor]
        return reply
    }

    /// Whose the door is to be; nil for everybody's. Where each process has servers of its own, so has what comes through a
    /// door. Throws `EINVAL`, and `ESRCH` where it is restricted to no domain.
    private func owner(_ request: Request) throws(XenErrorNumber) -> ClientOwner? {
        guard request[1] != 0 || request[2] != 0 || request[3] != 0 else {
            return server.ownsServers ? ClientOwner(name: "process \(process)", opensDoors: true) : nil
        }
        guard request[1] & ClientLimits.hasOwner != 0,
            let limits = ClientLimits(flags: request[1], operations: request[2], domain: request[3])
        else { throw .invalidArgument }
        if let domain = limits.restriction, server.hypervisor.domain(domain) == nil { throw .noSuchDomain }
        return ClientOwner(name: "process \(process)", limits: limits)
    }
}
