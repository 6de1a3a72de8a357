import Flask
import Synchronization

// Commands of `domctl` about a domain's life and processors (Xen, xen/common/domctl.c).

extension Hypervisor {
    func pause(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        guard domain !== caller.domain else { throw .invalidArgument }
        try with(domain) { (state) throws(XenErrorNumber) in
            guard state.pauseCount < 255 else { throw .valueTooLarge }
            state.pauseCount += 1
        }
    }

    func unpause(_ domain: Domain) throws(XenErrorNumber) {
        try raising { (machine, notices) throws(XenErrorNumber) in
            try machine.with(domain) { (state) throws(XenErrorNumber) in
                guard state.pauseCount > 0 else { throw .invalidArgument }
                state.pauseCount -= 1
                if state.pauseCount == 0 { state.control.hasRun = true }
            }
            machine.wakeProcessors(of: domain.number.rawValue, &notices)
        }
    }

    func resume(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        guard domain !== caller.domain else { throw .invalidArgument }
        try with(domain) { (state) throws(XenErrorNumber) in state.shutdownCode = nil }
    }

    /// Makes a domain serve another (`XEN_DOMCTL_set_target`).
    func setTarget(_ domain: Domain, _ number: UInt16, _ caller: Caller) throws(XenErrorNumber) {
        guard let target = self.domain(number) else { throw .noSuchDomain }
        guard target !== domain, domain.target == nil else { throw .invalidArgument }
        guard try with(target, { (state) throws(XenErrorNumber) in state.isHVM }) else { throw .notSupported }
        let label = try hooks.setTarget(domain, target, caller)
        domain.serve(target, as: label)
    }

    func setMaximumProcessors(_ domain: Domain, _ count: UInt32, _ caller: Caller) throws(XenErrorNumber) {
        guard domain !== caller.domain else { throw .invalidArgument }
        try with(domain) { (state) throws(XenErrorNumber) in
            guard count == state.configuration.maximumProcessors else { throw .invalidArgument }
            while state.processors.count < Int(count) { state.processors.append(VirtualProcessor()) }
        }
        try addServerPorts(of: domain, caller)
    }

    func setMaximumMemory(_ domain: Domain, kilobytes: UInt64) throws(XenErrorNumber) {
        try with(domain) { (state) throws(XenErrorNumber) in state.maximumPages = kilobytes / 4 }
    }

    func getProcessorInfo(
        _ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) {
        let number = call.word32(at: 16)
        let processor = try with(domain) { (state) throws(XenErrorNumber) in
            guard number < state.configuration.maximumProcessors else { throw .invalidArgument }
            guard number < state.processors.count else { throw .noSuchDomain }
            return state.processors[Int(number)]
        }
        var answer = call
        answer.set(UInt8(processor.isOnline ? 1 : 0), at: 20)
        answer.set(UInt8(processor.isBlocked ? 1 : 0), at: 21)
        answer.set(0 as UInt8, at: 22)
        answer.set(processor.runTime, at: 24)
        answer.set(0 as UInt32, at: 32)
        try caller.memory.put(answer, at: address)
    }

    // MARK: What a domain is like

    /// `XEN_DOMCTL_getdomaininfo`: about the domain of a number, or the next one.
    func getDomainInfo(
        _ number: UInt16, _ call: ABIStructure, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) -> Int64 {
        guard number < Machine.firstReservedNumber else { throw .invalidArgument }
        let next = machine.withLock { $0.domains.keys.filter { $0 >= number }.min() }
        guard let next, let domain = domain(next) else { throw .noSuchDomain }
        try hooks.getDomainInfo(domain, caller)
        var answer = call
        answer.set(try info(of: domain), at: 16)
        answer.set(domain.number.rawValue, at: 8)
        try caller.memory.put(answer, at: address)
        return 0
    }

    /// `struct xen_domctl_getdomaininfo`.
    func info(of domain: Domain) throws(XenErrorNumber) -> [UInt8] {
        try with(domain) { (state) throws(XenErrorNumber) in state.info }
    }
}

extension DomainState {
    /// `struct xen_domctl_getdomaininfo`: 112 bytes.
    var info: [UInt8] {
        var info = ABIStructure(size: 112)
        let online = processors.filter(\.isOnline)
        info.set(domain.number.rawValue, at: 0)
        info.set(flags(online: online), at: 4)
        info.set(totalPages, at: 8)
        info.set(maximumPages, at: 16)
        info.set(memory.claim, at: 24)
        if isHVM { info.set(memory.sharedInfoFrame ?? .max, at: 48) }
        info.set(processors.reduce(0) { $0 &+ $1.runTime }, at: 56)
        info.set(UInt32(online.count), at: 64)
        info.set(processors.isEmpty ? UInt32.max : UInt32(processors.count - 1), at: 68)
        info.set(domain.label.rawValue, at: 72)
        info.set(handle, at: 76)
        info.set(pool, at: 92)
        info.set(46 as UInt8, at: 96)
        info.set(configuration.emulatedDevices, at: 104)
        info.set(configuration.miscellaneous, at: 108)
        return info.bytes
    }

    /// `XEN_DOMINF_*`.
    private func flags(online: [VirtualProcessor]) -> UInt32 {
        var flags: UInt32 = 0
        func add(_ condition: Bool, _ bit: UInt32) { if condition { flags |= 1 << bit } }
        add(isDying, 0)
        add(isHVM, 1)
        add(shutdownCode != nil, 2)
        add(pauseCount > 0, 3)
        add(!online.isEmpty && online.allSatisfy(\.isBlocked), 4)
        add(pauseCount == 0 && online.contains { !$0.isBlocked }, 5)
        add(isDebugged, 6)
        add(domain.isXenStore, 7)
        add(hasHAP, 8)
        return flags | UInt32(shutdownCode ?? 0) << 16
    }
}
