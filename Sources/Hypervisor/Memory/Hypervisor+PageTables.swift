import Flask
import Synchronization

// Changes of page tables by guests that see machine frames (Xen, xen/arch/x86/mm.c). Nobody walks tables here: an entry is
// checked as Xen checks it, asked about, and written to the page in which it lies; what is mapped by it is not kept. A page is a
// table of a level once it is pinned as one; any other is written to like memory, as Xen does with a page that is no table.

extension Hypervisor {
    /// Set in a count by which a call goes on that was stopped.
    private static let isContinued: UInt32 = 1 << 31

    /// The domain whose pages are meant: the caller for its name, nobody for its number, and who owns what is nobody's
    /// (Xen: `get_pg_owner`). Throws `ESRCH`.
    func pageOwner(_ number: UInt16, _ caller: Caller) throws(XenErrorNumber) -> Domain {
        if number == domio.number.rawValue { return domio }
        if number == domxen.number.rawValue { return domxen }
        let domain = try domain(number, or: caller)
        guard domain !== caller.domain || number == 0x7ff0 else { throw .noSuchDomain }
        return domain
    }

    /// Whether a domain sees machine frames; who owns what is nobody's does.
    private func isParavirtual(_ domain: Domain) throws(XenErrorNumber) -> Bool {
        if domain === domio || domain === domxen { return true }
        return try !isHVM(domain)
    }

    /// The `mmu_update` hypercall. How many changes were done is added where the caller says.
    func updateMMU(
        at address: UInt64, count: UInt32, done: UInt64, domain: UInt32, _ caller: Caller
    ) throws(XenErrorNumber) -> Int64 {
        var table = caller.domain
        if domain >> 16 != 0 {
            guard let other = self.domain(UInt16(truncatingIfNeeded: domain >> 16 &- 1)) else { throw .noSuchDomain }
            table = other
            if other !== caller.domain, try with(other, { (state) throws(XenErrorNumber) in state.processors.isEmpty }) {
                throw .invalidArgument
            }
        }
        let owner = try pageOwner(UInt16(truncatingIfNeeded: domain), caller)
        var needed: Hooks.MMUUpdate = []
        var checked: Hooks.MMUUpdate = []
        return try inTurn(count, done, caller) { (index) throws(XenErrorNumber) in
            let call = try caller.memory.structure(16, at: address &+ index &* 16)
            let (pointer, value) = (call.word64(at: 0), call.word64(at: 8))
            if pointer & 7 == 1 {
                guard table === caller.domain else { throw .operationNotPermitted }
                guard try isParavirtual(owner) else { throw .invalidArgument }
                needed.insert(.machineToPhysical)
                if needed != checked {
                    try hooks.updateMMU(table: nil, page: owner, isNobody: owner === domio, needed, caller)
                    checked = needed
                }
                return try setPhysical(pointer / 4_096, value, of: owner)
            }
            guard pointer & 7 < 4 else { throw .notImplemented }
            guard try isParavirtual(table) else { throw .notSupported }
            needed.insert(.pageTable)
            if value & 1 != 0 { needed.formUnion(value & 2 != 0 ? [.read, .write] : .read) }
            if needed != checked {
                try hooks.updateMMU(table: table, page: owner, isNobody: owner === domio, needed, caller)
                checked = needed
            }
            try change(pointer & ~7, value, isTranslated: pointer & 7 != 3, table, owner, caller)
        }
    }

    /// Does things one by one until one fails, and adds how many are done where the caller says.
    private func inTurn(
        _ count: UInt32, _ done: UInt64, _ caller: Caller, _ body: (UInt64) throws(XenErrorNumber) -> Void
    ) throws(XenErrorNumber) -> Int64 {
        var before: UInt32 = 0
        if count & Self.isContinued != 0, done != 0 { before = (try? caller.memory.structure(4, at: done))?.word32(at: 0) ?? 0 }
        var index: UInt32 = 0
        var failure: XenErrorNumber?
        while index < count & ~Self.isContinued, failure == nil {
            do throws(XenErrorNumber) {
                try body(UInt64(index))
                index += 1
            } catch {
                failure = error
            }
        }
        if done != 0 {
            var answer = ABIStructure(size: 4)
            answer.set(before &+ index, at: 0)
            _ = caller.memory.write(answer.bytes, at: done)
        }
        if let failure { throw failure }
        return 0
    }

