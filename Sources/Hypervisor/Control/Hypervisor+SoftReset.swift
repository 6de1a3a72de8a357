import Flask
import Synchronization

extension Hypervisor {
    /// `XEN_DOMCTL_soft_reset`: a domain begins anew with the memory that it has, after it has shut down (Xen,
    /// xen/common/domain.c: `domain_soft_reset`, xen/arch/x86/domain.c: `arch_domain_soft_reset`). Its channels are closed, its
    /// rings for messages are gone, and it has told the hypervisor of no place any more. Its grants stay: of those that somebody
    /// uses the console is told. Registers are set by whoever asked for the reset.
    ///
    /// Throws `EINVAL` for the caller, a domain that has not shut down, and one that nobody has paused; `EBUSY` and `EAGAIN` as
    /// ``resetChannels(of:_:)``; `EINVAL` for a domain that is not in hardware and `ENOMEM`, with which it has crashed.
    func softReset(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        guard domain !== caller.domain else { throw .invalidArgument }
        try with(domain) { (state) throws(XenErrorNumber) in
            guard state.shutdownCode != nil || state.processors.isEmpty else { throw .invalidArgument }
        }
        try resetChannels(of: domain, caller)
        for line in try with(domain, { (state) throws(XenErrorNumber) in state.activeGrantLines }) { console.log(line) }
        var failure: XenErrorNumber?
        do throws(XenErrorNumber) {
            try machine.withLock { (machine) throws(XenErrorNumber) in
                machine.removeRings(of: domain.number.rawValue)
                try machine.with(domain) { (state) throws(XenErrorNumber) in
                    state.resetProcessorInfo()
                    guard state.isHVM else { throw .invalidArgument }
                    state.deviceModel.emulatedInterrupts = [:]
                }
                try machine.replaceSharedInfo(of: domain)
            }
        } catch {
            failure = error
        }
        // It goes on, or has crashed for a reason of its own.
        try with(domain) { (state) throws(XenErrorNumber) in state.shutdownCode = nil }
        guard let failure else { return }
        try shutDown(domain, reason: UInt32(ShutdownReason.crash))
        throw failure
    }
}

extension DomainState {
    /// What the console is told of grants that are in use (Xen, xen/common/grant_table.c: `grant_table_warn_active_grants`).
    fileprivate var activeGrantLines: [String] {
        let most = 10
        let used = grants.active.sorted { $0.key < $1.key }
        let number = domain.number.rawValue
        var lines = used.prefix(most).map { reference, active in
            let frame = active.number.map { Machine.machineFrame($0, of: domain.number) } ?? 0
            let words = [UInt64(reference), frame].map { String($0, radix: 16) }
            return "d\(number) has active grant \(words[0]) (MFN: 0x\(words[1]))"
        }
        if used.count > most { lines.append("d\(number) has too many (\(used.count)) active grants to report") }
        return lines
    }
}

extension Machine {
    /// The guest finds memory where it had `struct shared_info`, so that there is no hole when it puts that elsewhere. Throws
    /// `ENOMEM`.
    fileprivate mutating func replaceSharedInfo(of domain: Domain) throws(XenErrorNumber) {
        let frame = try with(domain) { (state) throws(XenErrorNumber) in state.memory.sharedInfoFrame }
        guard let frame else { return }
        guard let page = try? take(1, for: domain).first?.lowerBound else { throw .outOfMemory }
        try with(domain) { (state) throws(XenErrorNumber) in
            state.memory.removeSpecial(at: frame)
            try state.memory.place(page, at: frame)
        }
    }
}
