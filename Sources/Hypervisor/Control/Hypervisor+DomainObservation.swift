import Flask
import Synchronization

// Who looks at a domain and is told of what happens in it (Xen, xen/common/vm_event.c, xen/common/monitor.c,
// xen/arch/x86/gdbsx.c). As nobody runs nothing happens: who listens, where and to what, is kept.

extension Hypervisor {
    /// The version of what a listener is told (`VM_EVENT_INTERFACE_VERSION`).
    private static let eventVersion: UInt32 = 7

    /// `XEN_DOMCTL_vm_event_op`. Anybody who may ask at all may ask for the version.
    func eventMonitor(_ domain: Domain?, _ call: ABIStructure, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        var answer = call
        let (operation, mode) = (call.word32(at: 16), call.word32(at: 20))
        if operation == 3 {
            answer.set(Self.eventVersion, at: 24)
            return try caller.memory.put(answer, at: address)
        }
        // Xen has no answer for a domain that is none.
        guard let domain else { throw .noSuchDomain }
        try hooks.eventMonitor(domain, caller)
        guard domain !== caller.domain else { throw .invalidArgument }
        let (isDying, hasProcessors) = try with(domain) { (state) throws(XenErrorNumber) in
            (state.isDying, !state.processors.isEmpty)
        }
        guard !isDying else { return }
        guard hasProcessors else { throw .invalidArgument }
        // Neither paging nor sharing of memory has listeners: Debian's Xen is built without.
        guard mode == 2 else { throw .notImplemented }
        switch operation {
        case 0: answer.set(try addMonitor(of: domain, caller), at: 24)
        case 1:
            try machine.withLock { (machine) throws(XenErrorNumber) in
                guard try machine.with(domain, { (state) throws(XenErrorNumber) in state.control.monitor.ring != nil }) else {
                    throw .invalidArgument
                }
                machine.removeMonitor(of: domain.number.rawValue)
            }
        case 2:
            try with(domain) { (state) throws(XenErrorNumber) in
                guard state.control.monitor.ring != nil else { throw .noDevice }
                state.control.monitor.ring?.takeResponses()
            }
        default: throw .notImplemented
        }
        try caller.memory.put(answer, at: address)
    }

    /// Lets the caller's domain listen to another one's events: the port at which it does. Throws `EBUSY` while somebody listens,
    /// `EOPNOTSUPP` where the domain has said no page for the ring (`HVM_PARAM_MONITOR_RING_PFN`), `EINVAL` for a page that is
    /// none, what the hook says, and `ENOSPC` (Xen: `vm_event_enable`).
    private func addMonitor(of domain: Domain, _ caller: Caller) throws(XenErrorNumber) -> UInt32 {
        try with(domain) { (state) throws(XenErrorNumber) in
            guard state.control.monitor.ring == nil else { throw .busy }
            guard state.isHVM, state.hvm[.monitorRingFrame] != 0 else { throw .notSupported }
        }
        let label = try hooks.createUnbound(of: domain, for: caller.domain, caller)
        let remote = caller.domain.number.rawValue
        return try machine.withLock { (machine) throws(XenErrorNumber) in
            let page = try machine.with(domain) { (state) throws(XenErrorNumber) in
                guard state.control.monitor.ring == nil else { throw .busy }
                guard state.hvm[.monitorRingFrame] != 0 else { throw .notSupported }
                return try state.memory.hold(state.hvm[.monitorRingFrame])
            }
            do throws(XenErrorNumber) {
                let port = try machine.addUnbound(domain, remote: remote, EventChannel(label: label, isXens: true))
                try machine.with(domain) { (state) throws(XenErrorNumber) in
                    state.events.monitorPorts.insert(port)
                    state.control.monitor.ring = MonitorRing(page: page, port: port)
                }
                return port
            } catch {
                try machine.with(domain) { (state) throws(XenErrorNumber) in state.letGo(page) }
                throw error
            }
        }
    }

    /// `XEN_DOMCTL_monitor_op`: which events a listener is told of.
    func monitor(_ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        guard domain !== caller.domain else { throw .operationNotPermitted }
        try hooks.eventMonitor(domain, caller)
        var answer = call
        let event = call.word32(at: 20)
        // What hardware can tell of: nothing of a domain that does not run in it.
        let events = try with(domain) { (state) throws(XenErrorNumber) in
            let possible: UInt32 = state.isHVM ? 0x1fff : 0
            switch call.word32(at: 16) {
            case 0, 1:
                let enables = call.word32(at: 16) == 0
                guard event <= 31 else { throw .invalidArgument }
                guard possible >> event & 1 == 1 else { throw .notSupported }
                try state.control.monitor.set(event, enables, call)
            // It is asked about; how instructions would be emulated, and whether listeners change registers.
            case 2, 3, 4: break
            default: throw .notSupported
            }
            return possible
        }
        if call.word32(at: 16) == 2 { answer.set(events, at: 20) }
        try caller.memory.put(answer, at: address)
    }

