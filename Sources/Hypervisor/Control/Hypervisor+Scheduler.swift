import Flask
import Synchronization

extension Hypervisor {
    /// The `sched_op` hypercall (Xen, xen/common/sched/core.c: `do_sched_op`). Only shutting another domain down needs a
    /// permission.
    func schedulerOperation(_ number: UInt32, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        guard let command = SchedulerCommand(rawValue: number) else { throw .notImplemented }
        switch command {
        case .yield: return 0
        case .block:
            try with(caller.domain) { (state) throws(XenErrorNumber) in state.block(caller.virtualProcessor) }
            return 0
        case .shutdown: try shutDown(caller.domain, reason: try caller.memory.structure(4, at: address).word32(at: 0))
        case .shutdownCode:
            let reason = UInt8(truncatingIfNeeded: try caller.memory.structure(4, at: address).word32(at: 0))
            try with(caller.domain) { (state) throws(XenErrorNumber) in
                if state.shutdownCode == nil, state.scheduling.announcedCode == nil { state.scheduling.announcedCode = reason }
            }
        case .poll: try poll(try caller.memory.structure(24, at: address), caller)
        case .remoteShutdown:
            let call = try caller.memory.structure(8, at: address)
            // A domain's own number is not for itself here.
            guard let domain = domain(call.word16(at: 0)) else { throw .noSuchDomain }
            try hooks.remoteShutdown(domain, caller)
            try shutDown(domain, reason: call.word32(at: 4))
        case .watchdog:
            let call = try caller.memory.structure(8, at: address)
            let (watchdog, timeout) = (call.word32(at: 0), call.word32(at: 4))
            return try with(caller.domain) { (state) throws(XenErrorNumber) in
                try state.scheduling.setWatchdog(watchdog, timeout)
            }
        case .pinOverride:
            guard caller.domain.number.rawValue == 0 else { throw .operationNotPermitted }
            let processor = Int32(bitPattern: try caller.memory.structure(4, at: address).word32(at: 0))
            guard processor < Int32(configuration.processorCount) else { throw .invalidArgument }
            try with(caller.domain) { (state) throws(XenErrorNumber) in
                state.scheduling.pinned[caller.virtualProcessor] = processor < 0 ? nil : processor
            }
        }
        return 0
    }

    /// Shuts a domain down; of the reason the last byte counts. Throws `ESRCH` when it is gone.
    func shutDown(_ domain: Domain, reason: UInt32) throws(XenErrorNumber) {
        try raising { (machine, notices) throws(XenErrorNumber) in
            guard machine.domains[domain.number.rawValue]?.domain === domain else { throw .noSuchDomain }
            machine.shutDown(domain.number.rawValue, UInt8(truncatingIfNeeded: reason), &notices)
        }
    }

    /// A processor waits for one of some ports. Throws `EINVAL` for too many or one that is none, and `EFAULT`. There is no
    /// clock: nobody is woken by time.
    private func poll(_ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let count = call.word32(at: 8)
        guard count <= 128 else { throw .invalidArgument }
        let list = try caller.memory.structure(Int(count) * 4, at: call.word64(at: 0))
        let ports = (0..<Int(count)).map { list.word32(at: $0 * 4) }
        try with(caller.domain) { (state) throws(XenErrorNumber) in
            guard !state.hasEvents(caller.virtualProcessor) else { return }
            for port in ports {
                guard state.events.isValid(port) else { throw .invalidArgument }
                if state.isPending(port) { return }
            }
            guard state.hasProcessor(caller.virtualProcessor) else { return }
            state.events.pollers[caller.virtualProcessor] = ports.count == 1 ? ports[0] : 0
            state.processors[Int(caller.virtualProcessor)].isBlocked = true
        }
    }
}

extension DomainState {
    /// A processor sleeps until there are events, unless there are.
    fileprivate mutating func block(_ processor: UInt32) {
        guard hasProcessor(processor), !hasEvents(processor) else { return }
        processors[Int(processor)].isBlocked = true
    }
}

extension SchedulingState {
    /// Sets a watchdog, or the next free one where the number is 0, whose number is the answer then. Throws `ENOSPC` and
    /// `EINVAL` (Xen: `domain_watchdog`).
    fileprivate mutating func setWatchdog(_ number: UInt32, _ timeout: UInt32) throws(XenErrorNumber) -> Int64 {
        guard number <= watchdogs.count else { throw .invalidArgument }
        if number == 0 {
            guard let free = watchdogs.firstIndex(of: nil) else { throw .noSpace }
            watchdogs[free] = timeout
            return Int64(free + 1)
        }
        guard watchdogs[Int(number) - 1] != nil else { throw .invalidArgument }
        watchdogs[Int(number) - 1] = timeout == 0 ? nil : timeout
        return 0
    }
}
