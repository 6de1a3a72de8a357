import Flask
import Synchronization

extension Hypervisor {
    /// `GNTTABOP_transfer`: a page of the caller's becomes another domain's (Xen, xen/common/grant_table.c: `gnttab_transfer`).
    /// The page is gone from the caller before the receiver is known, whatever becomes of it, as in Xen. What is in it comes to
    /// lie in the receiver's own memory.
    func transferPage(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        var status: Int16 = 0
        do throws(GrantStatus) {
            try transfer(call, caller)
        } catch {
            status = error.rawValue
        }
        call.set(UInt16(bitPattern: status), at: 16)
    }

    private func transfer(_ call: ABIStructure, _ caller: Caller) throws(GrantStatus) {
        let frame = call.word64(at: 0)
        let bytes = try machine.withLock { (machine) throws(GrantStatus) in
            try machine.inGrants(of: caller.domain) { (state) throws(GrantStatus) in try state.giveAway(frame) }
        }
        guard let receiver = domain(call.word16(at: 8)) else { throw .badDomain }
        do throws(XenErrorNumber) {
            try hooks.transferPage(to: receiver, caller)
        } catch {
            throw .permissionDenied
        }
        let reference = call.word32(at: 12)
        try machine.withLock { (machine) throws(GrantStatus) in
            try machine.receive(bytes, reference, of: receiver, from: caller.domain)
        }
    }
}

extension DomainState {
    /// Takes a page from the domain: what was in it. Throws `GNTST_bad_page`, and `GNTST_general_error` for a domain that the
    /// hypervisor translates for.
    fileprivate mutating func giveAway(_ frame: UInt64) throws(GrantStatus) -> [UInt8] {
        guard let number = memory.page(at: frame), let page = memory.lookUp(frame) else { throw .badPage }
        guard !isHVM else { throw .generalError }
        guard memory.references[number] == nil, memory.pinned[frame] == nil,
            let bytes = page.memory.read(4_096, at: page.offset), let freed = memory.free(frame)
        else { throw .badPage }
        totalPages -= freed
        memory.physicalFrames[frame] = nil
        return bytes
    }
}

extension Machine {
    /// Gives a domain a page where it said that it takes one.
    fileprivate mutating func receive(
        _ bytes: [UInt8], _ reference: UInt32, of receiver: Domain, from giver: Domain
    ) throws(GrantStatus) {
        guard let runs = try? take(1, for: receiver), let page = runs.first?.lowerBound else { throw .generalError }
        try inGrants(of: receiver) { (state) throws(GrantStatus) in
            do throws(GrantStatus) {
                try state.commitTransfer(reference, from: giver)
            } catch {
                state.memory.pool.release(page..<page + 1)
                state.totalPages -= 1
                throw error
            }
            if let place = state.memory.pool.place(of: page) { _ = place.memory.write(bytes, at: place.offset) }
            let wished = state.grants.entry(reference).frame
            let machineFrame = Machine.machineFrame(page, of: receiver.number)
            var failure: GrantStatus?
            do throws(XenErrorNumber) {
                guard !state.isHVM || wished < GuestMemory.endOfFrames else { throw .invalidArgument }
                try state.memory.place(page, at: state.isHVM ? wished : machineFrame)
                state.memory.noteWrite(state.isHVM ? wished : machineFrame)
                if !state.isHVM {
                    state.memory.physicalFrames[machineFrame] = wished
                    try state.grants.write(state.grants.header(reference).rawValue, frame: machineFrame, reference)
                }
            } catch {
                // The page is the domain's all the same.
                state.memory.pool.release(page..<page + 1)
                state.memory.unplaced += 1
                failure = .generalError
            }
            state.grants.setFlags(GrantEntry.transferCompleted, reference)
            if let failure { throw failure }
        }
    }
}

extension DomainState {
    /// Says in an entry that a page is coming. Throws `GNTST_general_error` when it does not say that one may, or keeps changing
    /// (Xen: `gnttab_prepare_for_transfer`).
    fileprivate mutating func commitTransfer(_ reference: UInt32, from giver: Domain) throws(GrantStatus) {
        guard reference < grants.entryCount else { throw .generalError }
        var header = grants.header(reference)
        for _ in 0..<5 {
            guard header.flags == GrantEntry.acceptTransfer, header.domain == giver.number.rawValue else { throw .generalError }
            guard let changed = grants.replace(header, by: header.rawValue | UInt32(GrantEntry.transferCommitted), reference)
            else { return }
            header = changed
        }
        throw .generalError
    }
}
