import Flask
import Synchronization

// What is set of a domain and told again (Xen, xen/common/domctl.c and xen/arch/x86/domctl.c).

extension Hypervisor {
    // MARK: Clocks

    func getClock(_ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        guard domain !== caller.domain else { throw .invalidArgument }
        let clock = try with(domain) { (state) throws(XenErrorNumber) in state.control.clock }
        var answer = call
        answer.set(clock.mode, at: 16)
        // Where the guest reads the processors' own clock there is no time to tell.
        answer.set(clock.mode == 2 ? 0 : clock.kilohertz, at: 20)
        answer.set(clock.mode == 2 ? 0 : clock.incarnation, at: 24)
        answer.set(clock.mode == 2 ? 0 : clock.elapsed, at: 32)
        try caller.memory.put(answer, at: address)
    }

    func setClock(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        guard domain !== caller.domain else { throw .invalidArgument }
        let clock = DomainControlState.Clock(
            mode: call.word32(at: 16), kilohertz: call.word32(at: 20), incarnation: call.word32(at: 24),
            elapsed: call.word64(at: 32))
        guard clock.mode <= 2 else { throw .invalidArgument }
        try with(domain) { (state) throws(XenErrorNumber) in
            let known = clock.kilohertz == 0 ? state.control.clock.kilohertz : clock.kilohertz
            state.control.clock = clock
            state.control.clock.kilohertz = known
        }
    }

    // MARK: Buttons and interrupts that cannot be masked

    func sendTrigger(_ domain: Domain, _ call: ABIStructure) throws(XenErrorNumber) {
        let number = call.word32(at: 20)
        try with(domain) { (state) throws(XenErrorNumber) in
            guard number < state.processors.count else { throw .noSuchDomain }
            switch call.word32(at: 16) {
            // Nobody runs who would see it.
            case 0: break
            case 3, 4: guard state.isHVM else { throw .invalidArgument }
            default: throw .notImplemented
            }
        }
    }

    /// Which domain is told of an event of the machine. Throws `EINVAL` for one that is a domain's own.
    func setVirtualInterruptHandler(_ domain: Domain, _ interrupt: UInt32) throws(XenErrorNumber) {
        try machine.withLock { (machine) throws(XenErrorNumber) in try machine.setHandler(of: interrupt, domain) }
    }

    // MARK: Width and entry points

    func addressSize(
        _ domain: Domain, _ command: DomainControlCommand, _ call: ABIStructure, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) {
        let size = try with(domain) { (state) throws(XenErrorNumber) in
            guard !state.isHVM else { throw .notSupported }
            guard command == .setAddressSize else { return state.addressSize }
            let wish = call.word32(at: 16)
            guard wish != state.addressSize else { return wish }
            // A domain becomes narrower before it has memory, and never wider again.
            guard wish == 32 else { throw .invalidArgument }
            guard state.totalPages == 0 else { throw .permissionDenied }
            state.addressSize = wish
            return wish
        }
        guard command == .getAddressSize else { return }
        var answer = call
        answer.set(size, at: 16)
        try caller.memory.put(answer, at: address)
    }

    /// The page through which a guest calls would be written to where it says; nobody runs who would call. Throws `EINVAL` for a page that
    /// the domain cannot have.
    func initializeHypercalls(_ domain: Domain, frame: UInt64) throws(XenErrorNumber) {
        try with(domain) { (_) throws(XenErrorNumber) in
            guard frame < 1 << 40 else { throw .invalidArgument }
        }
    }

    /// No page here breaks.
    func setBrokenPage(_ domain: Domain) throws(XenErrorNumber) {
        try with(domain) { (_) throws(XenErrorNumber) in throw .invalidArgument }
    }

    // MARK: Nodes that a domain sees

    func setVirtualNUMA(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let (nodes, ranges, processors) = (call.word32(at: 16), call.word32(at: 20), call.word32(at: 24))
        let limit = try with(domain) { (state) throws(XenErrorNumber) in state.configuration.maximumProcessors }
        guard processors == limit, call.word32(at: 28) == 0 else { throw .invalidArgument }
        // As much as fits on a page.
        guard nodes > 0, nodes <= 1_024 / nodes, ranges <= 4_096 / 24 else { throw .invalidArgument }
        let distances = try words(nodes * nodes, at: call.word64(at: 32), caller)
        let table = try caller.memory.structure(Int(ranges) * 24, at: call.word64(at: 56))
        let memory = (0..<Int(ranges)).map { index in
            VirtualNUMA.Range(
                start: table.word64(at: index * 24), end: table.word64(at: index * 24 + 8),
                flags: table.word32(at: index * 24 + 16), node: table.word32(at: index * 24 + 20))
        }
        let nodeOfProcessor = try words(processors, at: call.word64(at: 40), caller)
        guard nodeOfProcessor.allSatisfy({ $0 < nodes }) else { throw .tooBig }
        let machineNodes = try words(nodes, at: call.word64(at: 48), caller)
        guard machineNodes.allSatisfy({ $0 < 64 }) else { throw .tooBig }
        guard memory.allSatisfy({ $0.flags == 0 }) else { throw .invalidArgument }
        let made = VirtualNUMA(
            nodeCount: nodes, distances: distances, nodeOfProcessor: nodeOfProcessor, machineNodes: machineNodes, ranges: memory)
        try with(domain) { (state) throws(XenErrorNumber) in state.memory.virtualNUMA = made }
    }

    private func words(_ count: UInt32, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> [UInt32] {
        let structure = try caller.memory.structure(Int(count) * 4, at: address)
        return (0..<Int(count)).map { structure.word32(at: $0 * 4) }
    }
}

extension Machine {
    /// Takes away what a domain that is gone has had of the machine: its devices are kept apart until somebody has them again.
    mutating func releaseControl(of number: UInt16) {
        for device in devices.keys where devices[device]?.owner == number { devices[device]?.owner = DomainIdentifier.io.rawValue }
        removeRings(of: number)
        let used = Set(domains.values.flatMap { $0.resources.mappedInterrupts.values })
        for interrupt in interrupts.messages.keys where !used.contains(interrupt) { interrupts.remove(interrupt) }
    }
}
