import Flask
import Synchronization

extension Hypervisor {
    /// Sends an access of a processor to whoever emulates it, and says where the answer may be waited for. Throws `ESRCH`.
    func begin(_ request: IORequest, of domain: Domain, processor: UInt32) throws(XenErrorNumber) -> BegunAccess {
        try raising { (machine, notices) throws(XenErrorNumber) in
            let found = try machine.with(domain) { (state) throws(XenErrorNumber) in state.deviceModel.server(for: request) }
            guard let (server, request) = found else { return BegunAccess(status: .unhandled) }
            let number = domain.number.rawValue
            let status = machine.send(
                request, to: server, of: number, processor: processor, isBuffered: false, &notices)
            guard status == .waits else { return BegunAccess(status: status) }
            return BegunAccess(status: status, answerer: machine.answerer(server, of: number, processor: processor))
        }
    }

    /// Does what a client's request to send by a port would have done (``EventHandle``): the hook is asked, the event is sent.
    /// Whose port it was, and has closed it meanwhile, sends nothing.
    func take(eventFrom answerer: BegunAccess.Answerer) {
        let isTheSame = machine.withLock { machine in
            guard let channel = try? machine.channel(answerer.emulator, answerer.number) else { return false }
            return channel.listener === answerer.port
        }
        guard isTheSame else { return }
        // The client is not told what comes of it, as Linux' driver does not tell.
        try? sendEvent(answerer.number, Caller(domain: answerer.emulator, memory: NoMemory()))
    }
}

extension Machine {
    /// The emulator's end of the channel by which it is told of a processor's accesses, where the emulator answers by it.
    fileprivate func answerer(_ server: Int, of number: UInt16, processor: UInt32) -> BegunAccess.Answerer? {
        guard let ports = domains[number]?.deviceModel.servers[server]?.ports, processor < ports.count,
            case .interdomain(let remote, let remotePort)? = domains[number]?.events[valid: ports[Int(processor)]]?.state,
            let emulator = domains[remote], let port = emulator.events[valid: remotePort]?.listener as? any AnsweringPort
        else { return nil }
        return BegunAccess.Answerer(port: port, emulator: emulator.domain, number: remotePort)
    }

    /// Has the processors of a domain look what has happened to it.
    func wakeProcessors(of number: UInt16, _ notices: inout EventNotices) {
        for (processor, waiter) in domains[number]?.deviceModel.waiters ?? [:] { notices.add(waiter, processor) }
    }
}
