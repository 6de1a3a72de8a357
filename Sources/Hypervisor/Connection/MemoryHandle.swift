import Flask

/// A handle of `libxenforeignmemory`: pages of other domains, mapped into the client.
struct MemoryHandle: ClientHandle {
    private let hypervisor: Hypervisor
    private let domain: Domain
    /// The domain to which the handle is restricted, once it is.
    private var restriction: UInt16?

    init(_ hypervisor: Hypervisor, _ domain: Domain) {
        self.hypervisor = hypervisor
        self.domain = domain
    }

    mutating func answer(_ request: Request) throws(XenErrorNumber) -> Reply {
        guard let number = request.domain(0) else { throw .noSuchDomain }
        switch request.kind {
        case .restrictMapping:
            guard restriction == nil || restriction == number else { throw .invalidArgument }
            restriction = number
            return Reply()
        case .mapFrames, .mapResource:
            guard restriction == nil || restriction == number else { throw .operationNotPermitted }
            throw .notImplemented
        default: throw .protocolError
        }
    }
}
