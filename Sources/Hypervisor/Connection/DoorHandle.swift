import Flask

/// A handle through which whoever controls the machine gets doors for processes that are to act as another domain.
struct DoorHandle: ClientHandle {
    let server: ConnectionServer
    /// The door that was sent last: it is ours until the message is away.
    private var last: MessageSocket?

    init(server: ConnectionServer) {
        self.server = server
    }

    mutating func answer(_ request: Request) throws(XenErrorNumber) -> Reply {
        guard request.kind == .openDoor else { throw .protocolError }
        guard let number = request.domain(0), server.hypervisor.domain(number) != nil else { throw .noSuchDomain }
        guard let door = server.door(to: number) else { throw .tryAgain }
        last = door
        var reply = Reply()
        reply.descriptors = [door.descriptor]
        return reply
    }
}
