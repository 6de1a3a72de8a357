import Flask
import Synchronization

extension Hypervisor {
    /// Works with the machine under its lock, and tells afterwards whom events concern.
    func raising<Result: Sendable>(
        _ body: (inout Machine, inout EventNotices) throws(XenErrorNumber) -> sending Result
    ) throws(XenErrorNumber) -> Result {
        var notices = EventNotices()
        defer { notices.tell() }
        return try machine.withLock { (machine) throws(XenErrorNumber) in try body(&machine, &notices) }
    }

    /// The `event_channel_op` hypercall (Xen, xen/common/event_channel.c: `do_event_channel_op`).
    func eventChannelOperation(_ number: UInt32, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        guard let command = EventChannelCommand(rawValue: number) else { throw .notImplemented }
        var call = try caller.memory.structure(command.size, at: address)
        switch command {
        case .allocateUnbound:
            call.set(try allocateUnbound(of: call.word16(at: 0), for: call.word16(at: 2), nil, caller), at: 4)
        case .bindInterdomain:
            call.set(try bindInterdomain(call.word16(at: 0), call.word32(at: 4), nil, caller), at: 8)
        case .bindVirtualInterrupt:
            call.set(try bind(virtual: call.word32(at: 0), processor: call.word32(at: 4), nil, caller), at: 8)
        case .bindPhysicalInterrupt: call.set(try bind(physical: call.word32(at: 0), caller), at: 8)
        case .bindInterprocessor: call.set(try bindInterprocessor(call.word32(at: 0), caller), at: 4)
        case .status: try tellStatus(&call, caller)
        case .initializeControl:
            let (frame, offset) = (call.word64(at: 0), call.word32(at: 8))
            let processor = call.word32(at: 12)
            try with(caller.domain) { (state) throws(XenErrorNumber) in
                try state.setControlBlock(processor: processor, frame: frame, offset: offset)
            }
            call.set(UInt8(EventQueues.linkBits), at: 16)
        default:
            try changeEventChannel(command, call, caller)
            return 0
        }
        try caller.memory.put(call, at: address)
        return 0
    }

    /// The operations that tell nothing.
    private func changeEventChannel(
        _ command: EventChannelCommand, _ call: ABIStructure, _ caller: Caller
    ) throws(XenErrorNumber) {
        switch command {
        case .close: try closeChannel(call.word32(at: 0), caller)
        case .send: try sendEvent(call.word32(at: 0), caller)
        case .bindProcessor: try bindProcessor(call.word32(at: 0), call.word32(at: 4), caller)
        case .unmask:
            let port = call.word32(at: 0)
            try with(caller.domain) { (state) throws(XenErrorNumber) in
                guard state.events.isValid(port) else { throw .invalidArgument }
                state.unmask(port)
            }
        case .reset, .continueReset:
            let domain = try self.domain(call.word16(at: 0), or: caller)
            try hooks.resetChannels(of: domain, caller)
            try resetChannels(of: domain, caller)
        case .expandArray:
            let frame = call.word64(at: 0)
            try raising { (machine, notices) throws(XenErrorNumber) in
                try machine.with(caller.domain) { (state) throws(XenErrorNumber) in
                    try state.addEventPage(frame: frame, &notices)
                }
            }
        case .setPriority:
            let (port, priority) = (call.word32(at: 0), call.word32(at: 4))
            try with(caller.domain) { (state) throws(XenErrorNumber) in try state.setPriority(port, priority) }
        default: throw .notImplemented
        }
    }

    // MARK: Binding

    /// Makes a port of a domain to which another may bind. Throws `ESRCH`, what the hook says, `ENOSPC`.
    func allocateUnbound(
        of number: UInt16, for remoteNumber: UInt16, _ listener: (any PortListener)?, _ caller: Caller
    ) throws(XenErrorNumber) -> UInt32 {
        let owner = try domain(number, or: caller)
        let remote = try? domain(remoteNumber, or: caller)
        // Xen looks for a free port first. How many there are is for those to know who may have one.
        let label = try hooks.createUnbound(of: owner, for: remote, caller)
        let bound = remoteNumber == DomainIdentifier.caller.rawValue ? caller.domain.number.rawValue : remoteNumber
        return try machine.withLock { (machine) throws(XenErrorNumber) in
            try machine.addUnbound(owner, remote: bound, EventChannel(label: label, listener: listener))
        }
    }

