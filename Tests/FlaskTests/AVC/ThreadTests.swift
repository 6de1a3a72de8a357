import Flask
import Foundation
import Synchronization
import TestSupport
import Testing

/// Threads ask while one changes what is decided: what they heard is written down, and looked at afterwards.
struct ThreadTests {
    /// What decides the answers at some time.
    private struct Situation: Sendable {
        var hasOtherPolicy = false
        var isStrict = true
        var isEnforcing = true

        /// Whether each of the questions is granted.
        func isGranted(_ question: Question) -> Bool {
            switch question {
            case .policy: !hasOtherPolicy || !isEnforcing
            case .boolean: isStrict || !isEnforcing
            case .nothing: !isEnforcing
            }
        }
    }

    private enum Question: Int, CaseIterable, Sendable { case policy, boolean, nothing }

    /// One answer, and which changes had ended before the question and begun before the answer.
    private struct Observation: Sendable {
        let question: Question
        let isGranted: Bool
        let ended: Int
        let begun: Int
    }

    private final class History: @unchecked Sendable {
        let begun = Atomic<Int>(0)
        let ended = Atomic<Int>(0)
        let isDone = Atomic<Bool>(false)
        /// Answers, and those that were given while something changed.
        let answers = Atomic<Int>(0)
        let overlaps = Atomic<Int>(0)
        /// The thread sanitizer knows this lock, and not that of Swift's library.
        private let lock = NSLock()
        private var observations: [Observation] = []

        func add(_ more: [Observation]) { lock.withLock { observations += more } }

        var all: [Observation] { lock.withLock { observations } }
    }

    /// Grants the first question always or never, the second while a boolean holds, the third never.
    private static func policy(isOther: Bool) -> ReleasePolicy {
        var policy = ReleasePolicy()
        if !isOther { policy.grant([.init(source: "dom0", target: "xen", objectClass: "xen", permissions: ["physinfo"])]) }
        let rule = Rule(
            source: policy.type("dom0"), target: policy.type("xen"), objectClass: policy.objectClass("xen2"), kind: .allow,
            data: policy.bits(["get_symbol"], of: "xen2"))
        policy.change {
            $0.conditionals = [
                Conditional(state: true, expression: [.init(.boolean, boolean: 1)], whenTrue: [rule], whenFalse: [])
            ]
        }
        return policy
    }

