import Flask
import Synchronization

extension Hypervisor {
    /// The `dm_op` hypercall: a device model acts on the domain whose devices it emulates (Xen, xen/common/dm.c,
    /// xen/arch/x86/hvm/dm.c: `dm_op`). What Xen checks comes in its order: the buffers, the domain, its kind, the
    /// permission, the operation's number and size, padding.
    ///
    /// Throws `ENODATA` where there is no buffer (as Xen since XSA-506), `E2BIG`, `EFAULT`, `ESRCH`, `EPERM` for the caller
    /// himself, `EINVAL` for a domain without hardware virtualization, what the hook says, `EOPNOTSUPP`, `EPERM` for an
    /// operation that is closed to the client (``ClientLimits``), and what the operation says.
    func deviceModelOperation(
        _ number: UInt16, count: UInt32, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) -> Int64 {
        guard count > 0 else { throw .noData }
        guard count <= 2 else { throw .tooBig }
        let list = try caller.memory.structure(Int(count) * 16, at: address)
        let buffers = (0..<Int(count)).map { (address: list.word64(at: $0 * 16), size: list.word64(at: $0 * 16 + 8)) }
        guard let domain = domain(number) else { throw .noSuchDomain }
        guard domain !== caller.domain else { throw .operationNotPermitted }
        // Xen tells what kind of domain it is before it asks whether the caller may know.
        if hooks.isStrict { try hooks.deviceModel(domain, caller) }
        guard try with(domain, { (state) throws(XenErrorNumber) in state.isHVM }) else { throw .invalidArgument }
        if !hooks.isStrict { try hooks.deviceModel(domain, caller) }
        guard buffers[0].size >= 8 else { throw .badAddress }
        let header = try caller.memory.structure(8, at: buffers[0].address)
        let operation = header.word32(at: 0)
        guard operation < DeviceModelCommand.numberCount else { throw .notSupported }
        let command = DeviceModelCommand(rawValue: operation)
        let size = command?.size ?? 0
        guard buffers[0].size >= 8 + UInt64(size) else { throw .badAddress }
        let payload = try caller.memory.structure(size, at: buffers[0].address &+ 8)
        guard header.word32(at: 4) == 0 else { throw .invalidArgument }
        guard let command, command != .setInterruptLevel else { throw .notSupported }
        try checkLimits(command, domain, caller)
        try hooks.deviceModel(command, domain, caller)
        var call = DeviceModelCall(command: command, domain: domain, caller: caller, payload: payload, buffers: buffers)
        try perform(&call)
        if call.payload != payload || command.alwaysAnswers {
            try caller.memory.put(call.payload, at: buffers[0].address &+ 8)
        }
        return 0
    }

    /// Throws `EPERM` for an operation that is not open to who stands behind the call, and says so on the console.
    private func checkLimits(_ command: DeviceModelCommand, _ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        guard let owner = caller.owner, let open = owner.limits.deviceModelOperations, !open.contains(command.rawValue) else { return }
        console.log(
            "dm_op: \(command.name) on d\(domain.number.rawValue) is not open to \(owner.name) of d\(caller.domain.number.rawValue)")
        throw .operationNotPermitted
    }

    private func perform(_ call: inout DeviceModelCall) throws(XenErrorNumber) {
        let payload = call.payload
        switch call.command {
        case .createServer: try createServer(&call)
        case .getServerInfo: try tellServer(&call)
        case .mapRange, .unmapRange: try changeRange(call)
        case .setServerState: try setServerState(call)
        case .destroyServer: try destroyServer(call)
        case .mapMemoryType: try mapMemoryType(call)
        case .trackDirtyVideoMemory: try trackVideoMemory(call)
        case .modifiedMemory: try noteModifiedMemory(call)
        case .setMemoryType: try setMemoryType(call)
        case .relocateMemory: try relocateMemory(call)
        case .pinCacheAttribute:
            guard payload.word32(at: 20) == 0 else { throw .invalidArgument }
            try with(call.domain) { (state) throws(XenErrorNumber) in
                try state.deviceModel.cacheAttributes.set(
                    payload.word64(at: 0), payload.word64(at: 8), payload.word32(at: 16), mayUncache: state.isIOMMUEnabled)
            }
        case .setPCILevel, .setISALevel, .setPCILinkRoute: try setLine(call)
        case .injectEvent: try injectEvent(call)
        case .injectMessage: try injectMessage(call)
        // The first reason that somebody gave stands.
        case .remoteShutdown: try shutDown(call.domain, reason: payload.word32(at: 0))
        case .processorCount:
            let count = try with(call.domain) { (state) throws(XenErrorNumber) in state.configuration.maximumProcessors }
            call.payload.set(count, at: 0)
        case .setInterruptLevel: throw .notSupported
        }
    }
}

extension DeviceModelCommand {
    /// Whether the caller's memory must be there to write to, even where nothing has changed.
    fileprivate var alwaysAnswers: Bool {
        switch self {
        case .createServer, .getServerInfo, .setMemoryType, .mapMemoryType, .processorCount: true
        default: false
        }
    }
}
