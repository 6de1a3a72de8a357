import Flask

extension Hypervisor {
    /// Kinds of resources (Xen, xen/include/public/memory.h: `XENMEM_resource_*`).
    enum ResourceKind: UInt32, Sendable {
        case ioRequestServer = 0
        case grantTable = 1
        case trace = 2
    }

    /// Frames of an I/O request server: the buffered ring's, then the one of requests. Throws `ENOENT` for no such server, `EINVAL`
    /// for no such frame, and `EPERM` when it is another's.
    private func serverFrames(
        _ domain: Domain, _ server: UInt16, _ frames: Range<UInt32>, _ caller: Caller
    ) throws(XenErrorNumber) -> ResourceFrames {
        let pages = try acquireIORequestPages(
            of: domain, server: UInt32(server), frame: UInt64(frames.lowerBound), count: UInt32(frames.count), caller)
        guard let first = pages.first else { throw .invalidArgument }
        return ResourceFrames(memory: first.memory, offset: first.offset, count: pages.count)
    }

    // MARK: Acquiring

    /// `XENMEM_acquire_resource` (Xen, xen/common/memory.c: `acquire_resource`).
    func acquireResource(from start: UInt64, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        var call = try caller.memory.structure(32, at: address)
        guard call.word32(at: 12) == 0 else { throw .invalidArgument }
        let frame = call.word64(at: 16)
        let count = call.word32(at: 8)
        guard frame <= UInt64(UInt32.max), frame + UInt64(count) <= UInt64(UInt32.max) else { throw .invalidArgument }
        let domain = try remoteDomain(call.word16(at: 0), caller)
        try hooks.mapResource(domain, caller)
        let kind = ResourceKind(rawValue: UInt32(call.word16(at: 2)))
        let number = call.word32(at: 4)
        let most = try resourceSize(domain, kind, number)
        guard most > 0 else { throw .invalidArgument }
        let list = call.word64(at: 24)
        guard list != 0 else {
            guard count == 0, start == 0 else { throw .invalidArgument }
            call.set(most, at: 8)
            try caller.memory.put(8..<12, of: call, at: address)
            return 0
        }
        guard start < count, UInt64(count) <= Self.mostExtents else { throw .invalidArgument }
        let wanted = UInt32(frame + start)..<UInt32(frame) + count
        let found = try resource(domain, kind, number, wanted, caller)
        for index in 0..<UInt64(wanted.count) {
            let place = SpecialFrame(
                kind: .foreign(domain, page: nil), memory: found.memory, offset: found.offset + Int(index) * 4_096)
            try tell(place, list, start + index, caller)
        }
        return 0
    }

    /// Puts a frame of a resource where the caller says, if it has a map of its own; else it is told a number.
    private func tell(_ place: SpecialFrame, _ list: UInt64, _ index: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        guard try with(caller.domain, { (state) throws(XenErrorNumber) in state.isHVM }) else {
            // No machine frame is behind it: it is mapped by ``Client/mapResource(_:kind:number:frames:)``.
            return try put(UInt64(place.offset / 4_096), at: list, index, caller)
        }
        guard caller.domain.number.rawValue == 0 else { throw .permissionDenied }
        guard let frame = frames(at: list, index, most: 1, caller)?.first else { throw .badAddress }
        try with(caller.domain) { (state) throws(XenErrorNumber) in
            guard frame < GuestMemory.endOfFrames else { throw .invalidArgument }
            try state.memory.place(place, at: frame)
        }
    }

    /// How many frames a resource has at most; none when there is no such (Xen: `resource_max_frames`, whose error for an unknown
    /// kind counts as very many).
    func resourceSize(_ domain: Domain, _ kind: ResourceKind?, _ number: UInt32) throws(XenErrorNumber) -> UInt32 {
        try with(domain) { (state) throws(XenErrorNumber) in
            switch kind {
            case .ioRequestServer:
                state.isHVM ? 1 + (state.configuration.maximumProcessors &* 32 &+ 4_095) / 4_096 : 0
            case .grantTable: state.grants.resourceSize(number)
            case .trace: state.configuration.traceSize / 4_096
            case nil: UInt32(bitPattern: -XenErrorNumber.notSupported.rawValue)
            }
        }
    }

    /// Where frames of a resource lie; a grant table grows for it. Throws `EOPNOTSUPP` for an unknown kind, `EINVAL` for frames
    /// that it does not have, and `ENOENT` for a processor or a server that is not there.
    func resource(
        _ domain: Domain, _ kind: ResourceKind?, _ number: UInt32, _ frames: Range<UInt32>, _ caller: Caller
    ) throws(XenErrorNumber) -> ResourceFrames {
        guard let kind else { throw .notSupported }
        switch kind {
        case .ioRequestServer:
            guard try with(domain, { (state) throws(XenErrorNumber) in state.isHVM }), let server = UInt16(exactly: number) else {
                throw .invalidArgument
            }
            return try serverFrames(domain, server, frames, caller)
        case .grantTable:
            return try with(domain) { (state) throws(XenErrorNumber) in try state.grants.acquire(number, frames) }
        case .trace:
            return try with(domain) { (state) throws(XenErrorNumber) in
                guard number < state.processors.count else { throw .noEntry }
                let pages = state.configuration.traceSize / 4_096
                guard pages > 0, pages <= 1 << 16, frames.upperBound <= pages else { throw .invalidArgument }
                let memory: SharedMemory
                if let kept = state.memory.traces[number] { memory = kept } else { memory = try SharedMemory(pages: Int(pages)) }
                state.memory.traces[number] = memory
                return ResourceFrames(memory: memory, offset: Int(frames.lowerBound) * 4_096, count: frames.count)
            }
        }
    }
}
