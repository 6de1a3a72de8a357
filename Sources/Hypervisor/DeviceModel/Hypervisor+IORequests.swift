import Flask
import Synchronization

// The side of a guest's processor: its accesses go to ioreq servers (Xen, xen/common/ioreq.c, xen/arch/x86/hvm/ioreq.c).

extension Hypervisor {
    /// Lets somebody be told when an emulator has answered a processor, which looks with ``complete(_:processor:for:)``
    /// then.
    func setWaiter(_ waiter: (any PortListener)?, _ domain: Domain, processor: UInt32) throws(XenErrorNumber) {
        try with(domain) { (state) throws(XenErrorNumber) in state.deviceModel.waiters[processor] = waiter }
    }

    /// What the guest writes to port 0xcf8, by which it says whose configuration it will reach.
    func setConfigurationAddress(_ value: UInt32, _ domain: Domain) throws(XenErrorNumber) {
        try with(domain) { (state) throws(XenErrorNumber) in state.deviceModel.configurationAddress = value }
    }

    /// Sends an access of a processor to whoever emulates it: the newest server that is enabled and has all of the
    /// addresses. Throws `ESRCH`.
    func send(
        _ request: IORequest, to domain: Domain, processor: UInt32 = 0, isBuffered: Bool = false
    ) throws(XenErrorNumber) -> IOStatus {
        try raising { (machine, notices) throws(XenErrorNumber) in
            // Nothing of the state is held on to: it is changed in place.
            let found = try machine.with(domain) { (state) throws(XenErrorNumber) in state.deviceModel.server(for: request) }
            guard let (server, request) = found else { return .unhandled }
            return machine.send(
                request, to: server, of: domain.number.rawValue, processor: processor, isBuffered: isBuffered, &notices)
        }
    }

    /// Sends something to all servers that are enabled; how many could not take it. Throws `ESRCH`.
    func broadcast(
        _ request: IORequest, to domain: Domain, processor: UInt32 = 0, isBuffered: Bool = false
    ) throws(XenErrorNumber) -> Int {
        try raising { (machine, notices) throws(XenErrorNumber) in
            let enabled = try machine.with(domain) { (state) throws(XenErrorNumber) in
                state.deviceModel.servers.indices.reversed().filter { state.deviceModel.servers[$0]?.isEnabled == true }
            }
            var failed = 0
            for index in enabled {
                let status = machine.send(
                    request, to: index, of: domain.number.rawValue, processor: processor, isBuffered: isBuffered, &notices)
                if status == .unhandled { failed += 1 }
            }
            return failed
        }
    }

    /// Looks whether the accesses are done that a processor waits for. A word is looked at once each time; one that goes back
    /// crashes the domain. Throws `ESRCH`.
    func complete(
        _ request: IORequest, processor: UInt32 = 0, for domain: Domain
    ) throws(XenErrorNumber) -> IOCompletion {
        let completion = try raising { (machine, notices) throws(XenErrorNumber) -> IOCompletion in
            guard machine.domains[domain.number.rawValue]?.domain === domain else { throw .noSuchDomain }
            var data = UInt64.max
            for index in machine.servers(of: domain.number.rawValue, awaitedBy: processor) {
                switch machine.step(index, of: domain.number.rawValue, processor: processor) {
                case .waits: return .waits
                case .crashed:
                    machine.shutDown(domain.number.rawValue, ShutdownReason.crash, &notices)
                    return .crashed
                case .done(let answer): data = answer
                case nil: continue
                }
            }
            return .done(request.needsAnswer ? data : 0)
        }
        if completion == .crashed { console.log("d\(domain.number.rawValue)v\(processor) Weird HVM ioreq state") }
        return completion
    }
}

