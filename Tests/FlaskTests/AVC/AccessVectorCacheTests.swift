import Flask
import Foundation
import Synchronization
import TestSupport
import Testing

/// The cache answers as the server does, within its bounds, and never from before a change that has returned.
struct AccessVectorCacheTests {
    private static let one = SecurityIdentifier(rawValue: 1)

    /// A policy in which nothing but a boolean decides whether `dom0_t` may do something to itself.
    private static func policy() -> Policy {
        var policy = SamplePolicy.xen()
        policy.classes[0].constraints = []
        policy.classes[1].constraints = []
        policy.permissiveTypes = []
        policy.rules.rules = [
            Rule(source: 1, target: 1, objectClass: 1, kind: .allow, data: 1),
            Rule(source: 1, target: 1, objectClass: 1, kind: .auditAllow, data: 1),
        ]
        policy.conditionals = [
            Conditional(
                state: nil, expression: [.init(.boolean, boolean: 1)],
                whenTrue: [Rule(source: 1, target: 1, objectClass: 2, kind: .allow, data: 1)])
        ]
        return policy
    }

    private static func server(isEnforcing: Bool = true) throws -> SecurityServer {
        let server = SecurityServerTests.server(policy(), isEnforcing: isEnforcing)
        _ = try server.load(SecurityServerTests.image(policy()))
        return server
    }