    private func setPhysical(_ frame: UInt64, _ value: UInt64, of owner: Domain) throws(XenErrorNumber) {
        try machine.withLock { (machine) throws(XenErrorNumber) in
            guard machine.owner(ofMachineFrame: frame)?.domain === owner else { throw .invalidArgument }
            try machine.with(owner) { (state) throws(XenErrorNumber) in
                guard state.memory.page(at: frame) != nil else { throw .invalidArgument }
                state.memory.physicalFrames[frame] = value
                state.memory.markDirty(frame)
            }
        }
    }

    /// Changes an entry of a page of a domain's, which must be there.
    private func change(
        _ address: UInt64, _ entry: UInt64, isTranslated: Bool, _ table: Domain, _ owner: Domain, _ caller: Caller
    ) throws(XenErrorNumber) {
        let frame = address / 4_096
        let (page, level) = try with(table) { (state) throws(XenErrorNumber) in
            guard state.memory.page(at: frame) != nil, let page = state.memory.lookUp(frame), page.isWritable else {
                throw .invalidArgument
            }
            state.memory.noteWrite(frame)
            return (page, state.memory.pinned[frame])
        }
        if level == 1 { try check(entry, isTranslated: isTranslated, table, owner, caller) }
        if let level, level > 1, owner !== table { throw .invalidArgument }
        page.memory.store(entry, at: page.offset + Int(address % 4_096))
    }

    /// Whether a page may be mapped by an entry of a table (Xen: `mod_l1_entry`, `get_page_from_l1e`). Throws `EINVAL` for a
    /// hole, `EPERM` for devices' memory that is not the caller's, `EBUSY` for a page that is another's than it says.
    private func check(
        _ entry: UInt64, isTranslated: Bool, _ table: Domain, _ owner: Domain, _ caller: Caller
    ) throws(XenErrorNumber) {
        guard entry & 1 != 0 else { return }
        let frame = entry >> 12 & (1 << 40 - 1)
        if isTranslated, try !isParavirtual(owner) {
            _ = try machine.withLock { (machine) throws(XenErrorNumber) in try machine.lookUp(frame, of: owner) }
            return
        }
        guard let real = machine.withLock({ $0.owner(ofMachineFrame: frame)?.domain }) else {
            // Who names devices' memory is asked whether it may have it himself.
            guard (owner === domio ? caller.domain : owner).isControl else { throw .operationNotPermitted }
            return
        }
        guard real !== owner else { return }
        // A domain's device model may show the domain's pages as its own.
        guard owner !== table else { throw .busy }
        do throws(XenErrorNumber) {
            try hooks.privilegedMapping(owner, really: real, caller)
        } catch {
            throw .busy
        }
    }

    /// The `update_va_mapping` hypercalls: the entry of an address is found by who has it mapped, which here nobody is; the
    /// entry is checked and asked about.
    func updateMapping(entry: UInt64, owner: Domain, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        try hooks.updateMapping(owner, isPresent: entry & 1 != 0, isWritable: entry & 2 != 0, caller)
        guard try isParavirtual(caller.domain) else { throw .invalidArgument }
        try check(entry, isTranslated: true, caller.domain, owner, caller)
        return 0
    }

    // MARK: mmuext_op

    /// The `mmuext_op` hypercall, on a domain that sees machine frames.
    func extendedMMU(
        at address: UInt64, count: UInt32, done: UInt64, domain: UInt32, _ caller: Caller
    ) throws(XenErrorNumber) -> Int64 {
        let owner = try pageOwner(UInt16(truncatingIfNeeded: domain), caller)
        guard try isParavirtual(owner) else { throw .invalidArgument }
        try hooks.extendedMMU(owner, caller)
        let isTranslated = try isHVM(caller.domain)
        return try inTurn(count, done, caller) { (index) throws(XenErrorNumber) in
            let call = try caller.memory.structure(24, at: address &+ index &* 24)
            let command = ExtendedMMUCommand(rawValue: call.word32(at: 0))
            if isTranslated, (command?.rawValue ?? .max) > ExtendedMMUCommand.unpin.rawValue { throw .notSupported }
            guard let command else { throw .notImplemented }
            try perform(command, call, on: owner, caller)
        }
    }

