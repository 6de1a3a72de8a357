import Flask

/// A handle of `libxenforeignmemory`: pages of other domains, mapped into the client.
struct MemoryHandle: ClientHandle {
    private let client: Hypervisor.Client
    private var audit: PrivcmdAudit
    private var descriptors = MemoryDescriptors()
    /// How often each frame of a domain was looked up: as long as the client may have it mapped, it stays where it is.
    private var mapped: [UInt16: [UInt64: Int]] = [:]

    init(_ client: Hypervisor.Client) {
        self.client = client
        audit = PrivcmdAudit(client.caller.owner)
    }

    mutating func answer(_ request: Request) throws(XenErrorNumber) -> Reply {
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
        for run in runs where run.error == nil {
            for frame in frames[run.start..<run.start + run.count] { mapped[domain, default: [:]][frame, default: 0] += 1 }
        }
        var reply = Reply()
        try descriptors.tell(runs, count: frames.count, isWritable: isWritable, in: &reply)
        return reply
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
        for (domain, frames) in mapped {
            for (frame, count) in frames {
                for _ in 0..<count { client.unmapForeign(domain, frames: [frame]) }
            }
        }
    }
}
