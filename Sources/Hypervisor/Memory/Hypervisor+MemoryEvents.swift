import Flask
import Synchronization

// Operations of those who look into a domain from outside: what may be done with its frames, paging it out, sharing its pages
// (Xen, xen/common/mem_access.c: `mem_access_memop`, xen/arch/x86/mm/mem_paging.c, xen/arch/x86/mm/mem_sharing.c).

extension Hypervisor {
    /// `XENMEM_access_op`. Only whoever listens to the domain's events has anything to restrict: `ENODEV` else.
    func accessMemory(from start: UInt64, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        var call = try caller.memory.structure(32, at: address)
        let domain = try liveRemoteDomain(call.word16(at: 2), caller)
        guard try with(domain, { (state) throws(XenErrorNumber) in state.isHVM && state.hasHAP }) else { throw .invalidArgument }
        try hooks.memoryAccess(domain, caller)
        let last = try with(domain) { (state) throws(XenErrorNumber) in
            guard state.control.monitor.ring != nil else { throw .noDevice }
            return state.memory.maximumFrame
        }
        let frame = call.word64(at: 8)
        let count = UInt64(call.word32(at: 4))
        switch call.byte(at: 0) {
        case 0:
            let (end, overflow) = frame.addingReportingOverflow(count &- 1)
            guard frame == .max || count >= start && !overflow && end <= last else { throw .invalidArgument }
            let access = UInt16(call.byte(at: 1))
            try with(domain) { (state) throws(XenErrorNumber) in
                guard frame != .max else { return try state.setAccess(access, at: frame, view: 0) }
                var index = start
                while index < count {
                    try state.setAccess(access, at: frame + index, view: 0)
                    index += 1
                }
            }
        case 4:
            try setAccess(
                of: domain, frames: call.word64(at: 16), access: call.word64(at: 24), from: start, count: count, view: 0, caller)
        case 1:
            guard start == 0 else { throw .notImplemented }
            guard frame <= last || frame == .max else { throw .invalidArgument }
            let access = try with(domain) { (state) throws(XenErrorNumber) in try state.access(at: frame, view: 0) }
            call.set(UInt8(truncatingIfNeeded: access), at: 1)
            try caller.memory.put(1..<2, of: call, at: address)
        default: throw .notImplemented
        }
        return 0
    }

    /// Sets what may be done with each frame of a list.
    func setAccess(
        of domain: Domain, frames list: UInt64, access: UInt64, from start: UInt64, count: UInt64, view: UInt16, _ caller: Caller
    ) throws(XenErrorNumber) {
        var index = start
        while index < count {
            guard let kind = caller.memory.read(1, at: access &+ index)?.first,
                let frame = frames(at: list, index, most: 1, caller)?.first
            else { throw .badAddress }
            try with(domain) { (state) throws(XenErrorNumber) in try state.setAccess(UInt16(kind), at: frame, view: view) }
            index += 1
        }
    }

    /// `XENMEM_paging_op`: there is nobody to page domains out to.
    func pageMemory(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        let call = try caller.memory.structure(24, at: address)
        let domain = try liveRemoteDomain(call.word16(at: 2), caller)
        try hooks.memoryPaging(domain, caller)
        throw .noDevice
    }

    /// `XENMEM_sharing_op`. Pages can be named to be shared; two that are the same are left two, which Xen says too where it
    /// finds that they cannot be made one.
    func shareMemory(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        var call = try caller.memory.structure(48, at: address)
        // An audit: nothing is shared that could be wrong.
        if call.byte(at: 0) == 7 { return 0 }
        let domain = try liveRemoteDomain(call.word16(at: 2), caller)
        try hooks.memorySharing(domain, caller)
        try with(domain) { (state) throws(XenErrorNumber) in
            guard !state.memory.isSharing else { return }
            guard state.isHVM, state.hasHAP else { throw .noDevice }
            guard !state.isIOMMUEnabled else { throw .crossDevice }
            state.memory.isSharing = true
        }
        switch call.byte(at: 0) {
        case 0:
            let frame = call.word64(at: 8)
            let handle = try with(domain) { (state) throws(XenErrorNumber) in
                guard state.memory.page(at: frame) != nil else { throw .invalidArgument }
                // A page that others have mapped cannot become another.
                guard let page = state.memory.page(at: frame), state.memory.references[page] == nil else { throw .tooBig }
                let handle = state.memory.nominated.first { $0.value == frame }?.key
                let number = handle ?? UInt64(state.memory.nominated.count) + 1
                state.memory.nominated[number] = frame
                return number
            }
            call.set(handle, at: 16)
            try caller.memory.put(call, at: address)
            return 0
        case 2, 6, 8: try share(domain, call, caller)
        case 3: _ = try machine.withLock { (machine) throws(XenErrorNumber) in try machine.lookUp(call.word64(at: 8), of: domain) }
        default: throw .notImplemented
        }
        return 0
    }

    private func share(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let isRange = call.byte(at: 0) == 8
        if isRange {
            guard call.bytes[34..<40].allSatisfy({ $0 == 0 }) else { throw .invalidArgument }
            let goesOn = call.word64(at: 24)
            guard goesOn == 0 || goesOn >= call.word64(at: 8) && goesOn <= call.word64(at: 16) else { throw .invalidArgument }
        }
        let client = try liveRemoteDomain(call.word16(at: isRange ? 32 : 40), caller)
        try hooks.shareMemory(of: domain, with: client, caller)
        guard try with(client, { (state) throws(XenErrorNumber) in state.memory.isSharing }) else { throw .invalidArgument }
        throw .notSupported
    }
}
