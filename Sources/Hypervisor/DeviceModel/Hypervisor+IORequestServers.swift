import Flask
import Synchronization

// Operations on ioreq servers (Xen, xen/common/ioreq.c: `ioreq_server_dm_op`).

extension Hypervisor {
    /// Makes an ioreq server, with an event channel for each processor that needs its permissions. Throws `EINVAL`, `ENOSPC`,
    /// and what the hook says.
    func createServer(_ call: inout DeviceModelCall) throws(XenErrorNumber) {
        guard call.payload.bytes[1..<4].allSatisfy({ $0 == 0 }),
            let buffering = IORequestServer.Buffering(rawValue: call.payload.byte(at: 0))
        else { throw .invalidArgument }
        let (domain, caller) = (call.domain, call.caller)
        // Whoever may emulate devices may know that there is no room for one more.
        let hasRoom = try with(domain) { (state) throws(XenErrorNumber) in
            state.deviceModel.servers.contains { $0 == nil }
        }
        guard hasRoom else { throw .noSpace }
        let label = try hooks.createUnbound(of: domain, for: caller.domain, caller)
        let number = try machine.withLock { (machine) throws(XenErrorNumber) in
            guard machine.domains[caller.domain.number.rawValue]?.domain === caller.domain else { throw .noSuchDomain }
            return try machine.with(domain) { (state) throws(XenErrorNumber) in
                try state.addServer(
                    IORequestServer(emulator: caller.domain, owner: caller.owner, buffering: buffering), label: label)
            }
        }
        call.payload.set(UInt16(number), at: 4)
    }

    /// Gives the servers of a domain ports for processors that came later, by whoever made those. Throws what the hook says,
    /// and `ENOSPC` (Xen: `ioreq_server_add_vcpu_all`).
    func addServerPorts(of domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        let servers = try with(domain) { (state) throws(XenErrorNumber) in
            state.deviceModel.servers.map { server in
                server.flatMap { $0.ports.count < state.processors.count ? $0.emulator : nil }
            }
        }
        for (number, emulator) in servers.enumerated() {
            guard let emulator else { continue }
            let label = try hooks.createUnbound(of: domain, for: emulator, caller)
            try with(domain) { (state) throws(XenErrorNumber) in
                guard let server = state.deviceModel.servers[number], server.emulator === emulator else { return }
                state.deviceModel.servers[number] = try state.addPorts(to: server, label: label)
            }
        }
    }

    /// Works with a server of the caller's. Throws `ENOENT` and `EPERM`.
    private func with<Result: Sendable>(
        server number: UInt16, _ call: DeviceModelCall,
        _ body: (inout DomainState, Int) throws(XenErrorNumber) -> sending Result
    ) throws(XenErrorNumber) -> Result {
        let caller = call.caller
        return try with(call.domain) { (state) throws(XenErrorNumber) in
            try state.checkServer(number, caller)
            return try body(&state, Int(number))
        }
    }

    /// Tells what a server is reached by; by frames of the guest's unless nobody wants them. Throws `EINVAL`, `ENOENT`,
    /// `EPERM` and `ENOMEM`.
    func tellServer(_ call: inout DeviceModelCall) throws(XenErrorNumber) {
        let flags = call.payload.word16(at: 2)
        guard flags & ~1 == 0 else { throw .invalidArgument }
        let isStrict = hooks.isStrict
        let server = try with(server: call.payload.word16(at: 0), call) { (state, number) throws(XenErrorNumber) in
            if flags == 0 { try state.mapServerFrames(number, isStrict: isStrict) }
            return state.deviceModel.servers[number]
        }
        guard let server else { throw .noEntry }
        if flags == 0, let frame = server.frame(isBuffered: false) { call.payload.set(frame, at: 8) }
        guard let port = server.bufferedPort else { return }
        if flags == 0, let frame = server.frame(isBuffered: true) { call.payload.set(frame, at: 16) }
        call.payload.set(port, at: 4)
    }

    /// Gives addresses to a server, or takes them from it. Throws `EINVAL`, `ENOENT`, `EPERM`, `EEXIST` and `ENOMEM`.
    func changeRange(_ call: DeviceModelCall) throws(XenErrorNumber) {
        let payload = call.payload
        let (start, end) = (payload.word64(at: 8), payload.word64(at: 16))
        guard payload.word16(at: 2) == 0, start <= end else { throw .invalidArgument }
        try with(server: payload.word16(at: 0), call) { (state, number) throws(XenErrorNumber) in
            guard payload.word32(at: 4) < 3 else { throw .invalidArgument }
            let type = Int(payload.word32(at: 4))
            if call.command == .mapRange {
                try state.deviceModel.servers[number]?.ranges[type].insert(start...end)
            } else {
                try state.deviceModel.servers[number]?.ranges[type].remove(start...end)
            }
        }
    }

