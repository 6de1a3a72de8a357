import Flask

/// A handle of `libxenforeignmemory`: pages of other domains, mapped into the client.
struct MemoryHandle: ClientHandle {
    private let client: Hypervisor.Client
    private var audit = PrivcmdAudit()
    private var descriptors = MemoryDescriptors()
    /// How often each page of a domain was looked up: as long as the client may have it mapped, it stays where it is.
    private var mapped: [ObjectIdentifier: (domain: Domain, pages: [UInt32: UInt32])] = [:]

    init(_ client: Hypervisor.Client) {
        self.client = client
    }

    var isRestrictable: Bool { true }

    mutating func answer(_ request: Request) throws(XenErrorNumber) -> Reply {
        audit.follow(client.caller.owner)
        guard let number = request.domain(0) else { throw .noSuchDomain }
        switch request.kind {
        case .restrictMapping:
            try audit.restrict(to: number)
            return Reply()
        case .mapFrames:
            try audit.reach(number)
            return try mapFrames(request, of: number)
        case .mapResource:
            try audit.reach(number)
            return try mapResource(request, of: number)
        default: throw .protocolError
        }
    }

    private mutating func mapFrames(_ request: Request, of domain: UInt16) throws(XenErrorNumber) -> Reply {
        guard request[1] & ~3 == 0, request[2] > 0, request[2] <= UInt64(Hypervisor.Client.mostForeignFrames),
            request.payload.count == Int(request[2]) * 8
        else { throw .protocolError }
        let list = ABIStructure(request.payload)
        let frames = (0..<Int(request[2])).map { list.word64(at: $0 * 8) }
        let isWritable = request[1] & 2 != 0
        let runs = try client.mapForeign(domain, frames: frames, isWritable: isWritable)
        remember(runs, of: domain)
        var reply = Reply()
        try descriptors.tell(runs, count: frames.count, isWritable: isWritable, in: &reply)
        return reply
    }

    private mutating func remember(_ runs: [ForeignRun], of number: UInt16) {
        // One that is gone by now has no pages that could be moved.
        guard let domain = client.hypervisor.domain(number) else { return }
        for run in runs {
            run.forEachPage { mapped[ObjectIdentifier(domain), default: (domain, [:])].pages[$0, default: 0] += 1 }
        }
    }

    private func mapResource(_ request: Request, of domain: UInt16) throws(XenErrorNumber) -> Reply {
        guard let kind = UInt32(exactly: request[1]), let number = UInt32(exactly: request[2]),
            let first = UInt32(exactly: request[3]), let count = UInt32(exactly: request[4]), count <= UInt32.max - first,
            request[5] & ~3 == 0
        else { throw .invalidArgument }
        var reply = Reply()
        guard count > 0 else {
            reply[0] = UInt64(try client.resourceSize(domain, kind: kind, number: number))
            return reply
        }
        let frames = try client.mapResource(domain, kind: kind, number: number, frames: first..<first + count)
        reply[0] = UInt64(frames.offset)
        reply.descriptors = [try request[5] & 2 != 0 ? frames.memory.descriptor : frames.memory.readOnlyDescriptor()]
        reply.held = [frames.memory]
        return reply
    }

    mutating func close() {
        for (domain, pages) in mapped.values { client.unmapForeign(domain, pages) }
    }
}
