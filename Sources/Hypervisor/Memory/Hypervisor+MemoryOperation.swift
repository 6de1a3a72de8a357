import Flask
import Synchronization

extension Hypervisor {
    /// A command and where it goes on, in one word (`MEMOP_EXTENT_SHIFT`).
    static let extentShift: UInt64 = 6
    /// As many extents can be named in that word beside the command.
    static let mostExtents = UInt64(UInt32.max) >> extentShift

    /// The `memory_op` hypercall (Xen, xen/common/memory.c: `do_memory_op`, xen/arch/x86/mm.c: `arch_memory_op`).
    ///
    /// Xen stops long operations and has them called again from where it stopped; here they run to their end, a piece at a time
    /// under the lock. Where a caller says to start is respected.
    func memoryOperation(_ operation: UInt64, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        let start = operation >> Self.extentShift
        guard let command = MemoryCommand(rawValue: operation & (1 << Self.extentShift - 1)) else { throw .notImplemented }
        switch command {
        case .increaseReservation, .decreaseReservation, .populatePhysmap:
            return adjustReservation(command, from: start, at: address, caller)
        case .addToPhysmap: return try addToPhysmap(from: start, at: address, caller)
        case .addToPhysmapBatch: return try addToPhysmapBatch(from: start, at: address, caller)
        case .access: return try accessMemory(from: start << Self.extentShift, at: address, caller)
        case .acquireResource: return try acquireResource(from: start, at: address, caller)
        case .exchange, .maximumRAMPage, .currentReservation, .maximumReservation, .maximumFrame, .removeFromPhysmap,
            .claimPages, .getVirtualNUMA, .reservedDeviceMemoryMap:
            guard start == 0 else { throw .invalidArgument }
        default:
            // Commands of the processor's own take the whole word for their number.
            guard start == 0 else { throw .notImplemented }
        }
        switch command {
        case .exchange: return try exchangeMemory(at: address, caller)
        case .maximumRAMPage: return Int64(clamping: machine.withLock { $0.totalPages })
        case .currentReservation, .maximumReservation, .maximumFrame:
            return try statReservation(command, at: address, caller)
        case .removeFromPhysmap: return try removeFromPhysmap(at: address, caller)
        case .claimPages: return try claimPages(at: address, caller)
        case .getVirtualNUMA: return try getVirtualNUMA(at: address, caller)
        case .reservedDeviceMemoryMap: return try tellReservedDeviceMemory(at: address, caller)
        case .setMemoryMap: return try setMemoryMap(at: address, caller)
        case .memoryMap: return try tellMemoryMap(at: address, caller)
        case .machineMemoryMap: return try tellMachineMemoryMap(at: address, caller)
        case .machineToPhysicalMapping: return try tellMachineToPhysicalMapping(at: address, caller)
        case .machineToPhysicalFrames, .compatibleMachineToPhysicalFrames:
            return try listMachineToPhysicalFrames(at: address, caller)
        case .setOnDemandTarget, .getOnDemandTarget: return try onDemandTarget(command, at: address, caller)
        case .paging: return try pageMemory(at: address, caller)
        case .sharing: return try shareMemory(at: address, caller)
        case .sharingFreedPages, .sharingSharedPages: return 0
        default: throw .notImplemented
        }
    }

    /// The domain of a number, which must be another than the caller. Throws `ESRCH`, and `EPERM` for the caller itself.
    func remoteDomain(_ number: UInt16, _ caller: Caller) throws(XenErrorNumber) -> Domain {
        guard let domain = domain(number) else { throw .noSuchDomain }
        guard domain !== caller.domain else { throw .operationNotPermitted }
        return domain
    }

    /// As ``remoteDomain(_:_:)``, and the domain must not be dying. Throws `EINVAL` then.
    func liveRemoteDomain(_ number: UInt16, _ caller: Caller) throws(XenErrorNumber) -> Domain {
        let domain = try remoteDomain(number, caller)
        guard try !with(domain, { (state) throws(XenErrorNumber) in state.isDying }) else { throw .invalidArgument }
        return domain
    }

    /// Numbers that a caller has in a list, a part of it at a time. Nil when the next one is not there.
    func frames(at address: UInt64, _ index: UInt64, most: UInt64, _ caller: Caller) -> [UInt64]? {
        let start = address &+ index &* 8
        let wanted = Int(min(most, 512))
        let bytes = caller.memory.read(wanted * 8, at: start) ?? caller.memory.read(8, at: start)
        guard let bytes else { return nil }
        let structure = ABIStructure(bytes)
        return (0..<bytes.count / 8).map { structure.word64(at: $0 * 8) }
    }

    /// Gives a number back in a list. Throws `EFAULT`.
    func put(_ number: UInt64, at address: UInt64, _ index: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        var word = ABIStructure(size: 8)
        word.set(number, at: 0)
        try caller.memory.put(word, at: address &+ index &* 8)
    }

    private func statReservation(
        _ command: MemoryCommand, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) -> Int64 {
        let call = try caller.memory.structure(2, at: address)
        let domain = try domain(call.word16(at: 0), or: caller)
        try hooks.statReservation(domain, caller)
        return try with(domain) { (state) throws(XenErrorNumber) in
            switch command {
            case .currentReservation: Int64(clamping: state.totalPages)
            case .maximumReservation: Int64(clamping: state.maximumPages)
            default: Int64(clamping: state.memory.maximumFrame)
            }
        }
    }

    /// `XENMEM_claim_pages`: a domain may count on having so many pages in all, until it has them.
    private func claimPages(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        let call = try caller.memory.structure(32, at: address)
        guard call.word64(at: 0) == 0, call.word32(at: 16) == 0, call.word32(at: 20) == 0,
            let domain = domain(call.word16(at: 24))
        else { throw .invalidArgument }
        try hooks.claimPages(domain, caller)
        let pages = call.word64(at: 8)
        try machine.withLock { (machine) throws(XenErrorNumber) in
            let available = machine.freePages - min(machine.freePages, machine.claimedPages)
            try machine.with(domain) { (state) throws(XenErrorNumber) in
                guard pages != 0 else { return state.memory.claim = 0 }
                guard state.memory.claim == 0, pages > state.totalPages, pages <= state.maximumPages else {
                    throw .invalidArgument
                }
                guard pages - state.totalPages <= available else { throw .outOfMemory }
                state.memory.claim = pages - state.totalPages
            }
        }
        return 0
    }
}
