import Flask

/// A handle of `libxengntshr`: pages of the client, granted to another domain.
struct ShareHandle: ClientHandle {
    private let client: Hypervisor.Client
    private var shares: Set<UInt32> = []

    init(_ client: Hypervisor.Client) {
        self.client = client
    }

    var descriptorCount: Int { shares.count }

    mutating func answer(_ request: Request) throws(XenErrorNumber) -> Reply {
        switch request.kind {
        case .share:
            guard let domain = request.domain(0) else { throw .noSuchDomain }
            guard request[1] > 0, request[1] <= UInt64(Hypervisor.Client.mostGrants), request[2] <= 1 else { throw .invalidArgument }
            let shared = try client.share(with: domain, pages: Int(request[1]), isWritable: request[2] == 1)
            shares.insert(shared.identifier)
            var reply = Reply(Int64(shared.identifier))
            reply[1] = 1
            reply.descriptors = [shared.memory.descriptor]
            reply.held = [shared.memory]
            var references = ABIStructure(size: shared.references.count * 4)
            for (index, reference) in shared.references.enumerated() { references.set(reference, at: index * 4) }
            reply.payload = references.bytes
            return reply
        case .unshare:
            let share = try share(request)
            let port = try client.unshare(share)
            shares.remove(share)
            if let port { try? client.notify(port) }
        case .notifyOfUnshare:
            try client.notify(
                onUnshareOf: share(request), byte: request[1] == .max ? nil : Int(clamping: request[1]),
                port: request[2] == .max ? nil : UInt32(clamping: request[2]))
        default: throw .protocolError
        }
        return Reply()
    }

    private func share(_ request: Request) throws(XenErrorNumber) -> UInt32 {
        guard let share = UInt32(exactly: request[0]), shares.contains(share) else { throw .noEntry }
        return share
    }

    mutating func close() {
        for share in shares {
            if let port = try? client.unshare(share) { try? client.notify(port) }
        }
    }
}
