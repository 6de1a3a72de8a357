import Synchronization
import Threading

/// Decisions that were made, for the next who ask the same (Xen, xen/xsm/flask/avc.c).
///
/// Readers take no lock, allocate nothing and count no references. Each bucket is a word: a version, and the first of its
/// entries. Who changes a bucket makes the version odd first, and even and new at the end; who reads one begins again when
/// the version was odd or has changed. An entry also holds the server's epoch from before it was decided, and one of another
/// epoch is no entry: once a change of the policy has returned, nothing of the one before is found.
public final class AccessVectorCache: Sendable {
    public let server: SecurityServer
    private let memory: CacheMemory
    private let counters: CacheCounters
    private let writer: Lock<Writer>

    /// Entries are taken away when there are more (Xen, xen/xsm/flask/avc.c: `AVC_DEF_CACHE_THRESHOLD`).
    public static let defaultThreshold: UInt32 = 512
    /// No cache holds more, whatever its threshold.
    public static let maximumEntries = 65_536
    /// How many are taken away at once (Xen, xen/xsm/flask/avc.c: `AVC_CACHE_RECLAIM`).
    private static let reclaimed = 16
    /// How many entries a reader looks at before it does so with more care.
    private static let haste = 2
    /// A reader that has met so many entries, or so many changes, asks as a writer.
    private static let patience = 1_024

    private struct Writer: Sendable {
        var threshold = AccessVectorCache.defaultThreshold
        /// Nodes that have been used and are free now.
        var free: [UInt32] = []
        /// Nodes from here on have never been used.
        var unused = 0
        var active = 0
        var hint = 0
    }

    /// A cache before a server, for as many processors as ask.
    public init(server: SecurityServer, processors: Int = 1) {
        self.server = server
        memory = CacheMemory(nodeCount: Self.maximumEntries)
        counters = CacheCounters(processorCount: processors)
        writer = Lock(Writer())
        server.observe { [weak self] in self?.flush() }
    }

    // MARK: Asking

    /// What a decision means for those who asked.
    public struct Answer: Hashable, Sendable {
        /// Whether all permissions that were asked for are granted, or nothing is enforced.
        public var isGranted: Bool
        public var decision: AccessDecision

        public init(isGranted: Bool, decision: AccessDecision) {
            self.isGranted = isGranted
            self.decision = decision
        }
    }

    /// Whether a source has permissions of a class over a target; at least one must be asked for (Xen,
    /// xen/xsm/flask/avc.c: `avc_has_perm_noaudit`).
    ///
    /// What is not granted while nothing is enforced, or to a permissive source, is granted to whoever asks again, without
    /// a word, until the entry goes. `processor` is the number of the one that asks, for the statistics.
    ///
    /// Errors are those of ``SecurityServer/accessDecision(source:target:objectClass:)``.
    public func check(
        source: SecurityIdentifier, target: SecurityIdentifier, objectClass: UInt16, requested: UInt32, processor: Int = 0
    ) throws(SecurityServerError) -> Answer {
        let question = Question(source, target, objectClass, epoch: server.epoch.load(ordering: .acquiring))
        if let decision = find(question) {
            counters.count(.hits, processor)
            return answer(question, requested, decision, processor)
        }
        counters.count(.misses, processor)
        let decision = try server.accessDecision(source: source, target: target, objectClass: objectClass).decision
        insert(decision, for: question, processor)
        return answer(question, requested, decision, processor)
    }

    /// Whether all is granted that is asked for, and none of it is to be told of: what nearly every hypercall hears. False
    /// where that is not known, or not at once.
    @usableFromInline
    func isGrantedInSilence(
        source: SecurityIdentifier, target: SecurityIdentifier, objectClass: UInt16, requested: UInt32, processor: Int
    ) -> Bool {
        let question = Question(source, target, objectClass, epoch: server.epoch.load(ordering: .acquiring))
        let word = memory.loadBucket(question.bucket)
        var place = Self.node(word)
        var steps = 0
        while place >= 0, steps < Self.haste {
            if holds(place, question) {
                let vectors = memory.load(place, 2)
                guard memory.reloadBucket(question.bucket) == word, word >> 32 & 1 == 0 else { return false }
                let allowed = UInt32(truncatingIfNeeded: vectors >> 32)
                let auditAllow = UInt32(truncatingIfNeeded: vectors)
                guard requested & (auditAllow | ~allowed) == 0 else { return false }
                counters.count(.hits, processor)
                return true
            }
            place = next(of: place)
            steps += 1
        }
        return false
    }

