import Flask
import Synchronization

// Where and how much domains run (Xen, xen/common/sched/core.c and credit2.c). Nothing is scheduled here: what is asked for is
// kept, checked as the schedulers check it, and told again.

extension Hypervisor {
    private static let hard: UInt32 = 1
    private static let soft: UInt32 = 2

    /// Sets or tells on which processors a domain's processor may run and likes to run; who sets is told what of it counts.
    func processorAffinity(
        _ domain: Domain, _ command: DomainControlCommand, _ call: ABIStructure, _ caller: Caller
    ) throws(XenErrorNumber) {
        let number = call.word32(at: 16)
        let flags = call.word32(at: 20)
        let width = machine.withLock { $0.pools.processorCount }
        let processor = try with(domain) { (state) throws(XenErrorNumber) in
            guard number < state.configuration.maximumProcessors else { throw .invalidArgument }
            guard number < state.processors.count else { throw .noSuchDomain }
            return state.processors[Int(number)]
        }
        let isValid =
            flags != 0 && (flags & Self.hard == 0 || call.word64(at: 24) != 0)
            && (flags & Self.soft == 0 || call.word64(at: 40) != 0)
        guard isValid else { throw .invalidArgument }
        guard command == .setProcessorAffinity else {
            if flags & Self.hard != 0 { try caller.memory.put(bitmap: processor.hardAffinity, call, at: 24, width: width) }
            if flags & Self.soft != 0 { try caller.memory.put(bitmap: processor.softAffinity, call, at: 40, width: width) }
            return
        }
        let online = try online(for: domain)
        var hard = processor.hardAffinity
        if flags & Self.hard != 0 {
            hard = try caller.memory.bitmap(call, at: 24, width: width)
            guard hard & online != 0 else { throw .invalidArgument }
        }
        let soft = flags & Self.soft != 0 ? try caller.memory.bitmap(call, at: 40, width: width) : nil
        try with(domain) { (state) throws(XenErrorNumber) in
            guard number < state.processors.count else { throw .noSuchDomain }
            if flags & Self.hard != 0 { state.processors[Int(number)].hardAffinity = hard }
            if let soft { state.processors[Int(number)].softAffinity = soft }
        }
        if flags & Self.hard != 0 { try caller.memory.put(bitmap: hard & online, call, at: 24, width: width) }
        if let soft { try caller.memory.put(bitmap: soft & online & hard, call, at: 40, width: width) }
    }

    /// The processors of a domain's pool.
    private func online(for domain: Domain) throws(XenErrorNumber) -> UInt64 {
        try machine.withLock { (machine) throws(XenErrorNumber) in
            let pool = try machine.with(domain) { (state) throws(XenErrorNumber) in state.pool }
            return machine.pools[pool]?.processors ?? 0
        }
    }

    // MARK: Nodes

    /// How many nodes of memory Xen may know of (`MAX_NUMNODES`); one has all of it.
    private static let nodes = 64

    func setNodeAffinity(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let wish = try caller.memory.bitmap(call, at: 16, width: Self.nodes)
        guard wish & 1 != 0 else { throw .invalidArgument }
        // All nodes are as good as none.
        try with(domain) { (state) throws(XenErrorNumber) in state.control.nodeAffinity = wish == .max ? nil : wish }
    }

    func getNodeAffinity(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let nodes = try with(domain) { (state) throws(XenErrorNumber) in state.control.nodeAffinity ?? 1 }
        try caller.memory.put(bitmap: nodes, call, at: 16, width: Self.nodes)
    }

    // MARK: Weights

    /// `XEN_DOMCTL_scheduler_op`. Throws `EINVAL` for another scheduler than that of the domain's pool.
    func schedule(_ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let command = call.word32(at: 20)
        try hooks.schedule(domain, command, caller)
        var answer = call
        let schedule = try machine.withLock { (machine) throws(XenErrorNumber) in
            let pool = try machine.with(domain) { (state) throws(XenErrorNumber) in state.pool }
            let scheduler = machine.pools[pool]?.scheduler
            guard call.word32(at: 16) == scheduler?.rawValue, command <= 3 else { throw .invalidArgument }
            return try machine.with(domain) { (state) throws(XenErrorNumber) in
                try state.adjustSchedule(command, scheduler, weight: call.word16(at: 24), cap: call.word16(at: 26))
            }
        }
        if command == 1, let schedule {
            answer.set(schedule.weight, at: 24)
            answer.set(schedule.cap, at: 26)
        }
        try caller.memory.put(answer, at: address)
    }

    /// `XEN_SYSCTL_scheduler_op`: for how long processors of a pool go on with what they run.
    func schedulePool(_ call: inout ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let command = call.word32(at: 16)
        try hooks.schedulePool(command, caller)
        guard command <= 1 else { throw .invalidArgument }
        let (number, scheduler, limit) = (call.word32(at: 8), call.word32(at: 12), call.word32(at: 24))
        let pool = try machine.withLock { (machine) throws(XenErrorNumber) in
            guard let pool = machine.pools[number] else { throw .noSuchDomain }
            guard pool.scheduler.rawValue == scheduler else { throw .invalidArgument }
            guard command == 0, pool.scheduler == .credit2 || pool.scheduler == .credit else { return pool }
            let value = pool.scheduler == .credit2 ? limit : call.word32(at: 28)
            guard value == 0 || 100...500_000 ~= value else { throw .invalidArgument }
            machine.pools.setRateLimit(value, of: number)
            return machine.pools[number] ?? pool
        }
        switch pool.scheduler {
        case .credit2: call.set(pool.rateLimit, at: 24)
        case .credit:
            call.set(30 as UInt32, at: 24)
            call.set(pool.rateLimit, at: 28)
            call.set(0 as UInt32, at: 32)
        case .realTime, .null: break
        }
    }
}

extension DomainState {
    /// Throws `EINVAL` for a limit that is more than all processors, and for what the scheduler has not.
    fileprivate mutating func adjustSchedule(
        _ command: UInt32, _ scheduler: ProcessorPools.Scheduler?, weight: UInt16, cap: UInt16
    ) throws(XenErrorNumber) -> DomainControlState.Schedule? {
        switch scheduler {
        case .credit, .credit2:
            guard command <= 1 else { throw .invalidArgument }
            guard command == 0 else { return control.schedule }
            if weight != 0 { control.schedule.weight = weight }
            if scheduler == .credit {
                if cap != .max { control.schedule.cap = cap }
            } else {
                guard Int(cap) <= 100 * processors.count else { throw .invalidArgument }
                control.schedule.cap = cap
            }
            return nil
        // What real time needs beside a weight is not kept; the null scheduler has nothing to adjust.
        case .realTime, .null, nil: throw .invalidArgument
        }
    }
}
