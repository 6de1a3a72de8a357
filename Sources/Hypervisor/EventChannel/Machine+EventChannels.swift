import Flask

// What concerns two domains, or none (Xen, xen/common/event_channel.c).

extension Machine {
    /// A channel of a domain that must still be there. Throws `ESRCH`, and `EINVAL` for a port that is none.
    func channel(_ domain: Domain, _ port: UInt32) throws(XenErrorNumber) -> EventChannel {
        guard let state = domains[domain.number.rawValue], state.domain === domain else { throw .noSuchDomain }
        guard let channel = state.events[valid: port] else { throw .invalidArgument }
        return channel
    }

    /// Makes a port to which a domain may bind.
    mutating func addUnbound(
        _ owner: Domain, remote: UInt16, _ channel: EventChannel
    ) throws(XenErrorNumber) -> UInt32 {
        try with(owner) { (state) throws(XenErrorNumber) in
            let port = try state.freePort()
            var channel = channel
            channel.state = .unbound(remote: remote)
            state.events.occupy(port, channel)
            return port
        }
    }

    /// Binds a new port to another domain's. Throws `EINVAL` when that does not wait for this domain, or is another than the
    /// one that was asked about.
    mutating func bind(
        _ domain: Domain, to remote: Domain, _ remotePort: UInt32, expecting label: SecurityIdentifier?, _ channel: EventChannel,
        _ notices: inout EventNotices
    ) throws(XenErrorNumber) -> UInt32 {
        let other = try self.channel(remote, remotePort)
        guard other.state == .unbound(remote: domain.number.rawValue), other.label == label else { throw .invalidArgument }
        let port = try with(domain) { (state) throws(XenErrorNumber) in
            let port = try state.freePort()
            var channel = channel
            channel.state = .interdomain(remote: remote.number.rawValue, port: remotePort)
            state.events.occupy(port, channel)
            return port
        }
        domains[remote.number.rawValue]?.events.channels[Int(remotePort)].state =
            .interdomain(remote: domain.number.rawValue, port: port)
        // An event may have been lost while nobody was at the other end.
        domains[domain.number.rawValue]?.raise(port, &notices)
        return port
    }

    /// Closes a port; who is at the other end waits again. A domain cannot close what the hypervisor waits at. Throws
    /// `EINVAL` (Xen: `evtchn_close`).
    mutating func close(_ number: UInt16, _ port: UInt32, byGuest: Bool) throws(XenErrorNumber) {
        guard let channel = domains[number]?.events[valid: port], !(channel.isXens && byGuest) else { throw .invalidArgument }
        switch channel.state {
        case .free, .reserved: throw .invalidArgument
        case .unbound, .interprocessor: break
        case .physicalInterrupt(let interrupt):
            domains[number]?.events.physicalInterrupts[interrupt] = nil
            // A device's is the guest's no more; another one's stays what it is.
            if domains[number]?.resources.mappedInterrupts[Int32(bitPattern: interrupt)] != nil {
                domains[number]?.deviceModel.emulatedInterrupts[interrupt] = nil
            }
        case .virtualInterrupt(let interrupt):
            let processor = VirtualInterrupt.isGlobal(interrupt) ? 0 : channel.processor
            domains[number]?.events.virtualInterrupts[.init(number: interrupt, processor: processor)] = nil
        case .interdomain(let remote, let remotePort):
            domains[number]?.free(port)
            domains[remote]?.events.channels[Int(remotePort)].state = .unbound(remote: number)
            return
        }
        domains[number]?.free(port)
    }

    /// Closes all that a domain has, which is about to go (Xen: `evtchn_destroy`).
    mutating func closeChannels(of number: UInt16) {
        guard let domain = domains[number] else { return }
        for (port, channel) in domain.events.channels.enumerated() where channel.state != .free {
            try? close(number, UInt32(port), byGuest: false)
        }
        domains[number]?.endQueues()
        for (interrupt, handler) in virtualInterruptHandlers where handler === domain.domain {
            virtualInterruptHandlers[interrupt] = nil
        }
    }

    /// Sends by a channel of a domain's own, which is in a state (Xen: `evtchn_send`).
    mutating func send(
        by state: EventChannel.State, _ number: UInt16, _ port: UInt32, _ notices: inout EventNotices
    ) throws(XenErrorNumber) {
        switch state {
        case .interdomain(let remote, let remotePort): with(remote) { state in state.take(eventAt: remotePort, &notices) }
        case .interprocessor: domains[number]?.raise(port, &notices)
        // Nobody is there: it is dropped.
        case .unbound: break
        default: throw .invalidArgument
        }
    }

    /// The hypervisor sends by a channel at which it waits itself (Xen: `notify_via_xen_event_channel`).
    mutating func sendFromXen(_ number: UInt16, _ port: UInt32, _ notices: inout EventNotices) {
        guard case .interdomain(let remote, let remotePort)? = domains[number]?.events[valid: port]?.state else { return }
        domains[remote]?.raise(remotePort, &notices)
    }

    // MARK: Interrupts

    /// Raises an interrupt that comes once for the machine, at whoever handles it (Xen: `send_global_virq`).
    mutating func raise(_ interrupt: VirtualInterrupt, _ notices: inout EventNotices) {
        if interrupt == .domainException {
            for listener in endListeners.values { notices.add(listener, 0) }
        }
        raise(interrupt, in: virtualInterruptHandlers[interrupt.rawValue]?.number.rawValue ?? 0, &notices)
    }

    /// Raises an interrupt in a domain, at a processor where it is one of those.
    mutating func raise(
        _ interrupt: VirtualInterrupt, in number: UInt16, processor: UInt32 = 0, _ notices: inout EventNotices
    ) {
        let place = EventChannels.VirtualInterruptPlace(number: interrupt.rawValue, processor: processor)
        guard let port = domains[number]?.events.virtualInterrupts[place] else { return }
        domains[number]?.raise(port, &notices)
    }

    /// Raises a physical interrupt in a domain, by its own number for it (Xen: `send_guest_pirq`).
    mutating func raise(physical interrupt: UInt32, in number: UInt16, _ notices: inout EventNotices) {
        guard let port = domains[number]?.events.physicalInterrupts[interrupt] else { return }
        domains[number]?.raise(port, &notices)
    }

    /// Makes a domain handle an interrupt that comes once for the machine. Throws `EINVAL` for another (Xen:
    /// `set_global_virq_handler`).
    mutating func setHandler(of interrupt: UInt32, _ domain: Domain) throws(XenErrorNumber) {
        guard interrupt < VirtualInterrupt.count, VirtualInterrupt.isGlobal(interrupt) else { throw .invalidArgument }
        guard domains[domain.number.rawValue]?.domain === domain else { throw .noSuchDomain }
        virtualInterruptHandlers[interrupt] = domain
    }
}
