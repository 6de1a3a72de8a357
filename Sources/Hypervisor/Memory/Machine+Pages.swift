import Flask

// Pages are counted: what a domain has never exceeds what it may have, and all of them never what the machine has.

extension Machine {
    /// Pages that are free and that some domain may count on (`XENMEM_claim_pages`).
    var claimedPages: UInt64 { domains.values.reduce(0) { $0 &+ $1.memory.claim } }

    /// Counts pages as a domain's. Throws `EINVAL` when it dies, `E2BIG` when it may not have so many, and `ENOMEM`
    /// (Xen, xen/common/page_alloc.c: `alloc_heap_pages`, `assign_pages`).
    mutating func count(_ pages: UInt64, for domain: Domain) throws(XenErrorNumber) {
        let free = freePages
        let claimed = claimedPages
        try with(domain) { (state) throws(XenErrorNumber) in
            guard pages <= free, claimed &+ pages <= free || state.memory.claim >= pages else { throw .outOfMemory }
            guard !state.isDying else { throw .invalidArgument }
            guard state.totalPages <= state.maximumPages, pages <= state.maximumPages - state.totalPages else { throw .tooBig }
            state.totalPages += pages
            state.memory.claim -= min(state.memory.claim, pages)
        }
    }

    /// Takes pages for a domain, which are empty. Throws as ``count(_:for:)``.
    mutating func take(
        _ pages: UInt32, for domain: Domain, apart: Bool = false
    ) throws(XenErrorNumber) -> [Range<UInt32>] {
        try count(UInt64(pages), for: domain)
        do throws(XenErrorNumber) {
            return try with(domain) { (state) throws(XenErrorNumber) in
                if apart, pages == 1, state.memory.pool.countApart < PagePool.mostApartBefore,
                    let page = try? state.memory.pool.takeApart()
                {
                    return [page..<page + 1]
                }
                return try state.memory.pool.take(pages)
            }
        } catch {
            try with(domain) { (state) throws(XenErrorNumber) in state.totalPages -= UInt64(pages) }
            throw error
        }
    }

    /// Lets go of a page of a domain that somebody else had mapped; the domain may be gone.
    mutating func release(_ page: UInt32, of domain: Domain) {
        try? with(domain) { (state) throws(XenErrorNumber) in
            let freed = state.memory.release(page)
            state.totalPages -= freed
        }
    }

    // MARK: Machine frames

    /// The machine frame number of a page: a domain's pages are numbered in a range of their own.
    static func machineFrame(_ page: UInt32, of domain: DomainIdentifier) -> UInt64 {
        (UInt64(domain.rawValue) + 1) * UInt64(PagePool.end) + UInt64(page)
    }

    /// Whose page a machine frame is.
    func owner(ofMachineFrame frame: UInt64) -> (domain: Domain, page: UInt32)? {
        let (number, page) = frame.quotientAndRemainder(dividingBy: UInt64(PagePool.end))
        guard number > 0, number <= UInt64(Self.firstReservedNumber), let state = domains[UInt16(number - 1)],
            state.memory.pool.place(of: UInt32(page)) != nil
        else { return nil }
        return (state.domain, UInt32(page))
    }

    // MARK: Looking

    /// What lies at a frame of a domain, populating it where that is done on demand. Throws `ESRCH`, and `EINVAL` for a hole.
    mutating func lookUp(_ frame: UInt64, of domain: Domain) throws(XenErrorNumber) -> GuestPage {
        try with(domain) { (state) throws(XenErrorNumber) in
            _ = state.memory.populate(frame)
            guard let page = state.memory.lookUp(frame) else { throw .invalidArgument }
            return page
        }
    }
}