    @Test(
        "no answer is from before a change that has returned: policies, booleans, enforcing",
        arguments: [[0], [1], [2], [0, 1, 2]])
    func histories(kinds: [Int]) throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let policies = [false, true].map(Self.policy)
        let images = try policies.map { try $0.image() }
        let policy = policies[0]
        let server = SecurityServer(vocabulary: policy.vocabulary)
        _ = try server.load(images[0])
        let cache = AccessVectorCache(server: server, processors: 3)
        let strict = try #require(server.booleans.firstIndex { $0.name == "strict" })
        let (source, target) = (policy.sid("dom0"), policy.sid("xen"))
        let asked: [(UInt16, UInt32)] = [
            (policy.objectClass("xen"), policy.bits(["physinfo"], of: "xen")),
            (policy.objectClass("xen2"), policy.bits(["get_symbol"], of: "xen2")),
            (policy.objectClass("xen"), policy.bits(["heap"], of: "xen")),
        ]
        let history = History()
        let threads = DispatchGroup()
        for processor in 0..<3 {
            threads.enter()
            Thread {
                var observations: [Observation] = []
                var random = SplitMix64(seed: seed &+ UInt64(processor))
                while !history.isDone.load(ordering: .sequentiallyConsistent) {
                    let question = Question.allCases.randomElement(using: &random)!
                    let (objectClass, permission) = asked[question.rawValue]
                    let ended = history.ended.load(ordering: .sequentiallyConsistent)
                    let isGranted: Bool
                    do {
                        try cache.authorize(
                            source: source, target: target, objectClass: objectClass, requested: permission, processor: processor)
                        isGranted = true
                    } catch {
                        isGranted = false
                    }
                    let begun = history.begun.load(ordering: .sequentiallyConsistent)
                    history.answers.add(1, ordering: .relaxed)
                    if ended != begun { history.overlaps.add(1, ordering: .relaxed) }
                    // Most answers were given while nothing changed: of those a part is enough.
                    if ended != begun || Int.random(in: 0..<8, using: &random) == 0 {
                        observations.append(Observation(question: question, isGranted: isGranted, ended: ended, begun: begun))
                    }
                }
                history.add(observations)
                threads.leave()
            }.start()
        }
        var situations = [Situation()]
        // Long enough for threads that get a processor late.
        for change in 1...100_000 {
            let isEnough = history.answers.load(ordering: .relaxed) > 8_000 && history.overlaps.load(ordering: .relaxed) > 20
            guard change <= 240 || !isEnough else { break }
            var situation = situations[change - 1]
            history.begun.store(change, ordering: .sequentiallyConsistent)
            switch kinds.randomElement(using: &random)! {
            case 0:
                situation.hasOtherPolicy.toggle()
                _ = try server.load(images[situation.hasOtherPolicy ? 1 : 0])
            case 1:
                situation.isStrict.toggle()
                var values = server.booleans.map(\.value)
                values[strict] = situation.isStrict
                try server.setBooleans(values)
            default:
                situation.isEnforcing.toggle()
                server.setEnforcing(situation.isEnforcing)
            }
            situations.append(situation)
            history.ended.store(change, ordering: .sequentiallyConsistent)
            usleep(300)
        }
        history.isDone.store(true, ordering: .sequentiallyConsistent)
        threads.wait()
        let observations = history.all
        var wrong = 0
        for observation in observations {
            let possible = situations[observation.ended...observation.begun]
            if !possible.contains(where: { $0.isGranted(observation.question) == observation.isGranted }) { wrong += 1 }
        }
        #expect(wrong == 0, "seed \(seed): \(wrong) of \(observations.count) answers could not be given when they were")
        // It says something only if answers were given while changes were made, and both ways.
        #expect(observations.count > 500)
        #expect(observations.contains { $0.ended != $0.begun })
        #expect(Set(observations.map(\.isGranted)).count == 2)
    }

    /// How long one thread's questions took while another loaded a policy.
    private final class Pauses: Sendable {
        let isDone = Atomic<Bool>(false)
        let count = Atomic<Int>(0)
        let longest = Atomic<UInt64>(0)
    }

    @Test("nobody waits while a reload says many contexts anew: not before, and not for the first decision after it")
    func reload() throws {
        let policy = SecurityServerTests.policyOfManyContexts()
        let image = try SecurityServerTests.image(policy)
        let server = SecurityServerTests.server(policy)
        _ = try server.load(image)
        for number in 0..<12_000 {
            let categories = (0..<14).filter { number >> $0 & 1 == 1 }.map { "c\($0)" }.joined(separator: ",")
            _ = try server.identifier(of: Array("system_u:system_r:guest_t:s0-s1\(categories.isEmpty ? "" : ":")\(categories)".utf8))
        }
        let pauses = Pauses()
        let ended = DispatchSemaphore(value: 0)
        let one = SecurityIdentifier(rawValue: 1)
        Thread {
            while !pauses.isDone.load(ordering: .acquiring) {
                let start = DispatchTime.now().uptimeNanoseconds
                _ = try? server.accessDecision(source: one, target: one, objectClass: 1)
                let pause = DispatchTime.now().uptimeNanoseconds - start
                if pause > pauses.longest.load(ordering: .relaxed) { pauses.longest.store(pause, ordering: .relaxed) }
                pauses.count.add(1, ordering: .relaxed)
            }
            ended.signal()
        }.start()
        while pauses.count.load(ordering: .relaxed) == 0 { usleep(100) }
        // Who waits for a reload does so each time; who waits for a processor that others have, now and then.
        var isSeldom = false
        for _ in 1...20 where !isSeldom {
            pauses.longest.store(0, ordering: .relaxed)
            let asked = pauses.count.load(ordering: .relaxed)
            let start = DispatchTime.now().uptimeNanoseconds
            _ = try server.load(image)
            let duration = DispatchTime.now().uptimeNanoseconds - start
            let meanwhile = pauses.count.load(ordering: .relaxed) - asked
            let first = DispatchTime.now().uptimeNanoseconds
            _ = try server.accessDecision(source: one, target: one, objectClass: 1)
            let afterwards = DispatchTime.now().uptimeNanoseconds - first
            let longest = pauses.longest.load(ordering: .relaxed)
            print("a reload of 12,000 contexts took \(duration / 1_000) us; \(meanwhile) answers meanwhile, the longest in \(longest / 1_000) us, the first after it in \(afterwards / 1_000) us")
            isSeldom = meanwhile > 50 && longest < duration / 3 && afterwards < duration / 3
        }
        pauses.isDone.store(true, ordering: .releasing)
        ended.wait()
        #expect(isSeldom)
    }
}
