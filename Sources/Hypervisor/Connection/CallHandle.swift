import Flask
import Synchronization

/// A handle of `libxencall`: hypercalls, whose buffers lie in memory that client and hypervisor share.
struct CallHandle: ClientHandle {
    private let hypervisor: Hypervisor
    private let domain: Domain
    private let owner: ClientOwner?
    /// Where the client keeps its buffers. It has room for the largest policy where one may be loaded.
    let arena: SharedMemory
    private var caller: Caller?
    private let keeper: DomainKeeper?
    /// By which a keeper is told of domains' ends.
    private var watch: ClientPort?
    private var audit = PrivcmdAudit()

    /// Of one with a keeper the domains that are made by it end with it. Throws `ENOMEM`.
    init(_ hypervisor: Hypervisor, _ domain: Domain, _ owner: ClientOwner?, keeper: DomainKeeper? = nil) throws(XenErrorNumber) {
        self.hypervisor = hypervisor
        self.domain = domain
        self.owner = owner
        self.keeper = keeper
        arena = try SharedMemory(pages: domain.isControl ? 24_576 : 1_024)
    }

    var isRestrictable: Bool { true }
    var descriptorCount: Int { watch == nil ? 1 : 2 }

    mutating func answer(_ request: Request) throws(XenErrorNumber) -> Reply {
        audit.follow(owner)
        switch request.kind {
        case .arena:
            guard caller == nil, request[0] % 4_096 == 0, request[0] <= UInt64.max - UInt64(arena.size) else { throw .protocolError }
            caller = Caller(domain: domain, owner: owner, keeper: keeper, memory: ArenaMemory(memory: arena, address: request[0]))
            return Reply()
        case .hypercall:
            guard let caller else { throw .protocolError }
            if request[0] == HypercallNumber.deviceModel.rawValue {
                // A restricted handle operates the devices of its domain and does nothing else, as in Linux's driver.
                guard try auditDeviceModel(request.arguments, caller) else { return Reply() }
            } else {
                try audit.hypercall()
            }
            return Reply(hypervisor.hypercall(request[0], request.arguments, caller))
        case .restrict:
            guard let number = request.domain(0) else { throw .invalidArgument }
            try audit.restrict(to: number)
            return Reply()
        case .watchDomains where keeper != nil:
            guard watch == nil else { throw .invalidArgument }
            guard let (ours, theirs) = MessageSocket.signals() else { throw .noSpace }
            let port = ClientPort(ours)
            watch = port
            hypervisor.machine.withLock { $0.endListeners[ObjectIdentifier(port)] = port }
            var reply = Reply()
            reply.descriptors = [theirs.descriptor]
            reply.held = [theirs]
            return reply
        default: throw .protocolError
        }
    }

    mutating func close() {
        if let watch { hypervisor.machine.withLock { $0.endListeners[ObjectIdentifier(watch)] = nil } }
        if let caller { keeper?.abandon(hypervisor, caller) }
    }

    /// Looks at a device-model operation as Linux's driver does before Xen; whether there is anything to do.
    private func auditDeviceModel(_ arguments: [UInt64], _ caller: Caller) throws(XenErrorNumber) -> Bool {
        let count = UInt32(truncatingIfNeeded: arguments[1])
        guard try audit.deviceModelOperation(UInt16(truncatingIfNeeded: arguments[0]), count: count) else { return false }
        let list = try caller.memory.structure(Int(count) * 16, at: arguments[2])
        let buffers = (0..<Int(count)).map { (address: list.word64(at: $0 * 16), size: list.word64(at: $0 * 16 + 8)) }
        try audit.buffers(buffers) { address, size in caller.memory.read(Int(size), at: address) != nil }
        return true
    }
}