    /// What is not allowed is denied, or noted and done.
    private func answer(
        _ question: Question, _ requested: UInt32, _ decision: AccessDecision, _ processor: Int
    ) -> Answer {
        if requested & ~decision.allowed == 0 { return Answer(isGranted: true, decision: decision) }
        guard !server.isEnforcing || decision.isPermissive else { return Answer(isGranted: false, decision: decision) }
        allow(requested, for: question, processor)
        return Answer(isGranted: true, decision: decision)
    }

    /// What is asked, in the words of an entry.
    private struct Question {
        /// Xen, xen/xsm/flask/avc.c: `avc_hash`.
        let bucket: Int
        /// The first word: source and target.
        let key: UInt64
        /// The second word, but for whether the source is permissive: epoch and class.
        let tag: UInt64
        let epoch: UInt64

        @inline(__always)
        init(_ source: SecurityIdentifier, _ target: SecurityIdentifier, _ objectClass: UInt16, epoch: UInt64) {
            bucket =
                Int(truncatingIfNeeded: source.rawValue ^ target.rawValue << 2 ^ UInt32(objectClass) << 4)
                & (CacheMemory.bucketCount - 1)
            key = UInt64(source.rawValue) << 32 | UInt64(target.rawValue)
            tag = epoch << 32 | UInt64(objectClass) << 16
            self.epoch = epoch
        }
    }

    // MARK: Reading

    private func find(_ question: Question) -> AccessDecision? {
        var steps = 0
        while steps < Self.patience {
            let word = memory.loadBucket(question.bucket)
            steps += 1
            guard word >> 32 & 1 == 0 else { continue }
            var place = Self.node(word)
            var found: AccessDecision?
            while place >= 0, steps < Self.patience {
                if holds(place, question) {
                    found = decision(of: place)
                    break
                }
                place = next(of: place)
                steps += 1
            }
            if memory.reloadBucket(question.bucket) == word, found != nil || place < 0 { return found }
        }
        return writer.withLock { _ in findLocked(question).map { decision(of: $0) } }
    }

    /// Whether a node is about what is asked.
    @inline(__always)
    private func holds(_ node: Int, _ question: Question) -> Bool {
        memory.load(node, 0) == question.key && memory.load(node, 1) & ~1 == question.tag
    }

    @inline(__always)
    private func decision(of node: Int) -> AccessDecision {
        let allowed = memory.load(node, 2)
        return AccessDecision(
            allowed: UInt32(truncatingIfNeeded: allowed >> 32), auditAllow: UInt32(truncatingIfNeeded: allowed),
            auditDeny: UInt32(truncatingIfNeeded: memory.load(node, 3) >> 32), isPermissive: memory.load(node, 1) & 1 == 1)
    }

    /// The node that a word leads to with its lower half; -1 at the end.
    @inline(__always)
    private static func node(_ word: UInt64) -> Int { Int(truncatingIfNeeded: word & 0xffff_ffff) - 1 }

    private func first(of bucket: Int) -> Int { Self.node(memory.loadBucket(bucket)) }

    @inline(__always)
    private func next(of node: Int) -> Int { Self.node(memory.load(node, 3)) }

    // MARK: Writing

    private func findLocked(_ question: Question) -> Int? {
        var node = first(of: question.bucket)
        while node >= 0 {
            if holds(node, question) { return node }
            node = next(of: node)
        }
        return nil
    }

    private func fill(_ node: Int, _ question: Question, _ decision: AccessDecision, next: Int) {
        memory.store(node, 0, question.key)
        memory.store(node, 1, question.tag | (decision.isPermissive ? 1 : 0))
        memory.store(node, 2, UInt64(decision.allowed) << 32 | UInt64(decision.auditAllow))
        memory.store(node, 3, UInt64(decision.auditDeny) << 32 | UInt64(next + 1))
    }

    /// Changes a bucket, whose first entry is then the one that `body` gives.
    private func change(_ bucket: Int, _ body: () -> Int) {
        let version = memory.loadBucket(bucket) >> 32
        let odd = version &+ 1 & 0xffff_ffff
        memory.storeBucketFirst(bucket, odd << 32 | memory.loadBucket(bucket) & 0xffff_ffff)
        let first = body()
        memory.storeBucket(bucket, (odd &+ 1 & 0xffff_ffff) << 32 | UInt64(first + 1))
    }

