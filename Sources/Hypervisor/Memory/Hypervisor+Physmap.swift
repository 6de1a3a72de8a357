import Flask
import Synchronization

// What lies at which frame of a guest that the hypervisor translates for (Xen, xen/common/memory.c: `xatp_permission_check`,
// `xenmem_add_to_physmap`, xen/arch/x86/mm/p2m.c: `xenmem_add_to_physmap_one`, `p2m_add_foreign`).

extension Hypervisor {
    func addToPhysmap(from start: UInt64, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        guard start <= UInt64(UInt16.max) else { throw .domainError }
        let call = try caller.memory.structure(24, at: address)
        let space = MapSpace(rawValue: call.word32(at: 4))
        // Others' frames only as a batch, which names whose they are.
        guard space != .foreignFrame else { throw .notImplemented }
        let domain = try domain(call.word16(at: 0), or: caller)
        try checkPhysmap(domain, space, caller)
        let source = call.word64(at: 8)
        let frame = call.word64(at: 16)
        guard frame != .max else { throw .invalidArgument }
        guard space == .frameRange else {
            try place(space, source, nil, at: frame, of: domain, caller)
            return 0
        }
        let size = UInt64(call.word16(at: 2))
        guard size >= start else { throw .illegalSequence }
        guard !frame.addingReportingOverflow(size).overflow, !source.addingReportingOverflow(size).overflow else {
            throw .valueTooLarge
        }
        for index in start..<size { try place(.frame, source + index, nil, at: frame + index, of: domain, caller) }
        return 0
    }

    func addToPhysmapBatch(from start: UInt64, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        guard start <= UInt64(UInt16.max) else { throw .domainError }
        let call = try caller.memory.structure(32, at: address)
        let space = MapSpace(rawValue: UInt32(call.word16(at: 2)))
        guard space != .frameRange else { throw .notSupported }
        let domain = try domain(call.word16(at: 0), or: caller)
        try checkPhysmap(domain, space, caller)
        let size = UInt64(call.word16(at: 4))
        guard size >= start else { throw .illegalSequence }
        guard size != start else {
            if start != 0 { throw .illegalSequence }
            return 0
        }
        let other = call.word16(at: 6)
        if space == .deviceMemory, other != 0 { throw .notSupported }
        for index in start..<size {
            guard let source = frames(at: call.word64(at: 8), index, most: 1, caller)?.first,
                let frame = frames(at: call.word64(at: 16), index, most: 1, caller)?.first
            else { throw .badAddress }
            guard frame != .max else { throw .invalidArgument }
            var result: Int32 = 0
            do throws(XenErrorNumber) {
                try place(space, source, other, at: frame, of: domain, caller)
            } catch {
                result = -error.rawValue
            }
            var answer = ABIStructure(size: 4)
            answer.set(result, at: 0)
            try caller.memory.put(answer, at: call.word64(at: 24) &+ index &* 4)
        }
        return 0
    }

    /// Throws `EACCES` for a domain without a map of its own, and for devices' memory that is not dom0's own to map.
    private func checkPhysmap(_ domain: Domain, _ space: MapSpace?, _ caller: Caller) throws(XenErrorNumber) {
        guard try with(domain, { (state) throws(XenErrorNumber) in state.isHVM }) else { throw .permissionDenied }
        if space == .deviceMemory, domain.number.rawValue != 0 || domain !== caller.domain { throw .permissionDenied }
        try hooks.addToPhysmap(domain, caller)
    }

    private func place(
        _ space: MapSpace?, _ source: UInt64, _ other: UInt16?, at frame: UInt64, of domain: Domain, _ caller: Caller
    ) throws(XenErrorNumber) {
        switch space {
        case .sharedInfo:
            guard source == 0 else { throw .invalidArgument }
            try with(domain) { (state) throws(XenErrorNumber) in
                let memory = try state.memory.makeSharedInfo()
                try state.placeOwn(SpecialFrame(kind: .sharedInfo, memory: memory, offset: 0), at: frame)
            }
        case .grantTable:
            try with(domain) { (state) throws(XenErrorNumber) in
                let page = try state.grants.frame(forMapping: source)
                try state.placeOwn(SpecialFrame(kind: .grantTable, memory: page.memory, offset: page.offset), at: frame)
            }
        case .frame:
            try with(domain) { (state) throws(XenErrorNumber) in
                try state.moveMemory(source, to: frame)
            }
        case .foreignFrame: try placeForeign(source, of: other ?? 0, at: frame, of: domain, caller)
        // Nobody's devices are there to be mapped.
        case .frameRange, .deviceMemory, nil: throw .invalidArgument
        }
    }

    /// Puts another domain's page into a domain's map. Only dom0 may have such.
    private func placeForeign(
        _ source: UInt64, of number: UInt16, at frame: UInt64, of domain: Domain, _ caller: Caller
    ) throws(XenErrorNumber) {
        guard domain.number.rawValue == 0 else { throw .operationNotPermitted }
        let owner = number == domxen.number.rawValue ? domxen : try remoteDomain(number, caller)
        guard owner !== domain else { throw .invalidArgument }
        try hooks.mapForeignFrame(of: owner, into: domain, caller)
        try machine.withLock { (machine) throws(XenErrorNumber) in
            guard owner !== domxen else { throw .invalidArgument }
            let found = try machine.lookUp(source, of: owner)
            let page = try machine.with(owner) { (state) throws(XenErrorNumber) in
                guard state.memory.special[source]?.isBorrowed != true else { throw .invalidArgument }
                return state.memory.page(at: source)
            }
            try machine.with(domain) { (state) throws(XenErrorNumber) in try state.clear(frame) }
            try machine.with(domain) { (state) throws(XenErrorNumber) in
                guard frame < GuestMemory.endOfFrames else { throw .invalidArgument }
                try state.memory.place(
                    SpecialFrame(kind: .foreign(owner, page: page), memory: found.memory, offset: found.offset), at: frame)
            }
            if let page { try machine.with(owner) { (state) throws(XenErrorNumber) in state.memory.retain(page) } }
        }
    }

    /// `XENMEM_remove_from_physmap`: what was there stays its owner's.
    func removeFromPhysmap(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        let call = try caller.memory.structure(16, at: address)
        let domain = try domain(call.word16(at: 0), or: caller)
        guard try with(domain, { (state) throws(XenErrorNumber) in state.isHVM }) else { throw .permissionDenied }
        try hooks.removeFromPhysmap(domain, caller)
        let frame = call.word64(at: 8)
        try machine.withLock { (machine) throws(XenErrorNumber) in
            let special = try machine.with(domain) { (state) throws(XenErrorNumber) -> SpecialFrame? in
                _ = state.memory.populate(frame)
                guard let special = state.memory.special[frame] else {
                    guard state.memory.unplace(frame) else { throw .noEntry }
                    return nil
                }
                // What was granted goes as it came.
                if case .granted = special.kind { throw .noEntry }
                return state.memory.removeSpecial(at: frame)
            }
            if case .foreign(let owner, let page?) = special?.kind { machine.release(page, of: owner) }
        }
        return 0
    }
}
