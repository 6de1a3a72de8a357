import Flask
import Synchronization

extension Hypervisor {
    /// The only version of the structure that Debian's 4.17 clients speak (`XEN_SYSCTL_INTERFACE_VERSION`).
    static let systemControlVersion: UInt32 = 0x15

    /// The `sysctl` hypercall, about the whole machine (Xen, xen/common/sysctl.c: `do_sysctl`).
    func systemControl(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        var call = try caller.memory.structure(136, at: address)
        guard call.word32(at: 4) == Self.systemControlVersion else { throw .permissionDenied }
        guard let command = SystemControlCommand(rawValue: call.word32(at: 0)) else {
            try hooks.askUnknown("sysctl", call.word32(at: 0), caller)
            throw .notImplemented
        }
        try hooks.systemControl(command, caller)
        switch command {
        case .readConsole: try readConsole(&call, caller)
        case .physicalInfo: tellPhysicalInfo(&call)
        // The default scheduler, credit2.
        case .schedulerID: call.set(6 as UInt32, at: 8)
        case .domainInfoList: try listDomains(&call, caller)
        case .debugKeys: return try pressKeys(call, caller)
        case .cpuInfo: try tellCPUInfo(&call, caller)
        case .availableHeap: call.set(machine.withLock { $0.freePages } &* 4_096, at: 24)
        case .cpuTopology: try tellCPUTopology(&call, caller)
        case .numaInfo: try tellNUMAInfo(&call, caller)
        default: return try machineControl(command, &call, at: address, caller)
        }
        try caller.memory.put(call, at: address)
        return 0
    }

    private func readConsole(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let clears = call.byte(at: 8) != 0
        try hooks.readConsole(clears: clears, caller)
        // Nobody needs more at once than the ring holds.
        let limit = Int(min(call.word32(at: 24), 1 << 20))
        let index = call.byte(at: 9) != 0 ? call.word32(at: 12) : nil
        let (text, next) = console.read(from: index, limit: limit, clears: clears)
        guard caller.memory.write(text, at: call.word64(at: 16)) else { throw .badAddress }
        call.set(next, at: 12)
        call.set(UInt32(text.count), at: 24)
    }

    private func tellPhysicalInfo(_ call: inout ABIStructure) {
        let (total, free) = machine.withLock { ($0.totalPages, $0.freePages) }
        call.set([UInt8](repeating: 0, count: 112), at: 8)
        call.set(1 as UInt32, at: 8)
        call.set(UInt32(configuration.processorCount), at: 12)
        call.set(UInt32(machine.withLock { $0.pools.online.nonzeroBitCount }), at: 16)
        call.set(UInt32(configuration.processorCount - 1), at: 20)
        call.set(1 as UInt32, at: 24)
        call.set(63 as UInt32, at: 28)
        call.set(1_000_000 as UInt32, at: 32)
        // Guests in hardware and others, passthrough where there is an IOMMU, hardware assisted paging, both kinds of grants.
        let passthrough: UInt32 = configuration.hasIOMMU ? 1 << 2 | 1 << 5 : 0
        let counters: UInt32 = isTurnedOn("vpmu") ? 1 << 7 : 0
        call.set(passthrough | counters | 1 << 0 | 1 << 1 | 1 << 3 | 1 << 4 | 1 << 8 | 1 << 9, at: 36)
        for (index, word) in CPUPolicy.machine.features.prefix(8).enumerated() { call.set(word, at: 88 + index * 4) }
        call.set(total, at: 48)
        call.set(free, at: 56)
        call.set(total &- 1, at: 80)
    }

    /// Tells of domains from a number on, of those that the caller may know of.
    private func listDomains(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let first = call.word16(at: 8)
        let limit = call.word32(at: 12)
        let address = call.word64(at: 16)
        let domains = machine.withLock { machine in
            machine.domains.keys.filter { $0 >= first }.sorted().compactMap { machine.domains[$0]?.domain }
        }
        var count: UInt32 = 0
        var lastError: XenErrorNumber?
        for domain in domains {
            if count == limit { break }
            lastError = nil
            do throws(XenErrorNumber) {
                try hooks.getDomainInfo(domain, caller)
            } catch {
                lastError = error
                continue
            }
            // One that has gone meanwhile is one that is not there.
            guard let info = try? info(of: domain) else { continue }
            guard caller.memory.write(info, at: address &+ UInt64(count) &* 112) else { throw .badAddress }
            count += 1
        }
        // Xen gives the last domain's refusal for the answer about all of them.
        if let lastError, !hooks.isStrict { throw lastError }
        call.set(count, at: 24)
    }

    private func pressKeys(_ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        let count = min(call.word32(at: 16), 256)
        guard let keys = caller.memory.read(Int(count), at: call.word64(at: 8)) else { throw .badAddress }
        for key in keys { console.log("'\(String(decoding: [key], as: UTF8.self))' pressed") }
        return 0
    }

    private func tellCPUInfo(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let count = min(call.word32(at: 8), UInt32(configuration.processorCount))
        let info = [UInt8](repeating: 0, count: Int(count) * 8)
        guard caller.memory.write(info, at: call.word64(at: 16)) else { throw .badAddress }
        call.set(count, at: 24)
    }

    /// Every processor is a core of one socket.
    private func tellCPUTopology(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let address = call.word64(at: 16)
        let wanted = UInt32(configuration.processorCount)
        guard address != 0 else { return call.set(wanted, at: 8) }
        let count = min(call.word32(at: 8), wanted)
        var info = ABIStructure(size: Int(count) * 12)
        for core in 0..<count { info.set(core, at: Int(core) * 12) }
        try caller.memory.put(info, at: address)
        call.set(wanted, at: 8)
    }

    /// All memory is one node's.
    private func tellNUMAInfo(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let memory = call.word64(at: 16)
        let distances = call.word64(at: 24)
        let count = call.word32(at: 8)
        call.set(1 as UInt32, at: 8)
        guard count > 0 else { return }
        if memory != 0 {
            let (total, free) = machine.withLock { ($0.totalPages, $0.freePages) }
            var info = ABIStructure(size: 16)
            info.set(total &* 4_096, at: 0)
            info.set(free &* 4_096, at: 8)
            try caller.memory.put(info, at: memory)
        }
        if distances != 0 {
            var distance = ABIStructure(size: 4)
            distance.set(10 as UInt32, at: 0)
            try caller.memory.put(distance, at: distances)
        }
    }
}
