import Flask
import Synchronization

extension Hypervisor {
    /// The `grant_table_op` hypercall: a list of structures, each of which is told how it ended (Xen,
    /// xen/common/grant_table.c: `do_grant_table_op`).
    func grantTableOperation(
        _ number: UInt32, at address: UInt64, count: UInt32, _ caller: Caller
    ) throws(XenErrorNumber) -> Int64 {
        guard Int32(bitPattern: count) >= 0 else { throw .invalidArgument }
        // Above the command is where a flush of caches goes on that was stopped.
        let command = GrantCommand(rawValue: number & 0xfff)
        guard command == .flushCache || number & ~0xfff == 0 else { throw .invalidArgument }
        switch command {
        case .setUp, .querySize, .getStatusFrames:
            guard count == 1 else { throw .invalidArgument }
        default: break
        }
        switch command {
        case .map: try each(count, .map, at: address, caller, mapGrant)
        case .unmap: try each(count, .unmap, at: address, caller, unmapGrant)
        case .unmapAndReplace: try each(count, .unmapAndReplace, at: address, caller, replaceGrant)
        case .swap: try each(count, .swap, at: address, caller, swapGrants)
        case .transfer: try each(count, .transfer, at: address, caller, transferPage)
        case .copy: try copyGrants(count, at: address, caller)
        case .flushCache: try each(count, .flushCache, at: address, caller, flushCache)
        case .setUp: try each(1, .setUp, at: address, caller, setUpGrants)
        case .querySize: try each(1, .querySize, at: address, caller, querySize)
        case .getStatusFrames: try each(1, .getStatusFrames, at: address, caller, getStatusFrames)
        case .setVersion: try setGrantVersion(at: address, caller)
        case .getVersion: try getGrantVersion(at: address, caller)
        case .dump, nil: throw .notImplemented
        }
        return 0
    }

    /// Does something to each structure of a list, and gives each back.
    private func each(
        _ count: UInt32, _ command: GrantCommand, at address: UInt64, _ caller: Caller,
        _ body: (inout ABIStructure, Caller) throws(XenErrorNumber) -> Void
    ) throws(XenErrorNumber) {
        for index in 0..<UInt64(count) {
            let place = address &+ index &* UInt64(command.size)
            var call = try caller.memory.structure(command.size, at: place)
            try body(&call, caller)
            try caller.memory.put(call, at: place)
        }
    }

    /// Does something that has a status, which the structure is told.
    private func tell(_ call: inout ABIStructure, at offset: Int, _ body: (inout ABIStructure) throws(GrantStatus) -> Void) {
        do throws(GrantStatus) {
            try body(&call)
            call.set(0 as UInt16, at: offset)
        } catch {
            call.set(UInt16(bitPattern: error.rawValue), at: offset)
        }
    }

    // MARK: Mapping

    private func mapGrant(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        tell(&call, at: 18) { (call) throws(GrantStatus) in
            let flags = GrantMapFlags(rawValue: call.word32(at: 8))
            guard !flags.isDisjoint(with: [.host, .device]) else { throw .badReference }
            let isTranslated = (try? isHVM(caller.domain)) ?? true
            guard !isTranslated || flags.isDisjoint(with: [.device, .application, .containsEntry]) else { throw .generalError }
            let granter = try grantDomain(call.word16(at: 16))
            do throws(XenErrorNumber) {
                try hooks.mapGrant(of: granter, isReadOnly: flags.contains(.readOnly), caller)
            } catch {
                throw .permissionDenied
            }
            let (reference, address) = (call.word32(at: 12), call.word64(at: 0))
            let (handle, _, frame) = try machine.withLock { (machine) throws(GrantStatus) in
                try machine.mapGrant(reference, of: granter, for: caller.domain, flags, at: address)
            }
            call.set(handle, at: 20)
            call.set(frame &* 4_096, at: 24)
        }
    }

    private func grantDomain(_ number: UInt16) throws(GrantStatus) -> Domain {
        guard let domain = domain(number) else { throw .badDomain }
        return domain
    }

    private func unmapGrant(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let (host, device) = (call.word64(at: 0), call.word64(at: 8))
        tell(&call, at: 20) { (call) throws(GrantStatus) in
            try unmapGrant(call.word32(at: 16), host: host, device: device, replacement: 0, caller)
        }
    }

    private func replaceGrant(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let (host, replacement) = (call.word64(at: 0), call.word64(at: 8))
        tell(&call, at: 20) { (call) throws(GrantStatus) in
            try unmapGrant(call.word32(at: 16), host: host, device: 0, replacement: replacement, caller)
        }
    }

    private func unmapGrant(
        _ handle: UInt32, host: UInt64, device: UInt64, replacement: UInt64, _ caller: Caller
    ) throws(GrantStatus) {
        let granter = machine.withLock { machine -> Domain? in
            let mapping = machine.domains[caller.domain.number.rawValue]?.grants.mapping(handle)
            return mapping?.isProcess == false ? mapping?.granter : nil
        }
        guard let granter else { throw .badHandle }
        do throws(XenErrorNumber) {
            try hooks.unmapGrant(of: granter, caller)
        } catch {
            throw .permissionDenied
        }
        try machine.withLock { (machine) throws(GrantStatus) in
            // Meanwhile the number may have become another mapping's.
            guard machine.domains[caller.domain.number.rawValue]?.grants.mapping(handle)?.granter === granter else {
                throw .badHandle
            }
            try machine.unmapGrant(handle, of: caller.domain, host: host, device: device, replacement: replacement)
        }
    }

