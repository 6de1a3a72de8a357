public import Flask

/// Pages that a process shares with a domain, to be told to it.
public struct SharedGrants: Sendable {
    /// By which it is ended.
    public let identifier: UInt32
    /// The pages, one behind the other, which may be handed to the process.
    public let memory: SharedMemory
    /// By which the domain maps each of them.
    public let references: [UInt32]
}

extension Hypervisor.Client {
    /// Shares fresh pages of a process of the caller's domain with another domain: what `/dev/xen/gntalloc` does. Nobody is
    /// asked: to grant is a matter of the domain's own, and whoever maps it is asked.
    ///
    /// Throws `EINVAL` for no pages, `E2BIG` for too many, `ENOSPC` when there are not so many free references.
    public func share(with domain: UInt16, pages: Int, isWritable: Bool) throws(XenErrorNumber) -> SharedGrants {
        guard pages > 0 else { throw .invalidArgument }
        guard pages <= Self.mostGrants else { throw .tooBig }
        let memory = try SharedMemory(pages: pages)
        let access = GrantEntry.permitAccess | (isWritable ? 0 : GrantEntry.readOnly)
        let header = UInt32(domain) << 16 | UInt32(access)
        return try hypervisor.with(caller.domain) { (state) throws(XenErrorNumber) in
            let references = try state.freeReferences(pages)
            var frames: [UInt64] = []
            for (index, reference) in references.enumerated() {
                let frame = try state.freeSharedFrame()
                try state.memory.place(SpecialFrame(kind: .shared, memory: memory, offset: index * 4_096), at: frame)
                try state.grants.write(header, frame: frame, reference)
                frames.append(frame)
            }
            let number = state.grants.takeProcessNumber()
            state.grants.processShares[number] = ProcessShare(memory: memory, references: references, frames: frames)
            return SharedGrants(identifier: number, memory: memory, references: references)
        }
    }

    /// Ends it: nobody can map the pages any more. Who has one mapped keeps that until it lets go, and its reference is not
    /// used again before. A port that is to be notified of it, if there is one. Throws `ENOENT`.
    @discardableResult
    public func unshare(_ identifier: UInt32) throws(XenErrorNumber) -> UInt32? {
        let share = try hypervisor.with(caller.domain) { (state) throws(XenErrorNumber) in
            guard let share = state.grants.processShares.removeValue(forKey: identifier) else { throw .noEntry }
            for (reference, frame) in zip(share.references, share.frames) {
                try state.grants.write(0, frame: 0, reference)
                state.memory.removeSpecial(at: frame)
            }
            return share
        }
        if let byte = share.notification.byte { _ = share.memory.clear(1, at: byte) }
        return share.notification.port
    }

    /// Says what is to happen when it ends. Throws `ENOENT`, and `EINVAL` for a byte that is not in it.
    public func notify(onUnshareOf identifier: UInt32, byte: Int?, port: UInt32?) throws(XenErrorNumber) {
        try hypervisor.with(caller.domain) { (state) throws(XenErrorNumber) in
            guard let share = state.grants.processShares[identifier] else { throw .noEntry }
            if let byte { guard byte >= 0, byte < share.memory.size else { throw .invalidArgument } }
            state.grants.processShares[identifier]?.notification = UnmapNotification(byte: byte, port: port)
        }
    }
}

extension DomainState {
    /// References that nobody uses; the table grows for them. Throws `ENOSPC`.
    fileprivate mutating func freeReferences(_ count: Int) throws(XenErrorNumber) -> [UInt32] {
        var free: [UInt32] = []
        var reference = GrantTable.reservedEntries
        while free.count < count {
            if reference >= grants.entryCount {
                guard (try? grants.grow(to: grants.frameCount + 1)) != nil else { throw .noSpace }
            }
            if grants.header(reference).flags == 0, grants.active[reference] == nil { free.append(reference) }
            reference += 1
        }
        return free
    }

    /// A number for a frame of what is shared, which names nothing else.
    fileprivate mutating func freeSharedFrame() throws(XenErrorNumber) -> UInt64 {
        let size = PagePool.firstApart - PagePool.firstShared
        for _ in 0..<size {
            let number = PagePool.firstShared + grants.nextSharedFrame
            grants.nextSharedFrame = (grants.nextSharedFrame + 1) % size
            // Above all memory that a guest has which says itself what lies where.
            let frame = isHVM ? 0xf000_0000 + UInt64(number) : Machine.machineFrame(number, of: domain.number)
            if memory.type(of: frame) == .hole { return frame }
        }
        throw .noSpace
    }
}
