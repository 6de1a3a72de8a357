import Flask

/// A handle of `libxencall`: hypercalls, whose buffers lie in memory that client and hypervisor share.
struct CallHandle: ClientHandle {
    private let hypervisor: Hypervisor
    private let domain: Domain
    /// Where the client keeps its buffers. It has room for the largest policy where one may be loaded.
    let arena: SharedMemory
    private var caller: Caller?
    /// The domain to which the handle is restricted, once it is.
    private var restriction: UInt16?

    /// Throws `ENOMEM`.
    init(_ hypervisor: Hypervisor, _ domain: Domain) throws(XenErrorNumber) {
        self.hypervisor = hypervisor
        self.domain = domain
        arena = try SharedMemory(pages: domain.isControl ? 24_576 : 1_024)
    }

    mutating func answer(_ request: Request) throws(XenErrorNumber) -> Reply {
        switch request.kind {
        case .arena:
            guard caller == nil, request[0] % 4_096 == 0, request[0] <= UInt64.max - UInt64(arena.size) else { throw .protocolError }
            caller = Caller(domain: domain, memory: ArenaMemory(memory: arena, address: request[0]))
            return Reply()
        case .hypercall:
            guard let caller else { throw .protocolError }
            // A restricted handle operates the devices of its domain and does nothing else, as in Linux's driver.
            if let restriction {
                let isOfDomain =
                    request[0] == HypercallNumber.deviceModel.rawValue && request[1] & 0xffff == UInt64(restriction)
                guard isOfDomain else { throw .operationNotPermitted }
            }
            return Reply(hypervisor.hypercall(request[0], request.arguments, caller))
        case .restrict:
            guard let number = request.domain(0) else { throw .invalidArgument }
            guard restriction == nil || restriction == number else { throw .invalidArgument }
            restriction = number
            return Reply()
        default: throw .protocolError
        }
    }
}
