import Flask

// Grants are mapped and let go of under the machine's lock: the tables of both domains are looked at together (Xen,
// xen/common/grant_table.c).

extension Machine {
    /// Works with a domain's state, where a domain that is gone is no domain.
    mutating func inGrants<Result>(
        of domain: Domain, _ body: (inout DomainState) throws(GrantStatus) -> Result
    ) throws(GrantStatus) -> Result {
        guard domains[domain.number.rawValue]?.domain === domain else { throw .badDomain }
        return try body(&domains[domain.number.rawValue, default: DomainState(domain)])
    }

    /// Maps a grant for a domain: its number, and the page (Xen: `map_grant_ref`). `isProcess` says that a process maps it, for
    /// which the page is put into a memory of its own. Throws why not.
    mutating func mapGrant(
        _ reference: UInt32, of granter: Domain, for holder: Domain, _ flags: GrantMapFlags, at address: UInt64,
        isProcess: Bool = false
    ) throws(GrantStatus) -> (handle: UInt32, page: GuestPage, machineFrame: UInt64) {
        let isTranslated = try inGrants(of: holder) { (state) throws(GrantStatus) in
            guard state.grants.hasFreeMapping else { throw .noSpace }
            return state.isHVM
        }
        let (active, isNew) = try inGrants(of: granter) { (state) throws(GrantStatus) in
            try state.pin(reference, for: holder, flags, isApart: isProcess)
        }
        do throws(GrantStatus) {
            let handle = try inGrants(of: holder) { (state) throws(GrantStatus) in
                let mapping = GrantMapping(
                    granter: granter, reference: reference, flags: flags, address: address, isProcess: isProcess)
                guard let handle = state.grants.add(mapping) else { throw .noSpace }
                guard isTranslated, !isProcess else { return handle }
                let special = SpecialFrame(
                    kind: .granted(handle: handle, isReadOnly: flags.contains(.readOnly)), memory: active.page.memory,
                    offset: active.page.offset)
                do throws(XenErrorNumber) {
                    guard address / 4_096 < GuestMemory.endOfFrames else { throw .invalidArgument }
                    try state.memory.place(special, at: address / 4_096)
                } catch {
                    state.grants.set(handle, nil)
                    throw .generalError
                }
                return handle
            }
            if isNew, let number = active.number {
                try inGrants(of: granter) { (state) throws(GrantStatus) in state.memory.retain(number) }
            }
            let frame = active.number.map { Self.machineFrame($0, of: granter.number) } ?? UInt64(active.page.offset / 4_096)
            return (handle, active.page, frame)
        } catch {
            _ = try inGrants(of: granter) { (state) throws(GrantStatus) in state.unpin(reference, flags) }
            throw error
        }
    }

    /// Ends a mapping, or the part of it that is named by an address that is not zero (Xen: `unmap_common`).
    mutating func unmapGrant(
        _ handle: UInt32, of holder: Domain, host: UInt64, device: UInt64, replacement: UInt64 = 0
    ) throws(GrantStatus) {
        guard let state = domains[holder.number.rawValue], state.domain === holder, let mapping = state.grants.mapping(handle),
            !mapping.isProcess
        else { throw .badHandle }
        var ended: GrantMapFlags = []
        if device != 0, mapping.flags.contains(.device) {
            let active = try inGrants(of: mapping.granter) { (state) throws(GrantStatus) in state.grants.active[mapping.reference] }
            let frame = active?.number.map { Self.machineFrame($0, of: mapping.granter.number) }
            guard frame == nil || device == (frame ?? 0) * 4_096 else { throw .badDeviceAddress }
            ended.insert(.device)
        }
        if host != 0, mapping.flags.contains(.host) {
            try inGrants(of: holder) { (state) throws(GrantStatus) in
                guard state.isHVM else {
                    guard host == mapping.address, replacement == 0 || !mapping.flags.contains(.containsEntry) else {
                        throw .generalError
                    }
                    return
                }
                guard replacement == 0, !mapping.flags.contains(.containsEntry),
                    case .granted(handle, _) = state.memory.special[host / 4_096]?.kind
                else { throw .generalError }
                state.memory.removeSpecial(at: host / 4_096)
            }
            ended.insert(.host)
        }
        guard !ended.isEmpty else { return }
        let left = mapping.flags.subtracting(ended)
        let isOver = left.isDisjoint(with: [.host, .device])
        try inGrants(of: holder) { (state) throws(GrantStatus) in
            var rest = mapping
            rest.flags = left
            state.grants.set(handle, isOver ? nil : rest)
        }
        release(mapping.reference, of: mapping.granter, ended.union(mapping.flags.intersection(.readOnly)))
    }

