import Flask
import Synchronization

// Copies between domains (Xen, xen/common/grant_table.c: `gnttab_copy`). Each is done under the lock: nobody can take a page away
// meanwhile, and what is granted is looked at once.

extension Hypervisor {
    /// One side of a copy.
    struct CopySide: Sendable {
        /// The grant's number, or the caller's own frame.
        let number: UInt64
        let domain: UInt16
        let offset: UInt16
        let isGrant: Bool
    }

    func copyGrants(_ count: UInt32, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        // The hook is asked again when the two domains are others.
        var asked: (source: UInt16, target: UInt16, domains: (Domain, Domain))?
        for index in 0..<UInt64(count) {
            let place = address &+ index &* 40
            var call = try caller.memory.structure(40, at: place)
            var status: Int16 = 0
            do throws(GrantStatus) {
                let flags = call.word16(at: 34)
                let source = CopySide(
                    number: call.word64(at: 0), domain: call.word16(at: 8), offset: call.word16(at: 10), isGrant: flags & 1 != 0)
                let target = CopySide(
                    number: call.word64(at: 16), domain: call.word16(at: 24), offset: call.word16(at: 26), isGrant: flags & 2 != 0)
                if asked.map({ $0.source != source.domain || $0.target != target.domain }) ?? true {
                    asked = nil
                    asked = (source.domain, target.domain, try copyDomains(source, target, caller))
                }
                if let domains = asked?.domains {
                    try copy(source, of: domains.0, target, of: domains.1, length: call.word16(at: 32), caller)
                }
            } catch {
                status = error.rawValue
            }
            call.set(UInt16(bitPattern: status), at: 36)
            try caller.memory.put(36..<38, of: call, at: place)
        }
    }

    private func copyDomains(_ source: CopySide, _ target: CopySide, _ caller: Caller) throws(GrantStatus) -> (Domain, Domain) {
        let from = try copyDomain(source, caller)
        let to = try copyDomain(target, caller)
        do throws(XenErrorNumber) {
            try hooks.copyGrant(from: from, to: to, caller)
        } catch {
            throw .permissionDenied
        }
        return (from, to)
    }

    /// Frames may be named of the caller's own only, and only as the caller's.
    private func copyDomain(_ side: CopySide, _ caller: Caller) throws(GrantStatus) -> Domain {
        guard side.isGrant || side.domain == 0x7ff0 else { throw .permissionDenied }
        guard let domain = try? domain(side.domain, or: caller) else { throw .badDomain }
        return domain
    }

    private func copy(
        _ source: CopySide, of from: Domain, _ target: CopySide, of to: Domain, length: UInt16, _ caller: Caller
    ) throws(GrantStatus) {
        // The kind of each side may have changed since the domains were looked at.
        for side in [source, target] where !side.isGrant && side.domain != 0x7ff0 { throw .permissionDenied }
        try machine.withLock { (machine) throws(GrantStatus) in
            let read = try machine.claim(source, of: from, for: caller.domain, isReadOnly: true)
            defer { machine.unclaim(read) }
            let written = try machine.claim(target, of: to, for: caller.domain, isReadOnly: false)
            defer { machine.unclaim(written) }
            let count = Int(length)
            guard Int(source.offset) + count <= 4_096, Int(target.offset) + count <= 4_096 else { throw .badCopyArgument }
            guard read.holds(Int(source.offset), count), written.holds(Int(target.offset), count) else { throw .generalError }
            _ = read.page.memory.copy(
                count, from: read.page.offset + Int(source.offset), to: written.page.memory,
                at: written.page.offset + Int(target.offset))
            machine.noteWrite(written)
        }
    }

    /// Copies bytes out of a page that was granted to the caller's domain, or into it.
    func copyGranted(
        _ reference: UInt32, of granter: Domain, isReadOnly: Bool, _ caller: Caller,
        _ body: (_ memory: SharedMemory, _ start: Int) -> Bool, at offset: Int, count: Int
    ) throws(GrantStatus) {
        guard offset >= 0, count >= 0, offset <= 4_096, count <= 4_096 - offset else { throw .badCopyArgument }
        let side = CopySide(number: UInt64(reference), domain: granter.number.rawValue, offset: 0, isGrant: true)
        try machine.withLock { (machine) throws(GrantStatus) in
            let claim = try machine.claim(side, of: granter, for: caller.domain, isReadOnly: isReadOnly)
            defer { machine.unclaim(claim) }
            guard claim.holds(offset, count), body(claim.page.memory, claim.page.offset + offset) else { throw .generalError }
            if !isReadOnly { machine.noteWrite(claim) }
        }
    }
}

