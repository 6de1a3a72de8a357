import Flask
import Synchronization

// Memory is given to domains and taken from them (Xen, xen/common/memory.c: `increase_reservation`, `populate_physmap`,
// `decrease_reservation`).

extension Hypervisor {
    /// What `struct xen_memory_reservation` asks for.
    private struct Reservation {
        let domain: Domain
        let list: UInt64
        let count: UInt64
        let order: UInt32
        let flags: UInt32

        var pages: UInt32 { 1 << order }

        /// The frames of an extent. Throws `EINVAL` when there are no such frames.
        func frames(from first: UInt64) throws(XenErrorNumber) -> Range<UInt64> {
            guard first < 1 << 40 else { throw .invalidArgument }
            return first..<first + UInt64(pages)
        }

        static let populateOnDemand: UInt32 = 1 << 16
        static let exactNode: UInt32 = 1 << 17
        static let virtualNode: UInt32 = 1 << 18
    }

    /// How large extents may be that a domain asks for, as a power of two of pages (Xen: `max_order`).
    func mostOrder(_ caller: Caller) -> UInt32 { caller.domain.isControl ? 18 : 9 }

    /// How many extents are done, whatever stopped it: these commands return no error, so a denial is told as nothing done.
    func adjustReservation(_ command: MemoryCommand, from start: UInt64, at address: UInt64, _ caller: Caller) -> Int64 {
        do throws(XenErrorNumber) {
            let call = try caller.memory.structure(32, at: address)
            let count = call.word64(at: 8)
            guard count <= Self.mostExtents, start < count else { return Int64(clamping: start) }
            let domain = try domain(call.word16(at: 24), or: caller)
            let order = call.word32(at: 16)
            let flags = call.word32(at: 20)
            try checkFlags(flags, domain, caller)
            try hooks.adjustReservation(domain, caller)
            let isOnDemand = command == .populatePhysmap && flags & Reservation.populateOnDemand != 0
            guard order <= (isOnDemand ? 18 : mostOrder(caller)) else { return Int64(clamping: start) }
            let reservation = Reservation(
                domain: domain, list: call.word64(at: 0), count: count, order: order, flags: flags)
            return Int64(clamping: perform(command, reservation, from: start, isOnDemand, caller))
        } catch {
            return Int64(clamping: start)
        }
    }

    /// Throws `EINVAL` for what no machine has (Xen: `construct_memop_from_reservation`, `propagate_node`).
    private func checkFlags(_ flags: UInt32, _ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        let bits = flags & 0xff
        let most = machine.withLock { UInt64.bitWidth - max($0.totalPages, 1).leadingZeroBitCount } + 12
        if bits != 0, Int(bits) < most, bits <= 12 { throw .invalidArgument }
        guard flags & Reservation.virtualNode == 0 else { return }
        let node = (flags >> 8 &- 1) & 0xff
        guard node != 0xff else { return }
        if caller.domain.isControl {
            // Xen knows 64 nodes; ours has one, and asking for another is no mistake unless it must be that.
            guard node < 64 else { throw .invalidArgument }
        } else if flags & Reservation.exactNode != 0 {
            throw .invalidArgument
        }
    }

    private func perform(
        _ command: MemoryCommand, _ reservation: Reservation, from start: UInt64, _ isOnDemand: Bool, _ caller: Caller
    ) -> UInt64 {
        var done = start
        var list: ArraySlice<UInt64> = []
        while done < reservation.count {
            var frame: UInt64 = 0
            if command != .increaseReservation {
                if list.isEmpty {
                    guard let more = frames(at: reservation.list, done, most: reservation.count - done, caller) else { break }
                    list = more[...]
                }
                frame = list.removeFirst()
            }
            do throws(XenErrorNumber) {
                switch command {
                case .increaseReservation: try increase(reservation, done, caller)
                case .decreaseReservation: try decrease(reservation, frame)
                default: try isOnDemand ? markOnDemand(reservation, frame, caller) : populate(reservation, frame, done, caller)
                }
            } catch {
                break
            }
            done += 1
        }
        return done
    }

    /// Pages without frames, which a domain that the hypervisor does not translate for is told of.
    private func increase(_ reservation: Reservation, _ index: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let domain = reservation.domain
        let first = try machine.withLock { (machine) throws(XenErrorNumber) -> UInt64? in
            guard try machine.with(domain, { (state) throws(XenErrorNumber) in !state.isHVM }) else {
                try machine.count(UInt64(reservation.pages), for: domain)
                try machine.with(domain) { (state) throws(XenErrorNumber) in state.memory.unplaced += UInt64(reservation.pages) }
                return nil
            }
            return try machine.place(machine.take(reservation.pages, for: domain), of: domain, at: nil)
        }
        if let first, reservation.list != 0 { try put(first, at: reservation.list, index, caller) }
    }

