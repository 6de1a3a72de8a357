import Flask
import Synchronization

extension Hypervisor {
    /// The `xenoprof_op` hypercall: what processors do is sampled (Xen, xen/common/xenoprof.c: `do_xenoprof_op`). These
    /// processors have nothing that could be sampled (`ENODEV`).
    func profiling(_ number: UInt32, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        guard number <= 17 else { throw .invalidArgument }
        let isFirst = caller.domain.number.rawValue == 0
        // What is for all domains is for the one that has begun to profile them.
        let isOwn = [0, 8, 11, 14].contains(number)
        guard isOwn || isFirst && machine.withLock({ $0.platform.hasProfiler }) else { throw .operationNotPermitted }
        try hooks.profile(number, caller)
        switch number {
        case 0:
            var answer = ABIStructure(size: 72)
            answer.set(isFirst ? 1 : 0 as UInt32, at: 4)
            try caller.memory.put(answer, at: address)
            if isFirst { machine.withLock { $0.platform.hasProfiler = true } }
        // Lists of domains, which are empty.
        case 1, 2: break
        case 13: machine.withLock { $0.platform.hasProfiler = false }
        case 15...17: throw .notImplemented
        default: throw .noDevice
        }
        return 0
    }
}