/// A page that is being copied from or to.
private struct CopyClaim {
    let page: GuestPage
    /// Whose it is, its number if it is one of that domain's memory, and the frame at which it lies there.
    let owner: Domain
    let number: UInt32?
    let frame: UInt64
    let start: Int
    let length: Int
    /// The entries that say so, the first one's that was named.
    var entries: [(domain: Domain, reference: UInt32)] = []
    let isReadOnly: Bool

    func holds(_ offset: Int, _ count: Int) -> Bool { offset >= start && offset + count <= start + length }
}

extension Machine {
    /// Looks up what is copied from or to, and says in the entries that it is in use (Xen: `gnttab_copy_claim_buf`).
    fileprivate mutating func claim(
        _ side: Hypervisor.CopySide, of domain: Domain, for holder: Domain, isReadOnly: Bool
    ) throws(GrantStatus) -> CopyClaim {
        guard side.isGrant else {
            return try inGrants(of: domain) { (state) throws(GrantStatus) in
                let (page, number) = try state.grantablePage(side.number, isApart: false)
                return CopyClaim(
                    page: page, owner: domain, number: number, frame: side.number, start: 0, length: 4_096,
                    isReadOnly: isReadOnly)
            }
        }
        let reference = UInt32(truncatingIfNeeded: side.number)
        return try claim(reference, of: domain, for: holder, isReadOnly: isReadOnly, isFirst: true)
    }

    /// Xen: `acquire_grant_for_copy`. A grant may stand for another domain's, and that for none any more.
    private mutating func claim(
        _ reference: UInt32, of domain: Domain, for holder: Domain, isReadOnly: Bool, isFirst: Bool
    ) throws(GrantStatus) -> CopyClaim {
        let entry = try inGrants(of: domain) { (state) throws(GrantStatus) -> GrantEntry? in
            guard reference < state.grants.entryCount else { throw .badReference }
            let active = state.grants.active[reference]
            if let active, active.holder !== holder { throw .generalError }
            if active == nil || !isReadOnly && active?.isWritten != true {
                try state.setStatus(reference, for: holder, isReadOnly: isReadOnly, isPinned: active != nil, copies: true)
            }
            return active == nil ? state.grants.entry(reference) : nil
        }
        do throws(GrantStatus) {
            var claim: CopyClaim
            if let entry, entry.header.kind == GrantEntry.transitive, domains[domain.number.rawValue]?.grants.version == 2 {
                guard isFirst, entry.otherDomain != domain.number.rawValue, let other = domains[entry.otherDomain]?.domain else {
                    throw .generalError
                }
                claim = try self.claim(entry.otherReference, of: other, for: domain, isReadOnly: isReadOnly, isFirst: false)
            } else {
                claim = try inGrants(of: domain) { (state) throws(GrantStatus) in
                    guard let entry else {
                        guard let active = state.grants.active[reference] else { throw .generalError }
                        return CopyClaim(
                            page: active.page, owner: domain, number: active.number, frame: active.frame, start: 0,
                            length: 4_096, isReadOnly: isReadOnly)
                    }
                    let (page, number) = try state.grantablePage(entry.frame, isApart: false)
                    let isPart = state.grants.version == 2 && entry.header.has(GrantEntry.subPage)
                    return CopyClaim(
                        page: page, owner: domain, number: number, frame: entry.frame, start: isPart ? Int(entry.start) : 0, length: isPart ? Int(entry.length) : 4_096,
                        isReadOnly: isReadOnly)
                }
            }
            claim.entries.append((domain, reference))
            return claim
        } catch {
            _ = try? inGrants(of: domain) { (state) throws(GrantStatus) in
                state.reduceStatus(reference, isReadOnly: isReadOnly)
            }
            throw error
        }
    }

    /// A copy was written.
    fileprivate mutating func noteWrite(_ claim: CopyClaim) {
        _ = try? inGrants(of: claim.owner) { (state) throws(GrantStatus) in
            state.noteWrite(toGranted: claim.number, at: claim.frame)
        }
    }

    /// Says in the entries that it is over.
    fileprivate mutating func unclaim(_ claim: CopyClaim) {
        for (domain, reference) in claim.entries {
            _ = try? inGrants(of: domain) { (state) throws(GrantStatus) in
                state.reduceStatus(reference, isReadOnly: claim.isReadOnly)
            }
        }
    }
}