    /// Counts a use of a grant less, and lets go of the page after the last.
    mutating func release(_ reference: UInt32, of granter: Domain, _ flags: GrantMapFlags) {
        _ = try? inGrants(of: granter) { (state) throws(GrantStatus) in
            guard let number = state.unpin(reference, flags) else { return }
            state.totalPages -= state.memory.release(number)
        }
    }

    /// Ends all that a process has mapped.
    mutating func endProcessMapping(_ number: UInt32, of holder: Domain) -> ProcessMapping? {
        guard let state = domains[holder.number.rawValue], state.domain === holder,
            let process = state.grants.processMappings[number]
        else { return nil }
        for handle in process.handles {
            guard let mapping = domains[holder.number.rawValue]?.grants.mapping(handle) else { continue }
            _ = try? inGrants(of: holder) { (state) throws(GrantStatus) in state.grants.set(handle, nil) }
            release(mapping.reference, of: mapping.granter, mapping.flags)
        }
        _ = try? inGrants(of: holder) { (state) throws(GrantStatus) in state.grants.processMappings[number] = nil }
        return process
    }

    // MARK: The end of a domain

    /// Lets go of all that a domain has of others, and takes from others what they have of it. A process that has a page
    /// mapped keeps it.
    mutating func endSharing(of domain: Domain) {
        guard let state = domains[domain.number.rawValue], state.domain === domain else { return }
        for mapping in state.grants.mappings.compactMap({ $0 }) where mapping.granter !== domain {
            release(mapping.reference, of: mapping.granter, mapping.flags)
        }
        for special in state.memory.special.values {
            if case .foreign(let owner, let page?) = special.kind { release(page, of: owner) }
        }
        for number in Array(domains.keys) where number != domain.number.rawValue {
            domains[number]?.forget(domain)
        }
    }
}

extension DomainState {
    /// Forgets what it has of a domain that is gone.
    fileprivate mutating func forget(_ gone: Domain) {
        var ended: Set<UInt32> = []
        for (index, mapping) in grants.mappings.enumerated() where mapping?.granter === gone {
            grants.set(UInt32(index), nil)
            ended.insert(UInt32(index))
        }
        for (frame, special) in memory.special {
            switch special.kind {
            case .granted(let handle, _) where ended.contains(handle): memory.removeSpecial(at: frame)
            case .foreign(let owner, _) where owner === gone: memory.removeSpecial(at: frame)
            default: break
            }
        }
        for number in grants.processMappings.keys {
            grants.processMappings[number]?.handles.removeAll { ended.contains($0) }
        }
    }

    // MARK: Using an entry

    /// Says in an entry that it is in use, after checking that it grants what is wanted; `copies` says that parts of pages and
    /// grants of grants will do (Xen: `_set_status_v1`, `_set_status_v2`). Throws `GNTST_general_error`.
    mutating func setStatus(
        _ reference: UInt32, for holder: Domain, isReadOnly: Bool, isPinned: Bool, copies: Bool
    ) throws(GrantStatus) {
        func grants(_ header: GrantEntry.Header) -> Bool {
            let isWhole = copies || !header.has(GrantEntry.subPage)
            let isRight = header.kind == GrantEntry.permitAccess && isWhole
            let isOther = copies && self.grants.version == 2 && header.kind == GrantEntry.transitive
            return (isRight || isOther) && header.domain == holder.number.rawValue
        }
        let states = isReadOnly ? GrantEntry.reading : GrantEntry.reading | GrantEntry.writing
        var header = self.grants.header(reference)
        guard self.grants.version == 1 else {
            guard isPinned || grants(header), isReadOnly || !header.has(GrantEntry.readOnly) else { throw .generalError }
            self.grants.setStatus(states, reference)
            // The guest sees that from now on; what it changed before counts.
            header = self.grants.header(reference)
            guard isPinned || grants(header), isReadOnly || !header.has(GrantEntry.readOnly) else {
                self.grants.clearStatus(isPinned ? GrantEntry.writing : GrantEntry.reading | GrantEntry.writing, reference)
                throw .generalError
            }
            return
        }
        // The guest may change the entry as often as it likes, but is not waited for longer than five times.
        for _ in 0..<5 {
            guard isPinned || grants(header), isReadOnly || !header.has(GrantEntry.readOnly) else { throw .generalError }
            guard let changed = self.grants.replace(header, by: header.rawValue | UInt32(states), reference) else { return }
            header = changed
        }
        throw .generalError
    }

