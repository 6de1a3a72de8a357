import Flask
import Synchronization

extension Hypervisor {
    /// Sends an access of a processor to whoever emulates it, if it runs, and says where the answer may be waited for. Throws
    /// `ESRCH`.
    func begin(_ request: IORequest, of domain: Domain, processor: UInt32) throws(XenErrorNumber) -> BegunAccess {
        try raising { (machine, notices) throws(XenErrorNumber) in
            var end: (remote: UInt16, port: UInt32)?
            // Nothing of the state is held on to: it is changed in place.
            let status = try machine.with(domain) { (state) throws(XenErrorNumber) -> BegunAccess.Status in
                if state.isDying { throw .noSuchDomain }
                if let stop = state.standstill { return stop }
                guard let port = state.deviceModel.begin(request, processor) else { return .done }
                if case .interdomain(let remote, let remotePort)? = state.events[valid: port]?.state { end = (remote, remotePort) }
                return .waits
            }
            guard let end else { return BegunAccess(status: status) }
            let answerer = machine.with(end.remote) { state in
                state.raise(end.port, &notices)
                return state.answerer(end.port)
            }
            return BegunAccess(status: status, answerer: answerer ?? nil)
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

    /// The emulator's end of the channel by which it is told of a processor's accesses, where the emulator answers by it.
    fileprivate func answerer(_ port: UInt32) -> BegunAccess.Answerer? {
        guard let listener = events[valid: port]?.listener, listener.answers >= 0 else { return nil }
        return BegunAccess.Answerer(port: listener, emulator: domain, number: port)
    }
}

extension Machine {
    /// Has the processors of a domain look what has happened to it.
    func wakeProcessors(of number: UInt16, _ notices: inout EventNotices) {
        for (processor, waiter) in domains[number]?.deviceModel.waiters ?? [:] { notices.add(waiter, processor) }
    }
}