    private func insert(_ decision: AccessDecision, for question: Question, _ processor: Int) {
        writer.withLock { writer in
            // What was decided under another policy is not kept.
            guard server.epoch.load(ordering: .acquiring) == question.epoch else { return }
            if let node = findLocked(question) {
                rewrite(node, question, decision, processor)
                return
            }
            counters.count(.allocations, processor)
            guard let node = takeNode(&writer, processor) else { return }
            change(question.bucket) {
                fill(node, question, decision, next: first(of: question.bucket))
                return node
            }
        }
    }

    /// Lets an entry allow more than was decided.
    private func allow(_ permissions: UInt32, for question: Question, _ processor: Int) {
        writer.withLock { _ in
            // It is enforced now, or another policy holds: nothing is to be widened.
            guard server.epoch.load(ordering: .acquiring) == question.epoch, let node = findLocked(question) else { return }
            var wider = decision(of: node)
            wider.allowed |= permissions
            rewrite(node, question, wider, processor)
        }
    }

    /// Gives an entry another decision. Xen takes a new one and frees the old, and counts both.
    private func rewrite(_ node: Int, _ question: Question, _ decision: AccessDecision, _ processor: Int) {
        counters.count(.allocations, processor)
        change(question.bucket) {
            fill(node, question, decision, next: next(of: node))
            return first(of: question.bucket)
        }
        counters.count(.frees, processor)
    }

    /// A node to fill; others are taken away when there are too many.
    private func takeNode(_ writer: inout Writer, _ processor: Int) -> Int? {
        writer.active += 1
        if writer.active > min(Int(writer.threshold), Self.maximumEntries - 1) { reclaim(&writer, processor) }
        if let node = writer.free.popLast() { return Int(node) }
        guard writer.unused < memory.nodeCount else {
            writer.active -= 1
            return nil
        }
        memory.initialize(node: writer.unused)
        writer.unused += 1
        return writer.unused - 1
    }

    /// Takes some of the entries away, bucket by bucket.
    private func reclaim(_ writer: inout Writer, _ processor: Int) {
        var taken = 0
        for _ in 0..<CacheMemory.bucketCount {
            writer.hint = (writer.hint + 1) & (CacheMemory.bucketCount - 1)
            while first(of: writer.hint) >= 0 {
                removeFirst(of: writer.hint, &writer)
                counters.count(.reclaims, processor)
                counters.count(.frees, processor)
                taken += 1
                if taken >= Self.reclaimed { return }
            }
        }
    }

    private func removeFirst(of bucket: Int, _ writer: inout Writer) {
        let node = first(of: bucket)
        change(bucket) { next(of: node) }
        writer.free.append(UInt32(node))
        writer.active -= 1
    }

    /// Takes all entries away: those who ask from now on ask the server.
    public func flush() {
        writer.withLock { writer in
            for bucket in 0..<CacheMemory.bucketCount {
                while first(of: bucket) >= 0 {
                    removeFirst(of: bucket, &writer)
                    counters.count(.frees, 0)
                }
            }
        }
    }

    // MARK: Settings and statistics

    /// How many entries there may be before some are taken away. Xen has no limit; here it is ``maximumEntries``.
    public var threshold: UInt32 {
        get { writer.withLock { $0.threshold } }
        set { writer.withLock { $0.threshold = newValue } }
    }

    /// How full the cache is.
    public var hashStatistics: CacheHashStatistics {
        writer.withLock { writer in
            var statistics = CacheHashStatistics(
                entries: UInt32(writer.active), bucketsUsed: 0, bucketsTotal: UInt32(CacheMemory.bucketCount),
                maximumChainLength: 0)
            for bucket in 0..<CacheMemory.bucketCount {
                var length: UInt32 = 0
                var node = first(of: bucket)
                while node >= 0 {
                    length += 1
                    node = next(of: node)
                }
                if length > 0 { statistics.bucketsUsed += 1 }
                statistics.maximumChainLength = max(statistics.maximumChainLength, length)
            }
            return statistics
        }
    }

    /// What a processor has done; nil for one that there is not.
    public func statistics(ofProcessor processor: Int) -> CacheStatistics? {
        counters.statistics(of: processor)
    }
}