    private func populate(
        _ reservation: Reservation, _ frame: UInt64, _ index: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) {
        let domain = reservation.domain
        let machineFrame = try machine.withLock { (machine) throws(XenErrorNumber) -> UInt64? in
            let isTranslated = try machine.with(domain) { (state) throws(XenErrorNumber) in state.isHVM }
            guard frame <= UInt64.max - UInt64(reservation.pages) else { throw .invalidArgument }
            // A few single pages are those that domains share with others, rings for example.
            let apart = isTranslated && reservation.order == 0 && reservation.count <= 32
            let runs = try machine.take(reservation.pages, for: domain, apart: apart)
            return try machine.place(runs, of: domain, at: frame)
        }
        if let machineFrame { try put(machineFrame, at: reservation.list, index, caller) }
    }

    private func markOnDemand(_ reservation: Reservation, _ frame: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        guard reservation.domain !== caller.domain else { throw .invalidArgument }
        let frames = try reservation.frames(from: frame)
        try with(reservation.domain) { (state) throws(XenErrorNumber) in
            guard state.isHVM else { return }
            // Each takes a little of the hypervisor's own memory.
            guard state.memory.onDemandFrames + UInt64(reservation.pages) <= max(state.maximumPages, 1 << 18),
                state.memory.populateOnDemand(frames)
            else { throw .busy }
        }
    }

    private func decrease(_ reservation: Reservation, _ frame: UInt64) throws(XenErrorNumber) {
        let frames = try reservation.frames(from: frame)
        try with(reservation.domain) { (state) throws(XenErrorNumber) in
            for frame in frames { try state.remove(frame) }
        }
    }
}

extension DomainState {
    /// Takes what is at a frame away for good (Xen: `guest_remove_page`, `p2m_pod_decrease_reservation`). Throws `ENOENT` for a
    /// hole, and `ENXIO` for somebody else's page.
    mutating func remove(_ frame: UInt64) throws(XenErrorNumber) {
        if memory.forget(onDemand: frame) { return }
        if let special = memory.special[frame] {
            guard special.type.isMemory else { throw .noEntry }
            guard !special.isBorrowed else { throw .noSuchAddress }
            memory.removeSpecial(at: frame)
            return
        }
        // As long as frames wait to be populated, a page that is given up is kept for them.
        if memory.onDemandFrames > memory.onDemandPages, let page = memory.page(at: frame), memory.references[page] == nil {
            guard memory.free(frame) != nil else { throw .noEntry }
            memory.onDemandPages += 1
            return
        }
        guard let freed = memory.free(frame) else { throw .noEntry }
        totalPages -= freed
        memory.physicalFrames[frame] = nil
        memory.pinned[frame] = nil
    }
}

extension Machine {
    /// Puts pages that were taken for a domain at its frames, or at those of the machine where the hypervisor does not translate
    /// for it: the first of these then. Throws `EINVAL` where they cannot be; the pages stay the domain's.
    mutating func place(_ runs: [Range<UInt32>], of domain: Domain, at frame: UInt64?) throws(XenErrorNumber) -> UInt64? {
        try with(domain) { (state) throws(XenErrorNumber) in
            var first: UInt64?
            var index: UInt64 = 0
            var lost: XenErrorNumber?
            for run in runs {
                if state.isHVM, lost == nil, let frame, state.memory.placeFresh(run, at: frame &+ index) {
                    index &+= UInt64(run.count)
                    continue
                }
                for page in run {
                    let machineFrame = Machine.machineFrame(page, of: domain.number)
                    let target = state.isHVM ? (frame ?? 0) &+ index : machineFrame
                    do throws(XenErrorNumber) {
                        guard lost == nil, !state.isHVM || target < GuestMemory.endOfFrames else { throw .invalidArgument }
                        try state.memory.place(page, at: target)
                        if !state.isHVM {
                            if let frame { state.memory.physicalFrames[machineFrame] = frame &+ index }
                            if first == nil { first = machineFrame }
                        }
                    } catch {
                        lost = error
                        state.memory.pool.release(page..<page + 1)
                        state.memory.unplaced += 1
                    }
                    index &+= 1
                }
            }
            if let lost { throw lost }
            return first
        }
    }
}