    /// Says in an entry only what is still so.
    mutating func reduceStatus(_ reference: UInt32, isReadOnly: Bool) {
        let active = grants.active[reference]
        var cleared: UInt16 = active == nil ? GrantEntry.reading : 0
        if !isReadOnly, active?.isWritten != true { cleared |= GrantEntry.writing }
        if cleared != 0 { grants.clearStatus(cleared, reference) }
    }

    /// A page that the domain may let others have (Xen: `get_paged_frame`). Throws `GNTST_bad_page`.
    mutating func grantablePage(_ frame: UInt64, isApart: Bool) throws(GrantStatus) -> (page: GuestPage, number: UInt32?) {
        _ = memory.populate(frame)
        guard memory.special[frame]?.isBorrowed != true else { throw .badPage }
        if isApart, memory.page(at: frame) != nil {
            do throws(XenErrorNumber) { try memory.setApart(frame) } catch { throw .generalError }
        }
        guard let page = memory.lookUp(frame) else { throw .badPage }
        // A memory with other pages in it is handed out only when all of them are for the same domain.
        if isApart, page.memory.size > 4_096 {
            guard case .shared = memory.special[frame]?.kind else { throw .generalError }
        }
        return (page, memory.page(at: frame))
    }

    /// Counts a use of a grant more; whether it is the first, for which the page is looked up.
    fileprivate mutating func pin(
        _ reference: UInt32, for holder: Domain, _ flags: GrantMapFlags, isApart: Bool
    ) throws(GrantStatus) -> (ActiveGrant, isNew: Bool) {
        guard reference < grants.entryCount else { throw .badReference }
        let isReadOnly = flags.contains(.readOnly)
        var active = grants.active[reference]
        if let active {
            var more = active
            guard active.holder === holder, more.add(flags) else { throw .generalError }
            // A page that was mapped by a kernel stays where it is, among the others.
            if isApart, let number = active.number, !PagePool.isApart(number) { throw .generalError }
        }
        if active == nil || !isReadOnly && active?.isWritten != true {
            try setStatus(reference, for: holder, isReadOnly: isReadOnly, isPinned: active != nil, copies: false)
        }
        let isNew = active == nil
        if active == nil {
            do throws(GrantStatus) {
                let frame = grants.entry(reference).frame
                let (page, number) = try grantablePage(frame, isApart: isApart)
                active = ActiveGrant(holder: holder, page: page, number: number, frame: frame)
            } catch {
                reduceStatus(reference, isReadOnly: isReadOnly)
                throw error
            }
        }
        guard var active, active.add(flags) else { throw .generalError }
        grants.active[reference] = active
        return (active, isNew)
    }

    /// Counts a use of a grant less; the number of the page that nobody uses by it any more, if it has one.
    @discardableResult
    fileprivate mutating func unpin(_ reference: UInt32, _ flags: GrantMapFlags) -> UInt32? {
        guard var active = grants.active[reference] else { return nil }
        // Whoever had it to write to has perhaps done so (Xen: `unmap_common_complete`).
        if flags.contains(.host), !flags.contains(.readOnly) { noteWrite(toGranted: active.number, at: active.frame) }
        active.remove(flags)
        grants.active[reference] = active.isUsed ? active : nil
        reduceStatus(reference, isReadOnly: flags.contains(.readOnly))
        return active.isUsed ? nil : active.number
    }
}
