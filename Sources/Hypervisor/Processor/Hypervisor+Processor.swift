import Flask
import Synchronization

extension Hypervisor {
    /// Sends an access of a processor to whoever emulates it, if it runs, and says where the answer may be waited for. Throws
    /// `ESRCH`.
    func begin(_ request: IORequest, of domain: Domain, processor: UInt32) throws(XenErrorNumber) -> BegunAccess {
        let number = domain.number.rawValue
        return try raising { (machine, notices) throws(XenErrorNumber) in
            // Nothing of the state is held on to: it is changed in place.
            let (stop, found) = try machine.with(domain) { (state) throws(XenErrorNumber) in
                if state.isDying { throw .noSuchDomain }
                let stop = state.standstill
                return (stop, stop == nil ? state.deviceModel.server(for: request) : nil)
            }
            if let stop { return BegunAccess(status: stop) }
            guard let (server, request) = found,
                machine.send(request, to: server, of: number, processor: processor, isBuffered: false, &notices) == .waits
            else { return BegunAccess(status: .done) }
            return BegunAccess(status: .waits, answerer: machine.answerer(server, of: number, processor: processor))
        }
    }

    /// Whether a processor of a domain may go on. Throws `ESRCH`.
    func standstill(of domain: Domain) throws(XenErrorNumber) -> BegunAccess.Status? {
        try with(domain) { (state) throws(XenErrorNumber) in
            if state.isDying { throw .noSuchDomain }
            return state.standstill
        }
    }

    /// Does what a client's request to send by a port would have done (``EventHandle``): the hook is asked, the event is sent.
    /// Whose port it was, and has closed it meanwhile, sends nothing. The client is not told what comes of it, as Linux' driver
    /// does not tell.
    func take(eventFrom answerer: BegunAccess.Answerer) {
        try? sendEvent(
            answerer.number, by: answerer.port, Caller(domain: answerer.emulator, memory: NoMemory()))
    }
}

extension DomainState {
    /// Why its processors stand still; nil when they do not.
    fileprivate var standstill: BegunAccess.Status? {
        if let code = shutdownCode { return .shutDown(code) }
        return pauseCount > 0 ? .paused : nil
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
