import Flask
import Synchronization

// What guests are told of memory (Xen, xen/arch/x86/mm.c: `arch_memory_op`, xen/common/memory.c).

extension Hypervisor {
    /// As many ranges can be told (Xen: `E820MAX`), each 20 bytes.
    private static let mostRanges: UInt32 = 1_024

    /// `XENMEM_set_memory_map`.
    func setMemoryMap(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        let call = try caller.memory.structure(24, at: address)
        let count = call.word32(at: 8)
        guard count <= Self.mostRanges else { throw .invalidArgument }
        let domain = try domain(call.word16(at: 0), or: caller)
        try hooks.memoryMap(domain, caller)
        guard let map = caller.memory.read(Int(count) * 20, at: call.word64(at: 16)) else { throw .badAddress }
        try with(domain) { (state) throws(XenErrorNumber) in state.memory.map = map }
        return 0
    }

    /// `XENMEM_memory_map`, the caller's own.
    func tellMemoryMap(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        var call = try caller.memory.structure(16, at: address)
        let map = try with(caller.domain) { (state) throws(XenErrorNumber) in state.memory.map ?? [] }
        guard !map.isEmpty else { throw .notImplemented }
        let count = min(call.word32(at: 0), UInt32(map.count / 20))
        guard caller.memory.write(Array(map.prefix(Int(count) * 20)), at: call.word64(at: 8)) else { throw .badAddress }
        call.set(count, at: 0)
        try caller.memory.put(call, at: address)
        return 0
    }

    /// `XENMEM_machine_memory_map`: memory as on a PC, below and above the devices' space.
    func tellMachineMemoryMap(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        try hooks.machineMemoryMap(caller)
        var call = try caller.memory.structure(16, at: address)
        let pages = machine.withLock { $0.totalPages }
        let low = min(pages, 0xc0000)
        var ranges: [(start: UInt64, size: UInt64, kind: UInt32)] = [(0, 0x9f000, 1), (0x9f000, 0x61000, 2)]
        if low > 0x100 { ranges.append((0x100000, (low - 0x100) * 4_096, 1)) }
        ranges.append((0xfec0_0000, 0x1000, 2))
        if pages > low { ranges.append((1 << 32, (pages - low) * 4_096, 1)) }
        let list = call.word64(at: 8)
        if list != 0 {
            guard call.word32(at: 0) >= UInt32(ranges.count) + 1 else { throw .invalidArgument }
            var map = ABIStructure(size: ranges.count * 20)
            for (index, range) in ranges.enumerated() {
                map.set(range.start, at: index * 20)
                map.set(range.size, at: index * 20 + 8)
                map.set(range.kind, at: index * 20 + 16)
            }
            try caller.memory.put(map, at: list)
        }
        call.set(UInt32(ranges.count), at: 0)
        try caller.memory.put(call, at: address)
        return 0
    }

    /// `XENMEM_machphys_mapping`: where a guest sees the machine-to-physical table, if it sees it.
    func tellMachineToPhysicalMapping(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        let pages = machine.withLock { $0.totalPages }
        var answer = ABIStructure(size: 24)
        answer.set(0xffff_8000_0000_0000 as UInt64, at: 0)
        answer.set(0xffff_8040_0000_0000 as UInt64, at: 8)
        answer.set(caller.domain.number.rawValue == 0 ? pages &- 1 : 0x40_0000_0000 / 8 - 1, at: 16)
        try caller.memory.put(answer, at: address)
        return 0
    }

    /// `XENMEM_machphys_mfn_list`: the table takes no machine frames here, so there are none to name.
    func listMachineToPhysicalFrames(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        var call = try caller.memory.structure(24, at: address)
        call.set(0 as UInt32, at: 16)
        try caller.memory.put(call, at: address)
        return 0
    }

    /// `XENMEM_reserved_device_memory_map`: no device reserves any.
    func tellReservedDeviceMemory(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        var call = try caller.memory.structure(24, at: address)
        guard call.word32(at: 0) & ~1 == 0 else { throw .invalidArgument }
        call.set(0 as UInt32, at: 4)
        try caller.memory.put(call, at: address)
        return 0
    }

    /// `XENMEM_get_vnumainfo`. What has too little room is told how much it takes, and `ENOBUFS`.
    func getVirtualNUMA(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        var call = try caller.memory.structure(40, at: address)
        guard call.word16(at: 2) == 0 else { throw .invalidArgument }
        let domain = try domain(call.word16(at: 0), or: caller)
        try hooks.getVirtualNUMA(domain, caller)
        let numa = try with(domain) { (state) throws(XenErrorNumber) in
            guard let numa = state.memory.virtualNUMA else { throw .notSupported }
            return numa
        }
        let room = (call.word32(at: 4), call.word32(at: 8), call.word32(at: 12))
        let needed = (numa.nodeCount, UInt32(numa.nodeOfProcessor.count), UInt32(numa.ranges.count))
        call.set(needed.0, at: 4)
        call.set(needed.1, at: 8)
        call.set(needed.2, at: 12)
        guard room.0 >= needed.0, room.1 >= needed.1, room.2 >= needed.2 else {
            try caller.memory.put(call, at: address)
            throw .noBufferSpace
        }
        var ranges = ABIStructure(size: numa.ranges.count * 24)
        for (index, range) in numa.ranges.enumerated() {
            ranges.set(range.start, at: index * 24)
            ranges.set(range.end, at: index * 24 + 8)
            ranges.set(range.flags, at: index * 24 + 16)
            ranges.set(range.node, at: index * 24 + 20)
        }
        try caller.memory.put(ranges, at: call.word64(at: 32))
        try caller.memory.put(Self.words(numa.distances), at: call.word64(at: 16))
        try caller.memory.put(Self.words(numa.nodeOfProcessor), at: call.word64(at: 24))
        try caller.memory.put(call, at: address)
        return 0
    }

    private static func words(_ numbers: [UInt32]) -> ABIStructure {
        var structure = ABIStructure(size: numbers.count * 4)
        for (index, number) in numbers.enumerated() { structure.set(number, at: index * 4) }
        return structure
    }
}
