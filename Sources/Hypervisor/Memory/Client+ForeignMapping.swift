public import Flask
import Synchronization

extension Hypervisor.Client {
    /// As many frames may be named at once.
    public static var mostForeignFrames: Int { 1_024 }

    /// Looks frames of a domain up so that a process of the caller's domain can map them: what `/dev/xen/privcmd` does in a
    /// domain. Frames that are not there have an error of their own; those that are populated on demand are populated.
    ///
    /// Dom0 is one for whom the hypervisor does not translate, so this is what `mmu_update` is when somebody else's page is
    /// mapped: `mmu:map_read`, and `mmu:map_write` with it for memory that may be written to (Xen,
    /// xen/xsm/flask/hooks.c: `flask_mmu_update`; a dom0 with a map of its own would be asked for both whatever it wants,
    /// `flask_map_gmfn_foreign`). It is asked once for all frames: they have one owner and one way to be mapped, and Xen too
    /// asks again only when what it needs has changed.
    ///
    /// Who is handed a run's memory by descriptor can map all of that memory. It is one of the same domain's, over which the
    /// answer was given; nothing in it is ever another's. A caller that may only read must be handed
    /// ``SharedMemory/readOnlyDescriptor()``.
    ///
    /// Throws `ESRCH` for no such domain (also for the caller's own number, which names nobody foreign), `E2BIG` for too many
    /// frames, and what the hook says.
    public func mapForeign(_ number: UInt16, frames: [UInt64], isWritable: Bool) throws(XenErrorNumber) -> [ForeignRun] {
        guard frames.count <= Self.mostForeignFrames else { throw .tooBig }
        let domain = try hypervisor.pageOwner(number, caller)
        try hypervisor.hooks.updateMMU(
            table: caller.domain, page: domain, isNobody: domain === hypervisor.domio,
            isWritable ? [.pageTable, .read, .write] : [.pageTable, .read], caller)
        // The hypervisor's own and the devices' memory is not there to be mapped.
        guard domain !== hypervisor.domio, domain !== hypervisor.domxen else {
            return [ForeignRun(start: 0, count: frames.count, error: .operationNotPermitted, memory: nil, offset: 0, page: nil)]
        }
        return try hypervisor.machine.withLock { (machine) throws(XenErrorNumber) in
            try machine.with(domain) { (state) throws(XenErrorNumber) in
                var runs: [ForeignRun] = []
                for (index, frame) in frames.enumerated() {
                    _ = state.memory.populate(frame)
                    // What another domain lent it is not its own to show.
                    guard state.memory.special[frame]?.isBorrowed != true, let page = state.memory.lookUp(frame) else {
                        runs.append(index, .invalidArgument, nil, 0)
                        continue
                    }
                    let number = state.memory.page(at: frame).flatMap { PagePool.isApart($0) ? nil : $0 }
                    if let number { state.memory.handedOut[number, default: 0] += 1 }
                    runs.append(index, nil, page.memory, page.offset, page: number)
                }
                return runs
            }
        }
    }

    /// Says that what was looked up in a domain is not mapped any more: its pages may then be moved, which lending one of them to
    /// a process takes (``mapGrants(_:isWritable:)``). They count wherever the domain has put them since. A domain that is gone
    /// is no mistake.
    public func unmapForeign(_ number: UInt16, _ runs: [ForeignRun]) {
        guard let domain = hypervisor.domain(number) else { return }
        var pages: [UInt32: UInt32] = [:]
        for run in runs { run.forEachPage { pages[$0, default: 0] += 1 } }
        unmapForeign(domain, pages)
    }

    /// The same of the very domain, by how often each page was looked up.
    func unmapForeign(_ domain: Domain, _ pages: [UInt32: UInt32]) {
        try? hypervisor.with(domain) { (state) throws(XenErrorNumber) in
            for (page, count) in pages {
                guard let known = state.memory.handedOut[page] else { continue }
                state.memory.handedOut[page] = known > count ? known - count : nil
            }
        }
    }
}
