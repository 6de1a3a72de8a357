/// How full the cache is, as `FLASK_AVC_HASHSTATS` reports it.
public struct CacheHashStatistics: Hashable, Sendable {
    public var entries: UInt32
    public var bucketsUsed: UInt32
    public var bucketsTotal: UInt32
    /// Entries of the fullest bucket.
    public var maximumChainLength: UInt32

    public init(entries: UInt32, bucketsUsed: UInt32, bucketsTotal: UInt32, maximumChainLength: UInt32) {
        self.entries = entries
        self.bucketsUsed = bucketsUsed
        self.bucketsTotal = bucketsTotal
        self.maximumChainLength = maximumChainLength
    }
}
