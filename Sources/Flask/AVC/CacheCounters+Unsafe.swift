import Synchronization

// SAFETY: the words are made with the object and go with it, and a processor's number is compared with how many there are
// before it chooses one. Words are atomic: who reads them does not disturb the one that counts.

/// What processors have done. Each alone adds to its own, which is a load and a store, on cache lines of its own.
@safe final class CacheCounters: Sendable {
    enum Kind: Int { case hits, misses, allocations, reclaims, frees }

    /// Two cache lines: some processors fetch the next one as well.
    private static let stride = 16

    private nonisolated(unsafe) let words: UnsafeMutablePointer<Atomic<UInt64>>
    let processorCount: Int

    init(processorCount: Int) {
        self.processorCount = max(processorCount, 1)
        let count = self.processorCount * Self.stride
        unsafe words = .allocate(capacity: count)
        for index in 0..<count { unsafe (words + index).initialize(to: Atomic(0)) }
    }

    deinit { unsafe words.deallocate() }

    /// The processor of a number; one that there is not is taken for the first.
    @inline(__always)
    func known(_ processor: Int) -> Int { UInt(bitPattern: processor) < UInt(bitPattern: processorCount) ? processor : 0 }

    @inline(__always)
    func count(_ kind: Kind, _ processor: Int) {
        let place = known(processor) &* Self.stride &+ kind.rawValue
        unsafe words[place].store(words[place].load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    /// What a processor has done; nil for one that there is not.
    func statistics(of processor: Int) -> CacheStatistics? {
        guard processor >= 0, processor < processorCount else { return nil }
        func value(_ kind: Kind) -> UInt32 {
            unsafe UInt32(truncatingIfNeeded: words[processor * Self.stride + kind.rawValue].load(ordering: .relaxed))
        }
        var statistics = CacheStatistics()
        statistics.hits = value(.hits)
        statistics.misses = value(.misses)
        statistics.lookups = statistics.hits &+ statistics.misses
        statistics.allocations = value(.allocations)
        statistics.reclaims = value(.reclaims)
        statistics.frees = value(.frees)
        return statistics
    }
}
