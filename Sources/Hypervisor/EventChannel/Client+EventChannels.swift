public import Flask
import Synchronization

// Event channels of a domain's client, which is told of events by a listener and not in the domain's memory: as
// /dev/xen/evtchn serves a process.

extension Hypervisor.Client {
    /// Makes a port to which a domain may bind. Throws `ESRCH`, what the hook says, and `ENOSPC`.
    public func bindUnbound(remote: UInt16, listener: any PortListener) throws(XenErrorNumber) -> UInt32 {
        try hypervisor.allocateUnbound(of: DomainIdentifier.caller.rawValue, for: remote, listener, caller)
    }

    /// Binds a new port to one of a domain that waits for this one. An event comes at once: one may have been lost before.
    /// Throws `ESRCH`, `EINVAL`, what the hook says, and `ENOSPC`.
    public func bindInterdomain(
        remote: UInt16, port: UInt32, listener: any PortListener
    ) throws(XenErrorNumber) -> UInt32 {
        try hypervisor.bindInterdomain(remote, port, listener, caller)
    }

    /// Binds a new port to an interrupt of the hypervisor's (`VIRQ_*`). Throws `EINVAL`, `ENOENT`, `EEXIST` and `ENOSPC`.
    public func bindVirtualInterrupt(
        _ number: UInt32, processor: UInt32 = 0, listener: any PortListener
    ) throws(XenErrorNumber) -> UInt32 {
        try hypervisor.bind(virtual: number, processor: processor, listener, caller)
    }

    /// Closes a port. Throws `EINVAL` when the domain does not have it.
    public func unbind(_ port: UInt32) throws(XenErrorNumber) { try hypervisor.closeChannel(port, caller) }

    /// Sends by a port. Throws `EINVAL`, and what the hook says.
    public func notify(_ port: UInt32) throws(XenErrorNumber) { try hypervisor.sendEvent(port, caller) }

    /// Lets somebody be told of events at a port that was made by a hypercall. Throws `EINVAL`.
    public func listen(at port: UInt32, _ listener: any PortListener) throws(XenErrorNumber) {
        try hypervisor.with(caller.domain) { (state) throws(XenErrorNumber) in
            guard state.events[valid: port]?.isUsable == true else { throw .invalidArgument }
            state.events.channels[Int(port)].listener = listener
        }
    }

    /// Whether a port of a domain is one at which a processor waits for a device model's answers.
    func isForAccesses(of domain: UInt16, _ port: UInt32) -> Bool {
        hypervisor.machine.withLock { machine in
            machine.domains[domain]?.deviceModel.servers.contains { $0?.ports.contains(port) == true } == true
        }
    }
}