    private func perform(
        _ command: ExtendedMMUCommand, _ call: ABIStructure, on owner: Domain, _ caller: Caller
    ) throws(XenErrorNumber) {
        let frame = call.word64(at: 8)
        let isOwn = owner === caller.domain
        switch command {
        case .pinLevel1, .pinLevel2, .pinLevel3, .pinLevel4:
            try pin(frame, level: UInt8(command.rawValue + 1), of: owner, caller)
        case .unpin:
            try with(owner) { (state) throws(XenErrorNumber) in
                guard state.memory.page(at: frame) != nil, state.memory.pinned.removeValue(forKey: frame) != nil else {
                    throw .invalidArgument
                }
            }
        case .newBase, .newUserBase:
            guard isOwn else { throw .operationNotPermitted }
            guard try !isHVM(owner) else { throw .invalidArgument }
            guard command == .newBase || frame != 0 else { return }
            try with(owner) { (state) throws(XenErrorNumber) in
                guard state.memory.page(at: frame) != nil else { throw .invalidArgument }
            }
        case .flushTLBHere, .invalidateHere, .flushTLBAll, .invalidateAll:
            guard isOwn else { throw .operationNotPermitted }
        case .flushTLBSome, .invalidateSome:
            guard isOwn else { throw .operationNotPermitted }
            guard caller.memory.read(1, at: call.word64(at: 16)) != nil else { throw .invalidArgument }
        case .flushCache:
            guard isOwn else { throw .operationNotPermitted }
            guard owner.isControl else { throw .permissionDenied }
        case .flushCacheEverywhere:
            guard isOwn else { throw .operationNotPermitted }
            guard owner.isControl else { throw .invalidArgument }
        case .setLDT:
            guard isOwn else { throw .operationNotPermitted }
            let entries = call.word32(at: 16)
            guard entries <= 8_192, entries == 0 || frame % 4_096 == 0 else { throw .invalidArgument }
        case .clearPage:
            let page = try memoryPage(frame, of: owner, isWritten: true)
            _ = page.memory.clear(4_096, at: page.offset)
        case .copyPage:
            let source = try memoryPage(call.word64(at: 16), of: owner)
            let target = try memoryPage(frame, of: owner, isWritten: true)
            _ = source.memory.copy(4_096, from: source.offset, to: target.memory, at: target.offset)
        case .markSuper, .unmarkSuper: throw .notSupported
        }
    }

    /// A page of a domain's own that is not a table. Throws `EINVAL`.
    private func memoryPage(_ frame: UInt64, of owner: Domain, isWritten: Bool = false) throws(XenErrorNumber) -> GuestPage {
        guard owner !== domio, owner !== domxen else { throw .invalidArgument }
        return try with(owner) { (state) throws(XenErrorNumber) in
            guard state.memory.page(at: frame) != nil, state.memory.pinned[frame] == nil, let page = state.memory.lookUp(frame) else {
                throw .invalidArgument
            }
            if isWritten { state.memory.noteWrite(frame) }
            return page
        }
    }

    private func pin(_ frame: UInt64, level: UInt8, of owner: Domain, _ caller: Caller) throws(XenErrorNumber) {
        guard owner !== domio, owner !== domxen else { throw .invalidArgument }
        try with(owner) { (state) throws(XenErrorNumber) in
            guard state.memory.page(at: frame) != nil else { throw .invalidArgument }
        }
        try hooks.pinPage(owner, caller)
        try with(owner) { (state) throws(XenErrorNumber) in
            guard state.memory.page(at: frame) != nil, state.memory.pinned[frame] == nil else { throw .invalidArgument }
            state.memory.pinned[frame] = level
        }
    }

    // MARK: multicall

    /// The `multicall` hypercall: one after the other, each with its own result (Xen, xen/common/multicall.c).
    func multicall(at address: UInt64, count: UInt32, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        var index: UInt64 = 0
        while index < UInt64(count) {
            let place = address &+ index &* 64
            var call = try caller.memory.structure(64, at: place)
            let number = call.word64(at: 0)
            // Calls in calls would have no end.
            let result =
                number == HypercallNumber.multicall.rawValue
                ? -Int64(XenErrorNumber.invalidArgument.rawValue)
                : hypercall(number, (0..<6).map { call.word64(at: 16 + $0 * 8) }, caller)
            call.set(UInt64(bitPattern: result), at: 8)
            try caller.memory.put(8..<16, of: call, at: place)
            index += 1
        }
        return 0
    }
}
