import Flask
import Synchronization

extension Hypervisor {
    /// `XENMEM_set_pod_target` and `XENMEM_get_pod_target`: how many pages are kept for frames that are populated on demand
    /// (Xen, xen/arch/x86/mm.c: `arch_memory_op`, xen/arch/x86/mm/p2m-pod.c: `p2m_pod_set_mem_target`).
    func onDemandTarget(_ command: MemoryCommand, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        var call = try caller.memory.structure(40, at: address)
        let domain = try domain(call.word16(at: 32), or: caller)
        guard try with(domain, { (state) throws(XenErrorNumber) in state.isHVM }) else { throw .invalidArgument }
        if command == .setOnDemandTarget {
            try hooks.setOnDemandTarget(domain, caller)
            let target = call.word64(at: 0)
            try machine.withLock { (machine) throws(XenErrorNumber) in try machine.setOnDemandTarget(target, of: domain) }
        } else {
            try hooks.getOnDemandTarget(domain, caller)
        }
        let (total, kept, frames) = try with(domain) { (state) throws(XenErrorNumber) in
            (state.totalPages, state.memory.onDemandPages, state.memory.onDemandFrames)
        }
        call.set(total, at: 8)
        call.set(kept, at: 16)
        call.set(frames, at: 24)
        try caller.memory.put(call, at: address)
        return 0
    }
}

extension Machine {
    /// Throws `EINVAL` for more than the domain may have, and `ENOMEM`.
    fileprivate mutating func setOnDemandTarget(_ target: UInt64, of domain: Domain) throws(XenErrorNumber) {
        let wanted = try with(domain) { (state) throws(XenErrorNumber) -> (kept: UInt64, now: UInt64)? in
            guard target <= state.maximumPages else { throw .invalidArgument }
            let populated = state.totalPages - min(state.totalPages, state.memory.onDemandPages)
            // Nothing waits, or a balloon is to give memory back first.
            if populated > 0, state.memory.onDemandFrames == 0 { return nil }
            guard !state.isDying, target >= state.totalPages else { return nil }
            let kept = target - populated
            return (populated > 0 ? min(kept, state.memory.onDemandFrames) : kept, state.memory.onDemandPages)
        }
        guard let wanted else { return }
        if wanted.kept > wanted.now {
            try count(wanted.kept - wanted.now, for: domain)
        } else {
            try with(domain) { (state) throws(XenErrorNumber) in state.totalPages -= wanted.now - wanted.kept }
        }
        try with(domain) { (state) throws(XenErrorNumber) in state.memory.onDemandPages = wanted.kept }
    }
}