    @Test("the second question is answered without the server, and counted")
    func hits() throws {
        let cache = AccessVectorCache(server: try Self.server(), processors: 2)
        for _ in 0..<3 {
            let answer = try cache.check(source: Self.one, target: Self.one, objectClass: 1, requested: 1, processor: 1)
            #expect(answer == .init(isGranted: true, decision: AccessDecision(allowed: 1, auditAllow: 1)))
        }
        #expect(try !cache.check(source: Self.one, target: Self.one, objectClass: 1, requested: 3, processor: 1).isGranted)
        var expected = CacheStatistics()
        expected.lookups = 4
        expected.hits = 3
        expected.misses = 1
        expected.allocations = 1
        #expect(cache.statistics(ofProcessor: 1) == expected)
        #expect(cache.statistics(ofProcessor: 0) == CacheStatistics())
        #expect(cache.statistics(ofProcessor: 2) == nil)
        #expect(cache.hashStatistics == .init(entries: 1, bucketsUsed: 1, bucketsTotal: 512, maximumChainLength: 1))
        #expect(throws: SecurityServerError.decision(.unknownClass(9))) {
            try cache.check(source: Self.one, target: Self.one, objectClass: 9, requested: 1)
        }
    }

    @Test("without enforcing a denial is told once, with enforcing every time")
    func permissive() throws {
        let server = try Self.server(isEnforcing: false)
        let cache = AccessVectorCache(server: server)
        func ask() throws -> AccessVectorCache.Answer {
            try cache.check(source: Self.one, target: Self.one, objectClass: 1, requested: 2)
        }
        #expect(try ask().decision.allowed == 1)
        let again = try ask()
        #expect(again.isGranted && again.decision.allowed == 3)
        server.setEnforcing(true)
        for _ in 0..<3 {
            let answer = try ask()
            #expect(!answer.isGranted && answer.decision.allowed == 1)
        }
    }

    @Test("booleans and policies decide at once")
    func changes() throws {
        let server = try Self.server()
        let cache = AccessVectorCache(server: server)
        let number = try #require(server.booleans.firstIndex { $0.value })
        var values = server.booleans.map(\.value)
        func isGranted() throws -> Bool {
            try cache.check(source: Self.one, target: Self.one, objectClass: 2, requested: 1).isGranted
        }
        for _ in 0..<5 {
            #expect(try isGranted() == values[number])
            #expect(try isGranted() == values[number])
            values[number].toggle()
            try server.setBooleans(values)
            #expect(cache.hashStatistics.entries == 0)
        }
        var other = Self.policy()
        other.rules.rules[0].data = 2
        #expect(try cache.check(source: Self.one, target: Self.one, objectClass: 1, requested: 1).isGranted)
        _ = try server.load(SecurityServerTests.image(other))
        #expect(try !cache.check(source: Self.one, target: Self.one, objectClass: 1, requested: 1).isGranted)
    }

    @Test("there are never more entries than the threshold, and what goes is asked for again", arguments: [1, 16, 100, 512, 3_000])
    func bounds(threshold: UInt32) throws {
        let cache = AccessVectorCache(server: try Self.server())
        cache.threshold = threshold
        var random = SplitMix64(seed: UInt64(threshold))
        for round in 0..<6_000 {
            // Numbers without a context are as good as any: each is an entry of its own.
            let source = SecurityIdentifier(rawValue: UInt32.random(in: 1...90, using: &random))
            let target = SecurityIdentifier(rawValue: UInt32.random(in: 1...90, using: &random))
            let answer = try cache.check(source: source, target: target, objectClass: 1, requested: 1)
            #expect(answer.isGranted)
            if round % 100 == 0 { #expect(cache.hashStatistics.entries <= threshold) }
        }
        let statistics = try #require(cache.statistics(ofProcessor: 0))
        #expect(statistics.lookups == 6_000 && statistics.allocations == statistics.misses)
        #expect(statistics.allocations &- statistics.frees == cache.hashStatistics.entries)
        cache.flush()
        #expect(cache.hashStatistics.entries == 0)
    }

    /// What several threads have done.
    private final class History: Sendable {
        /// Begun and ended changes: the boolean holds after an even number of them.
        let begun = Atomic<Int>(0)
        let ended = Atomic<Int>(0)
        let isDone = Atomic<Bool>(false)
        let asked = Atomic<Int>(0)
        let wrong = Atomic<Int>(0)
    }

    /// Threads ask while booleans change. Each answer is one of those that held at some time between question and answer:
    /// with a counter of changes around each, an answer from before a change that had returned is seen.
    @Test("no answer is from before a change that has returned")
    func linearizable() throws {
        let server = try Self.server()
        let cache = AccessVectorCache(server: server, processors: 4)
        let number = try #require(server.booleans.firstIndex { $0.value })
        let values = server.booleans.map(\.value)
        let history = History()
        let other = SecurityIdentifier(rawValue: 3)
        // Threads of their own: tasks that never wait would leave none to the one that changes.
        let threads = DispatchGroup()
        for processor in 0..<3 {
            threads.enter()
            Thread {
                var random = SplitMix64(seed: UInt64(processor))
                while !history.isDone.load(ordering: .sequentiallyConsistent) {
                    let before = history.ended.load(ordering: .sequentiallyConsistent)
                    let answer = try? cache.check(
                        source: Self.one, target: Self.one, objectClass: 2, requested: 1, processor: processor)
                    let after = history.begun.load(ordering: .sequentiallyConsistent)
                    let mayBe = (before...after).contains { ($0 % 2 == 0) == answer?.isGranted }
                    if !mayBe { history.wrong.add(1, ordering: .relaxed) }
                    history.asked.add(1, ordering: .relaxed)
                    // Others come and go in the same buckets.
                    let target = SecurityIdentifier(rawValue: UInt32.random(in: 1...4_000, using: &random))
                    _ = try? cache.check(source: other, target: target, objectClass: 1, requested: 1, processor: processor)
                }
                threads.leave()
            }.start()
        }
        // Long enough for threads that get a processor late.
        for change in 1...100_000 {
            guard change <= 400 || history.asked.load(ordering: .relaxed) <= 1_000 else { break }
            var values = values
            if change % 2 == 1 { values[number] = false }
            history.begun.store(change, ordering: .sequentiallyConsistent)
            try server.setBooleans(values)
            history.ended.store(change, ordering: .sequentiallyConsistent)
            usleep(200)
        }
        history.isDone.store(true, ordering: .sequentiallyConsistent)
        threads.wait()
        #expect(history.wrong.load(ordering: .relaxed) == 0)
        #expect(history.asked.load(ordering: .relaxed) > 1_000)
    }
}
