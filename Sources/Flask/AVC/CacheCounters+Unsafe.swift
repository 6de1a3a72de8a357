import Synchronization

// SAFETY: the words are made with the object and go with it, and a processor's number is masked to the places that there
// are, or compared with how many there are, before it chooses one. Words are atomic: who reads them does not disturb the
// one that counts.

/// What processors have done. Each alone adds to its own, which is a load and a store, on cache lines of its own.
@safe final class CacheCounters: Sendable {
    enum Kind: Int { case hits, misses, allocations, reclaims, frees }

    /// Two cache lines: some processors fetch the next one as well.
    private static let stride = 16

    private nonisolated(unsafe) let words: UnsafeMutablePointer<Atomic<UInt64>>
    private let processorCount: Int
    /// There are as many places as the next power of two, so that every number leads to one.
    private let mask: Int

    init(processorCount: Int) {
        self.processorCount = min(max(processorCount, 1), 1 << 16)
        var places = 1
        while places < self.processorCount { places *= 2 }
        mask = places - 1
        let count = places * Self.stride
        unsafe words = .allocate(capacity: count)
        for index in 0..<count { unsafe (words + index).initialize(to: Atomic(0)) }
    }

    deinit { unsafe words.deallocate() }

    /// Counts what a processor did. Whoever gives a number that there is not counts for another.
    @inline(__always)
    func count(_ kind: Kind, _ processor: Int) {
        let place = (processor & mask) &* Self.stride &+ kind.rawValue
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
