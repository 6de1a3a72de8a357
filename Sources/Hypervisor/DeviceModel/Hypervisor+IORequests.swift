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
            let completion = try machine.with(domain) { (state) throws(XenErrorNumber) in state.deviceModel.complete(processor) }
            switch completion {
            case .waits: break
            case .crashed: machine.shutDown(domain.number.rawValue, ShutdownReason.crash, &notices)
            case .done: if !request.needsAnswer { return .done(0) }
            }
            return completion
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
        // Nothing of a server is held on to, which would take longer than to look at it.
        let span = servers.span
        var index = span.count - 1
        while index >= 0, span[index]?.takes(request, configuration: configuration) != true { index -= 1 }
        guard index >= 0 else { return nil }
        guard let configuration else { return (index, request) }
        var changed = request
        changed.kind = .pciConfiguration
        changed.address = UInt64(configuration.device) << 32 | configuration.register
        return (index, changed)
    }

    /// Gives an access of a processor to whoever takes it, and says at which port that is to be told; nil where nobody does.
    mutating func begin(_ request: IORequest, _ processor: UInt32) -> UInt32? {
        server(for: request).flatMap { found in servers[found.index]?.begin(found.request, processor) }
    }

    /// Looks at what a processor waits for, at the newest server first: at one at most, but for what is sent to all. What the
    /// last of them has answered; all ones where there is none any more.
    fileprivate mutating func complete(_ processor: UInt32) -> IOCompletion {
        var completion = IOCompletion.done(.max)
        for index in servers.indices.reversed() {
            guard servers.span[index]?.isAwaited(by: processor) == true, let step = servers[index]?.step(processor) else { continue }
            completion = step
            guard case .done = step else { break }
        }
        return completion
    }
}

extension Machine {
    /// Gives an access to a server.
    mutating func send(
        _ request: IORequest, to index: Int, of number: UInt16, processor: UInt32, isBuffered: Bool, _ notices: inout EventNotices
    ) -> IOStatus {
        if isBuffered {
            guard let server = domains[number]?.deviceModel.servers[index], server.put(request), let port = server.bufferedPort else {
                return .unhandled
            }
            sendFromXen(number, port, &notices)
            return .handled
        }
        guard domains[number]?.deviceModel.servers[index] != nil else { return .unhandled }
        // A domain that shuts down begins nothing: its processor tries again if it goes on.
        guard domains[number]?.shutdownCode == nil else { return .waits }
        guard let port = domains[number]?.deviceModel.servers[index]?.begin(request, processor) else { return .unhandled }
        sendFromXen(number, port, &notices)
        return .waits
    }
}
