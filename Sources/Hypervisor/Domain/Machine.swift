import Flask

/// All that the hypervisor keeps: it is worked with under one lock, for a short time, by whoever may.
struct Machine: Sendable {
    /// By number.
    var domains: [UInt16: DomainState] = [:]
    /// Where the search for a free number goes on (Xen: `rover`).
    var lastNumber: UInt16 = 0
    /// Dom0's label is for one domain only.
    var hasCreatedDom0 = false
    var totalPages: UInt64
    var pools: ProcessorPools
    var platform = PlatformState()
    var interrupts = InterruptTable()
    /// By number.
    var devices: [UInt32: PCIDevice] = [:]
    var parameters = HypervisorParameters()
    /// Who handles interrupts that come once for the machine; dom0 where nobody else does.
    var virtualInterruptHandlers: [UInt32: Domain] = [:]
    /// Who is told, besides, whenever a domain has shut down or was destroyed: Xen's interrupt for that is one program's only.
    var endListeners: [ObjectIdentifier: any PortListener] = [:]

    /// Numbers from here on are nobody's (Xen: `DOMID_FIRST_RESERVED`).
    static let firstReservedNumber: UInt16 = 0x7ff0

    init(totalPages: UInt64, processorCount: Int) {
        self.totalPages = totalPages
        pools = ProcessorPools(processorCount: processorCount)
    }

    var freePages: UInt64 { totalPages - min(totalPages, domains.values.reduce(0) { $0 + $1.totalPages }) }

    /// Works with a domain that must still be the one that was asked about. Throws `ESRCH` when it is gone.
    mutating func with<Result>(
        _ domain: Domain, _ body: (inout DomainState) throws(XenErrorNumber) -> Result
    ) throws(XenErrorNumber) -> Result {
        // It is found once, and looked at and changed where it lies.
        guard let place = domains.index(forKey: domain.number.rawValue) else { throw .noSuchDomain }
        return try Self.work(on: &domains.values[place], domain, body)
    }

    /// Works with whatever domain has a number now; nil where none has. For who works with it often: it costs less than the
    /// dictionary's own way to change what is in it.
    mutating func with<Result>(_ number: UInt16, _ body: (inout DomainState) -> Result) -> Result? {
        guard let place = domains.index(forKey: number) else { return nil }
        return body(&domains.values[place])
    }

    @inline(__always)
    private static func work<Result>(
        on state: inout DomainState, _ domain: Domain, _ body: (inout DomainState) throws(XenErrorNumber) -> Result
    ) throws(XenErrorNumber) -> Result {
        guard state.domain === domain else { throw .noSuchDomain }
        return try body(&state)
    }

    /// The number that somebody wishes for, or where that is none the next free one. Throws `EEXIST` when it is taken, and
    /// `ENOMEM` when all are.
    mutating func freeNumber(wish: UInt16) throws(XenErrorNumber) -> UInt16 {
        if wish > 0, wish < Self.firstReservedNumber {
            guard domains[wish] == nil else { throw .exists }
            return wish
        }
        for step in 1...UInt32(Self.firstReservedNumber) {
            let number = UInt16((UInt32(lastNumber) + step) % UInt32(Self.firstReservedNumber))
            guard number > 0, domains[number] == nil else { continue }
            lastNumber = number
            return number
        }
        throw .outOfMemory
    }
}
