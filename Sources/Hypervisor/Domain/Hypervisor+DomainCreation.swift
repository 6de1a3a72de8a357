import Flask
import Synchronization

extension Hypervisor {
    /// Creates a domain without processors and memory, paused. The number is the caller's choice or, where that is none, the
    /// next free one (Xen, xen/common/domctl.c and xen/common/domain.c: `domain_create`).
    ///
    /// Throws `EEXIST` for a number that is taken, `EINVAL` for what does not go together, `ENOMEM` when all numbers are
    /// taken, and what the hook says.
    func createDomain(_ call: ABIStructure, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        let configuration = DomainConfiguration(call, at: 16)
        // Who gives no label means none.
        let wish = SecurityIdentifier(rawValue: call.word32(at: 16))
        let label = wish == .null ? self.configuration.vocabulary.initialSID(named: "unlabeled") : wish
        // Asked before it is known whether the number is free: that is for those to know who may create.
        let own = try hooks.create(label: label, caller, isDom0Taken: machine.withLock { $0.hasCreatedDom0 })
        guard configuration.isValid else { throw .invalidArgument }
        let number = try add(
            configuration, number: call.word16(at: 8), pool: call.word32(at: 68), label: label, own: own, by: caller
        ) { state in state.handle = Array(call.bytes[20..<36]) }
        var answer = call
        answer.set(number, at: 8)
        try caller.memory.put(8..<10, of: answer, at: address)
        return 0
    }

    /// Adds a domain, paused, and tells of it. Its number. Throws `EEXIST`, `ENOMEM`, and what the pool says.
    func add(
        _ configuration: DomainConfiguration, number wish: UInt16 = 0, pool: UInt32 = 0, label: SecurityIdentifier,
        own: SecurityIdentifier, by caller: Caller, _ body: (inout DomainState) -> Void = { _ in }
    ) throws(XenErrorNumber) -> UInt16 {
        let grants = try GrantTable(configuration)
        let (number, domain) = try machine.withLock { (machine) throws(XenErrorNumber) in
            try machine.pools.checkForDomain(pool)
            let number = try machine.freeNumber(wish: wish)
            let domain = Domain(
                number: DomainIdentifier(rawValue: number), label: label, own: own,
                isXenStore: configuration.flags.contains(.xenStore))
            var state = DomainState(domain)
            state.configuration = configuration
            state.grants = grants
            state.isHVM = configuration.flags.contains(.hvm)
            state.hasHAP = configuration.flags.contains(.hap)
            state.isIOMMUEnabled = configuration.flags.contains(.iommu) && self.configuration.hasIOMMU
            state.pool = pool
            body(&state)
            machine.domains[number] = state
            caller.keeper?.keep(domain)
            return (number, domain)
        }
        enableArgo(domain, caller)
        notify(.created(number))
        return number
    }

    /// Destroys a domain and gives back all that it had (Xen, xen/common/domain.c: `domain_kill`). Nobody destroys himself.
    func destroy(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        guard domain !== caller.domain, domain.number.rawValue != 0 else { throw .invalidArgument }
        try raising { (machine, notices) throws(XenErrorNumber) in
            guard machine.domains[domain.number.rawValue]?.domain === domain else { throw .noSuchDomain }
            machine.endSharing(of: domain)
            machine.closeChannels(of: domain.number.rawValue)
            machine.raise(.domainException, &notices)
            machine.wakeProcessors(of: domain.number.rawValue, &notices)
            machine.domains[domain.number.rawValue] = nil
            machine.releaseControl(of: domain.number.rawValue)
        }
        notify(.destroyed(domain.number.rawValue))
    }
}

extension DomainConfiguration {
    /// From `struct xen_domctl_createdomain` at an offset.
    init(_ call: ABIStructure, at start: Int) {
        flags = Flags(rawValue: call.word32(at: start + 20))
        iommuOptions = call.word32(at: start + 24)
        maximumProcessors = call.word32(at: start + 28)
        maximumEventPort = call.word32(at: start + 32)
        maximumGrantFrames = Int32(bitPattern: call.word32(at: start + 36))
        maximumMaptrackFrames = Int32(bitPattern: call.word32(at: start + 40))
        grantVersion = call.word32(at: start + 44)
        traceSize = call.word32(at: start + 48)
        emulatedDevices = call.word32(at: start + 56)
        miscellaneous = call.word32(at: start + 60)
    }

    /// Whether it goes together (Xen, xen/common/domain.c: `sanitise_domain_config`).
    var isValid: Bool {
        guard flags.isSubset(of: .all), iommuOptions & ~1 == 0, maximumProcessors > 0, maximumProcessors <= 128 else { return false }
        if flags.contains(.hap), !flags.contains(.hvm) { return false }
        if !flags.contains(.iommu), iommuOptions != 0 { return false }
        return grantVersion & ~0xf == 0 && grantVersion >= 1 && grantVersion <= 2
    }
}
