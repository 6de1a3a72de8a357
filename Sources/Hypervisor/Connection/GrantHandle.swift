import Flask

/// A handle of `libxengnttab`: pages that were granted to the client's domain, mapped into the client or copied.
struct GrantHandle: ClientHandle {
    private let client: Hypervisor.Client
    private var descriptors = MemoryDescriptors()
    private var mappings: Set<UInt32> = []

    init(_ client: Hypervisor.Client) {
        self.client = client
    }

    mutating func answer(_ request: Request) throws(XenErrorNumber) -> Reply {
        switch request.kind {
        case .mapGrants: return try map(request)
        case .unmapGrants:
            let mapping = try mapping(request)
            let port = try client.unmapGrants(mapping)
            mappings.remove(mapping)
            if let port { try? client.notify(port) }
        case .copyFromGrant:
            let (domain, reference, offset, count) = try part(request)
            var reply = Reply()
            reply.payload = try client.copyFromGrant(domain, reference: reference, offset: offset, count: count)
            return reply
        case .copyToGrant:
            let (domain, reference, offset, count) = try part(request)
            guard request.payload.count == count else { throw .protocolError }
            try client.copyToGrant(domain, reference: reference, offset: offset, request.payload)
        case .notifyOfGrantUnmap:
            try client.notify(
                onUnmapOf: mapping(request), byte: request[1] == .max ? nil : Int(clamping: request[1]),
                port: request[2] == .max ? nil : UInt32(clamping: request[2]))
        default: throw .protocolError
        }
        return Reply()
    }

    private mutating func map(_ request: Request) throws(XenErrorNumber) -> Reply {
        guard request[0] > 0, request[0] <= UInt64(Hypervisor.Client.mostGrants), request[1] & ~3 == 0,
            request.payload.count == Int(request[0]) * 8
        else { throw .protocolError }
        let list = ABIStructure(request.payload)
        var grants: [(domain: UInt16, reference: UInt32)] = []
        for index in 0..<Int(request[0]) {
            guard let domain = UInt16(exactly: list.word32(at: index * 8)) else { throw .noSuchDomain }
            grants.append((domain, list.word32(at: index * 8 + 4)))
        }
        let isWritable = request[1] & 2 != 0
        let mapped = try client.mapGrants(grants, isWritable: isWritable)
        var reply = Reply(Int64(mapped.identifier))
        do throws(XenErrorNumber) {
            try descriptors.tell(mapped.runs, count: grants.count, isWritable: isWritable, in: &reply)
            // All or nothing: who names pages of many domains at once does so in parts.
            guard reply[6] == UInt64(grants.count) else { throw .tooBig }
        } catch {
            client.endGrants(mapped.identifier)
            throw error
        }
        mappings.insert(mapped.identifier)
        return reply
    }

    private func mapping(_ request: Request) throws(XenErrorNumber) -> UInt32 {
        guard let mapping = UInt32(exactly: request[0]), mappings.contains(mapping) else { throw .noEntry }
        return mapping
    }

    private func part(
        _ request: Request
    ) throws(XenErrorNumber) -> (domain: UInt16, reference: UInt32, offset: Int, count: Int) {
        guard let domain = request.domain(0) else { throw .noSuchDomain }
        guard let reference = UInt32(exactly: request[1]), request[2] <= 4_096, request[3] <= 4_096 else { throw .invalidArgument }
        return (domain, reference, Int(request[2]), Int(request[3]))
    }

    mutating func close() {
        for mapping in mappings {
            if let port = client.endGrants(mapping) { try? client.notify(port) }
        }
    }
}