    /// Whether a domain's pages may be shared with others is kept: no page is (Xen, xen/arch/x86/mm/mem_sharing.c).
    func shareMemory(_ domain: Domain, _ call: ABIStructure) throws(XenErrorNumber) {
        try with(domain) { (state) throws(XenErrorNumber) in
            guard call.byte(at: 16) == 0 else { throw .notImplemented }
            guard state.hasHAP else { throw .noDevice }
            guard !state.isIOMMUEnabled || call.byte(at: 17) == 0 else { throw .crossDevice }
            state.memory.isSharing = call.byte(at: 17) != 0
        }
    }

    /// The map of a domain's memory is always in order here.
    func auditPhysmap(_ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        guard domain !== caller.domain else { throw .operationNotPermitted }
        var answer = call
        for place in [16, 24, 32] { answer.set(0 as UInt64, at: place) }
        try caller.memory.put(answer, at: address)
    }

    // MARK: Debuggers

    func debug(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let (operation, number) = (call.word32(at: 16), call.word32(at: 20))
        try with(domain) { (state) throws(XenErrorNumber) in
            guard number < state.processors.count, state.isHVM else { throw .invalidArgument }
            guard operation <= 5 else { throw .notImplemented }
            // No step is taken, neither a single one nor many.
            guard operation <= 1 else { throw .notSupported }
        }
    }

    func debuggerPause(_ domain: Domain, _ number: UInt32, pauses: Bool, _ caller: Caller) throws(XenErrorNumber) {
        let wasRunning = try with(domain) { (state) throws(XenErrorNumber) in
            guard state.pauseCount > 0 else { throw .busy }
            guard number < state.processors.count else { throw .invalidArgument }
            var processor = state.control.processors[number] ?? ProcessorControlState()
            guard pauses || processor.pauseCount > 0 else { return true }
            guard !pauses || processor.pauseCount < 255 else { throw .valueTooLarge }
            processor.pauseCount += pauses ? 1 : -1
            state.control.processors[number] = processor
            return false
        }
        guard wasRunning else { return }
        let own = caller.domain.number
        console.log("WARN: \(own) attempting to unpause \(domain.number)v\(number) which is not paused")
        throw .invalidArgument
    }

    func debuggerStatus(_ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        var answer = call
        let isPaused = try with(domain) { (state) throws(XenErrorNumber) in state.pauseCount > 0 }
        answer.set(isPaused ? 1 : 0 as UInt8, at: 16)
        // No processor has come to where a debugger waits for it.
        answer.set(UInt32.max, at: 20)
        try caller.memory.put(answer, at: address)
    }

    /// No processor of this machine can trace.
    func trace(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let (size, count) = try with(domain) { (state) throws(XenErrorNumber) in
            (state.configuration.traceSize, state.processors.count)
        }
        guard size != 0, domain !== caller.domain else { throw .invalidArgument }
        guard call.word32(at: 20) < count else { throw .noEntry }
        throw .notSupported
    }
}

extension Machine {
    /// Nobody listens to a domain's events any more; what was to be told is forgotten (Xen: `vm_event_disable`,
    /// `arch_monitor_cleanup_domain`).
    fileprivate mutating func removeMonitor(of number: UInt16) {
        guard let ring = domains[number]?.control.monitor.ring else { return }
        try? close(number, ring.port, byGuest: false)
        domains[number]?.control.monitor = DomainControlState.Monitor()
        domains[number]?.letGo(ring.page)
    }
}

extension DomainControlState.Monitor {
    /// Throws `EEXIST` when it is so already, and `EINVAL` for a register that cannot be told of.
    fileprivate mutating func set(_ event: UInt32, _ enables: Bool, _ call: ABIStructure) throws(XenErrorNumber) {
        switch event {
        case 0:
            let index = call.byte(at: 24)
            guard index <= 4, call.byte(at: 27) == 0, call.word32(at: 28) == 0 else { throw .invalidArgument }
            guard (controlRegisters >> UInt32(index) & 1 == 1) != enables else { throw .exists }
            controlRegisters ^= 1 << UInt32(index)
        case 1:
            let register = call.word32(at: 24)
            guard register <= 0x1fff || 0x4000_0000...0x4000_1fff ~= register || 0xc000_0000...0xc000_1fff ~= register
            else { throw .invalidArgument }
            guard registers.contains(register) != enables else { throw .exists }
            if enables { registers.insert(register) } else { registers.remove(register) }
        default:
            guard (events >> event & 1 == 1) != enables else { throw .exists }
            events ^= 1 << event
        }
    }
}
