import Flask

// What happens to a domain's frames that concerns more than its memory.

extension DomainState {
    /// Moves memory to another frame; what was there is given back (Xen, xen/arch/x86/mm/p2m.c: `xenmem_add_to_physmap_one`
    /// for `XENMAPSPACE_gmfn`). Throws `EINVAL` where there is none and for what can be no frame, `EPERM` for a device's memory,
    /// `ENOENT` for memory that a device model covers, `ENXIO` for somebody else's page.
    mutating func moveMemory(_ source: UInt64, to frame: UInt64) throws(XenErrorNumber) {
        _ = memory.populate(source)
        guard memory.special[source] == nil, memory.ownType(of: source).hasPage else { throw .invalidArgument }
        guard resources.mappedMemory[frame] == nil else { throw .operationNotPermitted }
        if source != frame { try clear(frame) }
        guard frame < GuestMemory.endOfFrames else { throw .invalidArgument }
        try memory.move(source, to: frame)
        // Whoever has it mapped as a grant writes to it where it is now.
        guard source != frame, let page = memory.page(at: frame), memory.references[page] != nil else { return }
        for (reference, active) in grants.active where active.number == page { grants.active[reference]?.frame = frame }
    }

    /// Puts something of the domain's own at a frame, and nowhere else any more; memory that was there is given back.
    mutating func placeOwn(_ special: SpecialFrame, at frame: UInt64) throws(XenErrorNumber) {
        guard frame < GuestMemory.endOfFrames else { throw .invalidArgument }
        guard resources.mappedMemory[frame] == nil else { throw .operationNotPermitted }
        try clear(frame)
        for (other, found) in memory.special
        where !found.isBorrowed && found.memory === special.memory && found.offset == special.offset {
            memory.removeSpecial(at: other)
        }
        try memory.place(special, at: frame)
    }

    /// Takes away what is at a frame, if there is anything. Throws `ENXIO` for somebody else's page, and `ENOENT` for memory
    /// that a device model covers.
    mutating func clear(_ frame: UInt64) throws(XenErrorNumber) {
        guard memory.special[frame] != nil || memory.ownType(of: frame).hasPage else { return }
        try remove(frame)
    }

    /// Lets go of a page that the hypervisor held.
    mutating func letGo(_ held: HeldPage) { totalPages -= memory.letGo(held) }

    /// Somebody has written to a page that was granted, and that lies at a frame as far as is known.
    mutating func noteWrite(toGranted page: UInt32?, at frame: UInt64) {
        guard let page, memory.page(at: frame) == page else { return }
        memory.noteWrite(frame)
    }

    /// All pages that the hypervisor holds, as often as it does.
    var heldPages: [HeldPage] {
        var held = events.processorInfo.values.map(\.page)
        if let queues = events.queues { held += queues.pages + queues.processors.compactMap(\.control) }
        held += deviceModel.servers.flatMap { $0?.frames.map(\.page) ?? [] }
        held += argo.rings.values.flatMap(\.pages)
        if let ring = control.monitor.ring { held.append(ring.page) }
        return held
    }
}
