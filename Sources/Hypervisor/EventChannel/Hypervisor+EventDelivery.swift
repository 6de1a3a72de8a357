import Flask
import Synchronization

extension Hypervisor {
    /// Closes a port of the caller's. Throws `EINVAL`.
    func closeChannel(_ port: UInt32, _ caller: Caller) throws(XenErrorNumber) {
        try machine.withLock { (machine) throws(XenErrorNumber) in
            _ = try machine.channel(caller.domain, port)
            try machine.close(caller.domain.number.rawValue, port, byGuest: true)
        }
    }

    /// Sends by a port of the caller's, by choice only if a listener is still the port's own. Throws `EINVAL`, and what the hook
    /// says.
    func sendEvent(_ port: UInt32, by listener: (any PortListener)? = nil, _ caller: Caller) throws(XenErrorNumber) {
        let channel = try machine.withLock { (machine) throws(XenErrorNumber) in try machine.channel(caller.domain, port) }
        guard !channel.isXens, listener == nil || channel.listener === listener else { throw .invalidArgument }
        try hooks.send(channel, caller)
        try raising { (machine, notices) throws(XenErrorNumber) in
            // What was asked about is what is sent by: a port that is another's by now is as one that was closed.
            let state = try machine.with(caller.domain) { (state) throws(XenErrorNumber) in
                state.events.state(ofSender: port, labelled: channel.label)
            }
            guard let state else { throw .invalidArgument }
            try machine.send(by: state, caller.domain.number.rawValue, port, &notices)
        }
    }

    /// `EVTCHNOP_status`. Throws `ESRCH`, `EINVAL`, `EACCES` for the hypervisor's own, and what the hook says.
    func tellStatus(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let owner = try domain(call.word16(at: 0), or: caller)
        let port = call.word32(at: 4)
        let channel = try machine.withLock { (machine) throws(XenErrorNumber) in try machine.channel(owner, port) }
        guard !channel.isXens else { throw .permissionDenied }
        try hooks.status(channel, of: owner, caller)
        call.set(channel.status, at: 8)
        call.set(channel.processor, at: 12)
        switch channel.state {
        case .free, .reserved, .interprocessor: break
        case .unbound(let remote): call.set(remote, at: 16)
        case .interdomain(let remote, let remotePort):
            call.set(remote, at: 16)
            call.set(remotePort, at: 20)
        case .physicalInterrupt(let number), .virtualInterrupt(let number): call.set(number, at: 16)
        }
    }

    /// Closes all that is not the hypervisor's, and goes back to the two-level interface. Throws `EINVAL` for another domain
    /// that runs, `EBUSY` when somebody is at it, `EAGAIN` when there are new ports meanwhile (Xen: `evtchn_reset`).
    func resetChannels(of domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        let count = try with(domain) { (state) throws(XenErrorNumber) in
            guard domain === caller.domain || state.pauseCount > 0 else { throw .invalidArgument }
            guard !state.events.isResetting else { throw .busy }
            state.events.isResetting = true
            return state.events.channels.count
        }
        // Others are let in between.
        for start in stride(from: 1, to: count, by: 256) {
            machine.withLock { machine in
                guard machine.domains[domain.number.rawValue]?.domain === domain else { return }
                for port in start..<min(start + 256, count) {
                    try? machine.close(domain.number.rawValue, UInt32(port), byGuest: true)
                }
            }
        }
        try with(domain) { (state) throws(XenErrorNumber) in
            state.events.isResetting = false
            guard state.events.activeCount <= state.events.xenCount else { throw .tryAgain }
            state.endQueues()
        }
    }

    /// The label of the domain at the other end of a port of the caller's; nil where there is none (Xen,
    /// xen/xsm/flask/flask_op.c: `flask_get_peer_sid`).
    func peerIdentifier(ofPort port: UInt32, _ caller: Caller) -> SecurityIdentifier? {
        machine.withLock { machine in
            guard let channel = try? machine.channel(caller.domain, port), case .interdomain(let remote, _) = channel.state
            else { return nil }
            return machine.domains[remote]?.domain.label
        }
    }
}