    /// Binds a new port to one of another domain that waits for the caller. Throws `ESRCH`, `EINVAL`, what the hook says,
    /// `EPERM` for the port of an ioreq server that is another client's, `ENOSPC`.
    func bindInterdomain(
        _ remoteNumber: UInt16, _ remotePort: UInt32, _ listener: (any PortListener)?, _ caller: Caller
    ) throws(XenErrorNumber) -> UInt32 {
        let remote = try domain(remoteNumber, or: caller)
        let other = try machine.withLock { (machine) throws(XenErrorNumber) in try machine.channel(remote, remotePort) }
        guard other.state == .unbound(remote: caller.domain.number.rawValue) else { throw .invalidArgument }
        let label = try hooks.bindInterdomain(caller.domain, to: remote, other.label, caller)
        return try raising { (machine, notices) throws(XenErrorNumber) in
            try machine.with(remote) { (state) throws(XenErrorNumber) in try state.checkServerPort(remotePort, caller) }
            return try machine.bind(
                caller.domain, to: remote, remotePort, expecting: other.label,
                EventChannel(label: label, listener: listener), &notices)
        }
    }

    /// Binds a new port to an interrupt of the hypervisor's. Throws `EINVAL`, `ENOENT` for a processor that is none,
    /// `EEXIST`, `ENOSPC`. No permission is needed.
    func bind(
        virtual interrupt: UInt32, processor: UInt32, _ listener: (any PortListener)?, _ caller: Caller
    ) throws(XenErrorNumber) -> UInt32 {
        guard interrupt < VirtualInterrupt.count, processor == 0 || !VirtualInterrupt.isGlobal(interrupt) else {
            throw .invalidArgument
        }
        return try with(caller.domain) { (state) throws(XenErrorNumber) in
            guard state.hasProcessor(processor) else { throw .noEntry }
            let place = EventChannels.VirtualInterruptPlace(number: interrupt, processor: processor)
            guard state.events.virtualInterrupts[place] == nil else { throw .exists }
            let port = try state.freePort()
            state.events.occupy(
                port, EventChannel(state: .virtualInterrupt(interrupt), processor: processor, listener: listener))
            state.events.virtualInterrupts[place] = port
            return port
        }
    }

    /// Binds a new port to an interrupt by the domain's own number, which stands for one that it may use. Throws `EINVAL`,
    /// `EPERM`, `EEXIST` and `ENOSPC`. No permission is needed: one was for the interrupt.
    private func bind(physical interrupt: UInt32, _ caller: Caller) throws(XenErrorNumber) -> UInt32 {
        guard interrupt < interruptNumbers(of: caller.domain) else { throw .invalidArgument }
        return try with(caller.domain) { (state) throws(XenErrorNumber) in
            guard state.isHVM || state.permittedInterrupt(Int32(bitPattern: interrupt)) != nil else {
                throw .operationNotPermitted
            }
            guard state.events.physicalInterrupts[interrupt] == nil else { throw .exists }
            let port = try state.freePort()
            state.events.occupy(port, EventChannel(state: .physicalInterrupt(interrupt)))
            state.events.physicalInterrupts[interrupt] = port
            if state.isHVM, state.resources.mappedInterrupts[Int32(bitPattern: interrupt)] != nil {
                state.deviceModel.map(interrupt, to: .device)
            }
            return port
        }
    }

    private func bindInterprocessor(_ processor: UInt32, _ caller: Caller) throws(XenErrorNumber) -> UInt32 {
        try with(caller.domain) { (state) throws(XenErrorNumber) in
            guard state.hasProcessor(processor) else { throw .noEntry }
            let port = try state.freePort()
            state.events.occupy(port, EventChannel(state: .interprocessor, processor: processor))
            return port
        }
    }

    /// Makes another processor be told. Throws `ENOENT` and `EINVAL`.
    private func bindProcessor(_ port: UInt32, _ processor: UInt32, _ caller: Caller) throws(XenErrorNumber) {
        try with(caller.domain) { (state) throws(XenErrorNumber) in
            guard state.hasProcessor(processor) else { throw .noEntry }
            guard let channel = state.events[valid: port], !channel.isXens else { throw .invalidArgument }
            switch channel.state {
            case .virtualInterrupt(let interrupt):
                guard VirtualInterrupt.isGlobal(interrupt) else { throw .invalidArgument }
            case .unbound, .interdomain, .physicalInterrupt: break
            case .free, .reserved, .interprocessor: throw .invalidArgument
            }
            state.events.channels[Int(port)].processor = processor
        }
    }
}
