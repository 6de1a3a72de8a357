import Synchronization

// SAFETY: both stretches of memory are allocated once, for as many words as their counts say, and freed with their owner;
// every access is by an index that is checked against the count or masked to it; words are atomic, so that readers and the
// writer may meet; a node's words are initialized before its index is stored anywhere.

/// The words of an access-vector cache: buckets, and the nodes that they lead to.
@safe struct CacheMemory: ~Copyable, Sendable {
    private nonisolated(unsafe) let buckets: UnsafeMutablePointer<Atomic<UInt64>>
    private nonisolated(unsafe) let nodes: UnsafeMutablePointer<Atomic<UInt64>>
    let nodeCount: Int

    /// Xen, xen/xsm/flask/avc.c: `AVC_CACHE_SLOTS`.
    static let bucketCount = 512
    /// Words of a node.
    static let nodeSize = 4

    init(nodeCount: Int) {
        self.nodeCount = nodeCount
        unsafe buckets = .allocate(capacity: Self.bucketCount)
        for index in 0..<Self.bucketCount { unsafe (buckets + index).initialize(to: Atomic(0)) }
        // Their pages are touched when they are used.
        unsafe nodes = .allocate(capacity: nodeCount * Self.nodeSize)
    }

    deinit {
        unsafe buckets.deallocate()
        unsafe nodes.deallocate()
    }

    /// Makes the words of a node, before it is used for the first time.
    func initialize(node: Int) {
        precondition(node >= 0 && node < nodeCount)
        for word in 0..<Self.nodeSize { unsafe (nodes + node * Self.nodeSize + word).initialize(to: Atomic(0)) }
    }

    @inline(__always)
    func loadBucket(_ bucket: Int) -> UInt64 {
        unsafe buckets[bucket & (Self.bucketCount - 1)].load(ordering: .acquiring)
    }

    /// What ``loadBucket(_:)`` gives, when all that was read before must have been read.
    @inline(__always)
    func reloadBucket(_ bucket: Int) -> UInt64 {
        atomicMemoryFence(ordering: .acquiring)
        return unsafe buckets[bucket & (Self.bucketCount - 1)].load(ordering: .relaxed)
    }

    func storeBucket(_ bucket: Int, _ value: UInt64) {
        unsafe buckets[bucket & (Self.bucketCount - 1)].store(value, ordering: .releasing)
    }

    /// Stores a bucket's word before all that is stored from now on.
    func storeBucketFirst(_ bucket: Int, _ value: UInt64) {
        unsafe buckets[bucket & (Self.bucketCount - 1)].store(value, ordering: .relaxed)
        atomicMemoryFence(ordering: .releasing)
    }

    @inline(__always)
    func load(_ node: Int, _ word: Int) -> UInt64 {
        precondition(node >= 0 && node < nodeCount && word < Self.nodeSize)
        return unsafe nodes[node * Self.nodeSize + word].load(ordering: .relaxed)
    }

    func store(_ node: Int, _ word: Int, _ value: UInt64) {
        precondition(node >= 0 && node < nodeCount && word < Self.nodeSize)
        unsafe nodes[node * Self.nodeSize + word].store(value, ordering: .relaxed)
    }
}
