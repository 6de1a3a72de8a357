import Flask
import Synchronization

// Page tables that the hypervisor keeps for domains, and the log of pages that they write (Xen, xen/arch/x86/mm/paging.c,
// xen/arch/x86/mm/hap/hap.c, xen/arch/x86/mm/shadow/common.c). There are no page tables here: their memory is a number, and
// the log is the memory's.

extension Hypervisor {
    func shadowControl(_ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        var answer = call
        do throws(XenErrorNumber) {
            try shadowControl(domain, &answer, caller)
        } catch {
            // The structure is given back in any case.
            try caller.memory.put(answer, at: address)
            throw error
        }
        try caller.memory.put(answer, at: address)
    }

    private func shadowControl(_ domain: Domain, _ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        guard domain !== caller.domain else { throw .invalidArgument }
        let (isDying, hasProcessors) = try with(domain) { (state) throws(XenErrorNumber) in
            (state.isDying, !state.processors.isEmpty)
        }
        guard !isDying else { return }
        guard hasProcessors else { throw .invalidArgument }
        let number = call.word32(at: 16)
        try hooks.shadowControl(domain, number, caller)
        guard let operation = ShadowOperation(rawValue: number) else { throw .invalidArgument }
        let mode = call.word32(at: 20)
        switch operation {
        case .peek, .clean: try readLog(domain, &call, cleans: operation == .clean, caller)
        case .enableLogDirty: try logDirty(domain)
        case .enable where mode & 2 != 0: try logDirty(domain)
        case .getAllocation, .setAllocation:
            if operation == .setAllocation { try setAllocation(domain, megabytes: call.word32(at: 24)) }
            let pages = try with(domain) { (state) throws(XenErrorNumber) in state.control.pageTables.pages }
            call.set(UInt32(truncatingIfNeeded: (pages + 255) / 256), at: 24)
        case .off, .enable, .enableTest:
            try with(domain) { (state) throws(XenErrorNumber) in
                if operation == .off { state.memory.log.disable() }
                if operation == .off, state.hasHAP { return }
                guard !state.hasHAP, operation == .off || !state.control.pageTables.isEnabled else { throw .invalidArgument }
                state.control.pageTables.isEnabled = operation != .off
            }
        }
    }

    private func setAllocation(_ domain: Domain, megabytes: UInt32) throws(XenErrorNumber) {
        try with(domain) { (state) throws(XenErrorNumber) in
            guard megabytes != 0 || state.hasHAP || !state.control.pageTables.isEnabled else { throw .invalidArgument }
            state.control.pageTables.pages = UInt64(megabytes) * 256
        }
    }

    /// Throws `EINVAL` when there is a log, and for a domain with a device, whose writes nobody sees; `EBUSY` while memory is an
    /// I/O request server's (Xen: `paging_log_dirty_enable`, `hap_enable_log_dirty`).
    private func logDirty(_ domain: Domain) throws(XenErrorNumber) {
        try machine.withLock { (machine) throws(XenErrorNumber) in
            let hasDevice = machine.devices.values.contains { $0.owner == domain.number.rawValue }
            try machine.with(domain) { (state) throws(XenErrorNumber) in
                guard !hasDevice, !state.memory.log.isEnabled else { throw .invalidArgument }
                guard !state.hasHAP || state.memory.claimed.isEmpty else { throw .busy }
                state.memory.log.enable()
            }
        }
    }

    private func readLog(
        _ domain: Domain, _ call: inout ABIStructure, cleans: Bool, _ caller: Caller
    ) throws(XenErrorNumber) {
        guard call.word32(at: 20) & ~1 == 0 else { throw .invalidArgument }
        let log = try with(domain) { (state) throws(XenErrorNumber) in
            let log = state.memory.log
            if cleans { state.memory.log.clean() }
            return log
        }
        // No processor has found memory that it might not write to.
        call.set(0 as UInt32, at: 48)
        call.set(UInt32(clamping: log.count), at: 52)
        guard !log.isIncomplete else { throw .outOfMemory }
        let buffer = call.word64(at: 32)
        // More pages than there are in all cannot have been written.
        let pages = min(call.word64(at: 40), max(configuration.memoryPages, log.end))
        call.set(pages, at: 40)
        guard buffer != 0 else { return }
        let perPart: UInt64 = 4_096 * 8
        let empty = [UInt8](repeating: 0, count: 4_096)
        var first: UInt64 = 0
        while first < pages {
            let size = Int((min(perPart, pages - first) + 7) / 8)
            let part = log.page(first / perPart) ?? empty
            guard caller.memory.write(size < 4_096 ? Array(part.prefix(size)) : part, at: buffer &+ first / 8) else {
                throw .badAddress
            }
            first += perPart
        }
    }

    // MARK: Memory for page tables

    func getPagingPool(_ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let pages = try with(domain) { (state) throws(XenErrorNumber) in
            guard state.isHVM else { throw .notSupported }
            return state.control.pageTables.pages
        }
        var answer = call
        answer.set(pages &* 4_096, at: 16)
        try caller.memory.put(answer, at: address)
    }

    func setPagingPool(_ domain: Domain, bytes: UInt64) throws(XenErrorNumber) {
        try with(domain) { (state) throws(XenErrorNumber) in
            guard state.isHVM else { throw .notSupported }
            guard bytes % 4_096 == 0, bytes / 4_096 <= UInt64(UInt32.max) else { throw .invalidArgument }
            state.control.pageTables.pages = bytes / 4_096
        }
    }
}