    /// Throws `EINVAL`, `ENOENT` and `EPERM`.
    func setServerState(_ call: DeviceModelCall) throws(XenErrorNumber) {
        let payload = call.payload
        guard payload.byte(at: 3) == 0 else { throw .invalidArgument }
        let isSound = try with(server: payload.word16(at: 0), call) { (state, number) throws(XenErrorNumber) in
            state.enableServer(number, payload.byte(at: 2) != 0)
        }
        if !isSound { try shutDown(call.domain, reason: UInt32(ShutdownReason.crash)) }
    }

    /// Throws `EINVAL`, `ENOENT` and `EPERM`.
    func destroyServer(_ call: DeviceModelCall) throws(XenErrorNumber) {
        guard call.payload.word16(at: 2) == 0 else { throw .invalidArgument }
        let number = call.payload.word16(at: 0)
        let (domain, caller) = (call.domain, call.caller)
        try raising { (machine, notices) throws(XenErrorNumber) in
            try machine.with(domain) { (state) throws(XenErrorNumber) in try state.checkServer(number, caller) }
            machine.removeServer(Int(number), of: domain.number.rawValue)
            // A processor that waits for it waits in vain.
            machine.wakeProcessors(of: domain.number.rawValue, &notices)
        }
    }

    /// Takes away the servers of somebody who is gone for good: nobody else could.
    func removeServers(of owner: ClientOwner) {
        machine.withLock { machine in
            for number in Array(machine.domains.keys) {
                for index in 0..<IORequestServer.limit where machine.domains[number]?.deviceModel.servers[index]?.owner === owner {
                    machine.removeServer(index, of: number)
                }
            }
        }
    }

    /// Sends writes to served memory to a server, or to none any more. Throws `EOPNOTSUPP` without hardware assisted paging,
    /// `EINVAL`, `ENOENT`, `EPERM` and `EBUSY`.
    func mapMemoryType(_ call: DeviceModelCall) throws(XenErrorNumber) {
        let payload = call.payload
        let (flags, first) = (payload.word32(at: 4), payload.word64(at: 8))
        let isStrict = hooks.isStrict
        let caller = call.caller
        try with(call.domain) { (state) throws(XenErrorNumber) in
            guard state.hasHAP else { throw .notSupported }
            // Xen takes a caller's word for having been here before, and then checks nothing.
            if first == 0 || isStrict {
                guard first == 0, payload.word16(at: 2) == 4, flags & ~2 == 0 else { throw .invalidArgument }
                try state.checkServer(payload.word16(at: 0), caller)
                try state.mapMemoryServer(flags == 0 ? nil : Int(payload.word16(at: 0)), of: Int(payload.word16(at: 0)))
            }
            if flags == 0 { state.memory.endClaims(from: first) }
        }
    }

    /// The pages of an ioreq server, from a frame on: the ring's is frame 0, the other frame 1. They are there from now on.
    /// The hook ``Hooks/mapResource(_:_:)`` is to be asked first (Xen, xen/common/memory.c: `acquire_ioreq_server`).
    ///
    /// Throws `EINVAL`, `ENOENT`, `EPERM` and `ENOMEM`.
    func acquireIORequestPages(
        of domain: Domain, server: UInt32, frame: UInt64, count: UInt32, _ caller: Caller
    ) throws(XenErrorNumber) -> [SharedPage] {
        try with(domain) { (state) throws(XenErrorNumber) in
            guard state.isHVM, let number = UInt16(exactly: server) else { throw .invalidArgument }
            var pages: [SharedPage] = []
            for index in 0..<min(UInt64(count), 3) {
                try state.checkServer(number, caller)
                try state.makeServerPages(Int(number))
                let server = state.deviceModel.servers[Int(number)]
                switch frame.addingReportingOverflow(index) {
                case (0, false):
                    guard let page = server?.buffered else { throw .noEntry }
                    pages.append(page)
                case (1, false):
                    guard let page = server?.synchronous else { throw .outOfMemory }
                    pages.append(page)
                default: throw .invalidArgument
                }
            }
            return pages
        }
    }
}
