/// What one processor has done with the cache, as `FLASK_AVC_CACHESTATS` reports it.
public struct CacheStatistics: Hashable, Sendable {
    public var lookups: UInt32 = 0
    public var hits: UInt32 = 0
    public var misses: UInt32 = 0
    public var allocations: UInt32 = 0
    public var reclaims: UInt32 = 0
    public var frees: UInt32 = 0

    public init() {}
}
