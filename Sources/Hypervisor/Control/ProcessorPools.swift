import Flask

/// Processors in groups, each with a scheduler; a domain runs on those of one group (Xen, xen/common/sched/cpupool.c).
struct ProcessorPools: Sendable {
    struct Pool: Hashable, Sendable {
        let number: UInt32
        let scheduler: Scheduler
        /// Its processors, by bit.
        var processors: UInt64 = 0
        /// For how long a processor goes on with what it runs, in microseconds.
        var rateLimit: UInt32 = 1_000
    }

    /// `XEN_SCHEDULER_*` that are built in.
    enum Scheduler: UInt32, Hashable, Sendable, CaseIterable {
        case credit = 5, credit2 = 6, realTime = 8, null = 9
    }

    /// By number, ascending.
    private(set) var pools: [Pool]
    private(set) var free: UInt64 = 0
    private(set) var online: UInt64
    let processorCount: Int

    /// Stands for any (`XEN_SYSCTL_CPUPOOL_PAR_ANY`).
    static let any = UInt32.max

    /// One pool has all processors.
    init(processorCount: Int) {
        self.processorCount = min(max(processorCount, 1), 64)
        online = .max >> UInt64(64 - self.processorCount)
        pools = [Pool(number: 0, scheduler: .credit2, processors: online)]
    }

    subscript(number: UInt32) -> Pool? { pools.first { $0.number == number } }

    func isOnline(_ processor: UInt32) -> Bool { processor < processorCount && online >> UInt64(processor) & 1 == 1 }

    /// Throws `ESRCH` where there is no such pool, and `ENODEV` for one without processors.
    func checkForDomain(_ number: UInt32) throws(XenErrorNumber) {
        guard let pool = self[number] else { throw .noSuchDomain }
        guard pool.processors != 0 else { throw .noDevice }
    }

    /// Throws `ENOSPC`, `EEXIST`, and `ENOENT` for a scheduler that is not built in.
    mutating func create(_ wish: UInt32, scheduler number: UInt32) throws(XenErrorNumber) -> UInt32 {
        guard pools.count < 2 * processorCount else { throw .noSpace }
        let number = try createPool(wish, number)
        pools.sort { $0.number < $1.number }
        return number
    }

    private mutating func createPool(_ wish: UInt32, _ scheduler: UInt32) throws(XenErrorNumber) -> UInt32 {
        var number = wish
        if wish == Self.any {
            let last = pools.last?.number ?? 0
            number = last &+ 1
            if last == Self.any - 1 { number = (0..<Self.any).first { self[$0] == nil } ?? 0 }
        }
        guard self[number] == nil else { throw .exists }
        guard let scheduler = Scheduler(rawValue: scheduler) else { throw .noEntry }
        pools.append(Pool(number: number, scheduler: scheduler))
        return number
    }

    /// Throws `ENOENT`, and `EBUSY` for one that has domains or processors.
    mutating func destroy(_ number: UInt32, domains: Int) throws(XenErrorNumber) {
        guard let pool = self[number] else { throw .noEntry }
        guard domains == 0, pool.processors == 0 else { throw .busy }
        pools.removeAll { $0.number == number }
    }

    /// Adds a processor that is in no pool. Throws `ENOENT`, `ENODEV` and `EINVAL`.
    mutating func add(_ processor: UInt32, to number: UInt32) throws(XenErrorNumber) {
        guard let place = pools.firstIndex(where: { $0.number == number }) else { throw .noEntry }
        var processor = processor
        if processor == Self.any {
            guard free != 0 else { throw .noDevice }
            processor = UInt32(free.trailingZeroBitCount)
        }
        guard processor < processorCount else { throw .invalidArgument }
        guard free >> UInt64(processor) & 1 == 1 else { throw .noDevice }
        free &= ~(1 << UInt64(processor))
        pools[place].processors |= 1 << UInt64(processor)
    }

    /// Takes a processor out of its pool. Throws `ENOENT`, `EINVAL`, `EADDRNOTAVAIL` when it is in another, and `EBUSY` for
    /// the last one of a pool that has domains.
    mutating func remove(_ processor: UInt32, from number: UInt32, domains: Int) throws(XenErrorNumber) {
        guard let place = pools.firstIndex(where: { $0.number == number }) else { throw .noEntry }
        var processor = processor
        if processor == Self.any { processor = UInt32(64 - pools[place].processors.leadingZeroBitCount) &- 1 }
        guard processor < processorCount, !(number == 0 && processor == 0), isOnline(processor) else { throw .invalidArgument }
        let bit: UInt64 = 1 << UInt64(processor)
        guard pools[place].processors & bit != 0 else { throw .addressNotAvailable }
        guard domains == 0 || pools[place].processors != bit else { throw .busy }
        pools[place].processors &= ~bit
        free |= bit
    }

    mutating func setRateLimit(_ limit: UInt32, of number: UInt32) {
        guard let place = pools.firstIndex(where: { $0.number == number }) else { return }
        pools[place].rateLimit = limit
    }

    /// Brings a processor up, into the first pool. Throws `EINVAL`, and `EEXIST` when it is up.
    mutating func bringUp(_ processor: UInt32) throws(XenErrorNumber) {
        guard processor < processorCount else { throw .invalidArgument }
        guard !isOnline(processor) else { throw .exists }
        online |= 1 << UInt64(processor)
        pools[0].processors |= 1 << UInt64(processor)
    }

    /// Takes a processor down that is free or in the first pool. Throws `EINVAL`, and `ENODEV` when it is in another pool.
    mutating func bringDown(_ processor: UInt32, domains: Int) throws(XenErrorNumber) {
        guard processor < processorCount, processor != 0, isOnline(processor) else { throw .invalidArgument }
        let bit: UInt64 = 1 << UInt64(processor)
        if pools[0].processors & bit != 0 {
            guard domains == 0 || pools[0].processors != bit else { throw .busy }
            pools[0].processors &= ~bit
        } else if free & bit != 0 {
            free &= ~bit
        } else {
            throw .noDevice
        }
        online &= ~bit
    }
}
