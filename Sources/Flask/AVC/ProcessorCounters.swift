import Synchronization

/// Counts of one processor, which alone adds to them: adding is a load and a store.
final class ProcessorCounters: Sendable {
    enum Kind { case allocations, reclaims, frees }

    private let hits = Atomic<UInt64>(0)
    private let misses = Atomic<UInt64>(0)
    private let allocations = Atomic<UInt64>(0)
    private let reclaims = Atomic<UInt64>(0)
    private let frees = Atomic<UInt64>(0)
    // Those of another processor begin on another cache line.
    private let padding = (UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0))

    @inline(__always)
    func countHit() { hits.store(hits.load(ordering: .relaxed) &+ 1, ordering: .relaxed) }

    func countMiss() { misses.store(misses.load(ordering: .relaxed) &+ 1, ordering: .relaxed) }

    func count(_ kind: Kind) {
        switch kind {
        case .allocations: allocations.store(allocations.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        case .reclaims: reclaims.store(reclaims.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        case .frees: frees.store(frees.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        }
    }

    var statistics: CacheStatistics {
        func value(_ counter: borrowing Atomic<UInt64>) -> UInt32 { UInt32(truncatingIfNeeded: counter.load(ordering: .relaxed)) }
        var statistics = CacheStatistics()
        statistics.hits = value(hits)
        statistics.misses = value(misses)
        statistics.lookups = statistics.hits &+ statistics.misses
        statistics.allocations = value(allocations)
        statistics.reclaims = value(reclaims)
        statistics.frees = value(frees)
        return statistics
    }
}