extension DeviceModelState {
    /// Whose configuration an access reaches, and which register; nil where it is another.
    private func configuration(_ request: IORequest) -> (device: UInt32, register: UInt64)? {
        guard request.kind == .port, request.address & ~3 == 0xcfc, configurationAddress >> 31 == 1 else { return nil }
        let register = UInt64(configurationAddress & 0xfc) | request.address & 3
        return (configurationAddress >> 8 & 0xffff, register)
    }

    /// The server that an access goes to, and the access as it is sent; nil where nobody takes it.
    func server(for request: IORequest) -> (index: Int, request: IORequest)? {
        guard request.kind == .port || request.kind == .memory else { return nil }
        let configuration = configuration(request)
        let index = servers.indices.reversed().first { index in
            guard let server = servers[index], server.isEnabled else { return false }
            return server.takes(request, configuration: configuration)
        }
        guard let index else { return nil }
        guard let configuration else { return (index, request) }
        var changed = request
        changed.kind = .pciConfiguration
        changed.address = UInt64(configuration.device) << 32 | configuration.register
        return (index, changed)
    }
}

extension Machine {
    /// Gives an access to a server, which has not changed the port behind the hypervisor's back, and has no other.
    mutating func send(
        _ request: IORequest, to index: Int, of number: UInt16, processor: UInt32, isBuffered: Bool, _ notices: inout EventNotices
    ) -> IOStatus {
        guard let server = domains[number]?.deviceModel.servers[index] else { return .unhandled }
        if isBuffered {
            guard server.put(request), let port = server.bufferedPort else { return .unhandled }
            sendFromXen(number, port, &notices)
            return .handled
        }
        // A domain that shuts down begins nothing: its processor tries again if it goes on.
        guard domains[number]?.shutdownCode == nil else { return .waits }
        guard processor < server.ports.count, let place = server.place(processor) else { return .unhandled }
        let port = server.ports[Int(processor)]
        guard let word = place.memory.load32(at: place.offset + IORequest.stateOffset), IORequest.state(word) == 0,
            place.memory.load32(at: place.offset + IORequest.portOffset) == port
        else { return .unhandled }
        request.write(to: place.memory, at: place.offset)
        place.memory.store(request.word(IORequest.State.ready), at: place.offset + IORequest.stateOffset)
        domains[number]?.deviceModel.servers[index]?.waiting[processor] = IORequest.State.none
        sendFromXen(number, port, &notices)
        return .waits
    }

    /// The servers that a processor waits for, the newest first. There is one at most, but for what is sent to all.
    fileprivate func servers(of number: UInt16, awaitedBy processor: UInt32) -> [Int] {
        guard let servers = domains[number]?.deviceModel.servers else { return [] }
        return servers.indices.reversed().filter { servers[$0]?.waiting[processor] != nil }
    }

    /// Looks at the access that a processor waits for at a server; nil where it waits for none (Xen: `wait_for_io`).
    fileprivate mutating func step(_ index: Int, of number: UInt16, processor: UInt32) -> IOCompletion? {
        guard let server = domains[number]?.deviceModel.servers[index], let seen = server.waiting[processor] else { return nil }
        let place = server.place(processor)
        let word = place.flatMap { $0.memory.load32(at: $0.offset + IORequest.stateOffset) } ?? 0
        let state = IORequest.state(word)
        let result: IOCompletion
        switch state {
        // Its emulator went away.
        case IORequest.State.none: result = .done(.max)
        case _ where state < seen: result = .crashed
        case IORequest.State.responseReady:
            if let place {
                place.memory.store(
                    word & ~(0xf << 16), at: place.offset + IORequest.stateOffset)
                result = .done(place.memory.load64(at: place.offset + 8) ?? .max)
            } else {
                result = .done(.max)
            }
        case IORequest.State.ready, IORequest.State.inProcess:
            domains[number]?.deviceModel.servers[index]?.waiting[processor] = state
            return .waits
        default: result = .crashed
        }
        domains[number]?.deviceModel.servers[index]?.waiting[processor] = nil
        return result
    }
}
