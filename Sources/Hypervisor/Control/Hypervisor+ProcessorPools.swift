import Flask
import Synchronization

extension Hypervisor {
    /// `XEN_SYSCTL_cpupool_op` (Xen, xen/common/sched/cpupool.c: `cpupool_do_sysctl`).
    func poolOperation(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let (number, scheduler) = (call.word32(at: 12), call.word32(at: 16))
        let processor = call.word32(at: 24)
        switch call.word32(at: 8) {
        case 1:
            let made = try machine.withLock { (machine) throws(XenErrorNumber) in
                try machine.pools.create(number, scheduler: scheduler)
            }
            call.set(made, at: 12)
        case 2:
            try machine.withLock { (machine) throws(XenErrorNumber) in
                try machine.pools.destroy(number, domains: machine.domains(inPool: number))
            }
        case 3: try tellPool(number, &call, caller)
        case 4: try machine.withLock { (machine) throws(XenErrorNumber) in try machine.pools.add(processor, to: number) }
        case 5:
            try machine.withLock { (machine) throws(XenErrorNumber) in
                try machine.pools.remove(processor, from: number, domains: machine.domains(inPool: number))
            }
        case 6: try move(UInt16(truncatingIfNeeded: call.word32(at: 20)), toPool: number, caller)
        case 7:
            let (free, width) = machine.withLock { ($0.pools.free, $0.pools.processorCount) }
            try caller.memory.put(bitmap: free, call, at: 32, width: width)
        default: throw .notImplemented
        }
    }

    /// Tells of the pool of a number, or the next one.
    private func tellPool(_ number: UInt32, _ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let (pool, domains, width) = try machine.withLock { (machine) throws(XenErrorNumber) in
            guard let pool = machine.pools.pools.first(where: { $0.number >= number }) else { throw .noEntry }
            return (pool, machine.domains(inPool: pool.number), machine.pools.processorCount)
        }
        call.set(pool.number, at: 12)
        call.set(pool.scheduler.rawValue, at: 16)
        call.set(UInt32(domains), at: 28)
        try caller.memory.put(bitmap: pool.processors, call, at: 32, width: width)
    }

    /// Nobody moves himself (`EINVAL`, as for his own number; Xen, xen/common/domain.c: `rcu_lock_remote_domain_by_id`).
    private func move(_ number: UInt16, toPool pool: UInt32, _ caller: Caller) throws(XenErrorNumber) {
        guard let domain = domain(number) else { throw .noSuchDomain }
        guard domain !== caller.domain else { throw .operationNotPermitted }
        try machine.withLock { (machine) throws(XenErrorNumber) in
            let old = try machine.with(domain) { (state) throws(XenErrorNumber) in state.pool }
            guard old != pool else { return }
            guard let target = machine.pools[pool], target.processors != 0 else { throw .noEntry }
            try machine.with(domain) { (state) throws(XenErrorNumber) in
                state.pool = pool
                // What was asked for in the old pool means nothing in the new one.
                for index in state.processors.indices { state.processors[index].hardAffinity = .max }
            }
        }
    }
}