    private func swapGrants(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        tell(&call, at: 8) { (call) throws(GrantStatus) in
            let (first, second) = (call.word32(at: 0), call.word32(at: 4))
            try machine.withLock { (machine) throws(GrantStatus) in
                try machine.inGrants(of: caller.domain) { (state) throws(GrantStatus) in try state.grants.swap(first, second) }
            }
        }
    }

    /// Caches keep nothing from anybody here; whose page it is is checked.
    private func flushCache(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let (offset, length, what) = (UInt32(call.word16(at: 8)), UInt32(call.word16(at: 10)), call.word32(at: 12))
        guard offset < 4_096, length <= 4_096, offset + length <= 4_096, what & ~3 == 0 else { throw .invalidArgument }
        guard length > 0, what != 0 else { return }
        let frame = call.word64(at: 0) / 4_096
        try machine.withLock { (machine) throws(XenErrorNumber) in
            guard let owner = machine.owner(ofMachineFrame: frame) else { throw .invalidArgument }
            guard owner.domain !== caller.domain else { return }
            let active = machine.domains[owner.domain.number.rawValue]?.grants.active.values
            guard active?.contains(where: { $0.holder === caller.domain && $0.number == owner.page }) == true else {
                throw .invalidArgument
            }
        }
        // A processor cannot drop what it has not written back.
        if what == 2 { throw .notSupported }
    }

    // MARK: Tables

    private func setUpGrants(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        tell(&call, at: 8) { (call) throws(GrantStatus) in
            try listFrames(of: call.word16(at: 0), call.word32(at: 4), call.word64(at: 16), ofStatuses: false, caller)
        }
    }

    private func getStatusFrames(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        tell(&call, at: 6) { (call) throws(GrantStatus) in
            try listFrames(of: call.word16(at: 4), call.word32(at: 0), call.word64(at: 8), ofStatuses: true, caller)
        }
    }

    /// Tells at which frames a table lies. A guest that has a map of its own says where, and is told of none before.
    private func listFrames(
        of number: UInt16, _ count: UInt32, _ list: UInt64, ofStatuses: Bool, _ caller: Caller
    ) throws(GrantStatus) {
        guard let domain = try? domain(number, or: caller) else { throw .badDomain }
        do throws(XenErrorNumber) {
            try hooks.setUpGrants(domain, caller)
        } catch {
            throw .permissionDenied
        }
        let frames = try machine.withLock { (machine) throws(GrantStatus) in
            try machine.inGrants(of: domain) { (state) throws(GrantStatus) in try state.listFrames(count, ofStatuses: ofStatuses) }
        }
        for (index, frame) in frames.enumerated() {
            do throws(XenErrorNumber) {
                try put(frame, at: list, UInt64(index), caller)
            } catch {
                throw .badVirtualAddress
            }
        }
    }

    private func querySize(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        tell(&call, at: 12) { (call) throws(GrantStatus) in
            guard let domain = try? domain(call.word16(at: 0), or: caller) else { throw .badDomain }
            do throws(XenErrorNumber) {
                try hooks.queryGrants(domain, caller)
            } catch {
                throw .permissionDenied
            }
            let (frames, most) = try machine.withLock { (machine) throws(GrantStatus) in
                try machine.inGrants(of: domain) { (state) throws(GrantStatus) in
                    (state.grants.frameCount, state.grants.maximumFrames)
                }
            }
            call.set(frames, at: 4)
            call.set(most, at: 8)
        }
    }

    private func setGrantVersion(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        var call = try caller.memory.structure(4, at: address)
        let version = call.word32(at: 0)
        var failure: XenErrorNumber?
        do throws(XenErrorNumber) {
            try with(caller.domain) { (state) throws(XenErrorNumber) in try state.grants.setVersion(version) }
        } catch {
            failure = error
        }
        call.set(UInt32(try with(caller.domain) { (state) throws(XenErrorNumber) in state.grants.version }), at: 0)
        try caller.memory.put(call, at: address)
        if let failure { throw failure }
    }

    private func getGrantVersion(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        var call = try caller.memory.structure(8, at: address)
        let domain = try domain(call.word16(at: 0), or: caller)
        try hooks.queryGrants(domain, caller)
        call.set(UInt32(try with(domain) { (state) throws(XenErrorNumber) in state.grants.version }), at: 4)
        try caller.memory.put(4..<8, of: call, at: address)
    }
}

extension DomainState {
    /// The frames of the domain's grant table, which grows for it, or of its states, of which there must be so many.
    fileprivate mutating func listFrames(_ count: UInt32, ofStatuses: Bool) throws(GrantStatus) -> [UInt64] {
        if ofStatuses {
            guard count <= grants.statusFrameCount else { throw .generalError }
        } else {
            guard (try? grants.grow(to: count)) != nil else { throw .generalError }
        }
        var result: [UInt64] = []
        for index in 0..<count {
            guard let place = try? grants.frame(index, ofStatuses: ofStatuses) else { throw .generalError }
            guard !isHVM else {
                let frame = memory.special.first { $0.value.memory === place.memory && $0.value.offset == place.offset }
                result.append(frame?.key ?? .max)
                continue
            }
            let number = (ofStatuses ? PagePool.firstStatusFrame : PagePool.firstGrantFrame) + index
            let frame = Machine.machineFrame(number, of: domain.number)
            let special = SpecialFrame(kind: .grantTable, memory: place.memory, offset: place.offset)
            guard (try? memory.place(special, at: frame)) != nil else { throw .generalError }
            result.append(frame)
        }
        return result
    }
}
