import Flask
import Foundation
import TestSupport
import Testing

/// Decisions are those of Debian's libsepol, but for what Xen itself does in another way:
///
/// | Question | Xen, and we | libsepol | Kept apart by |
/// |---|---|---|---|
/// | bounds | one of the source's, the target's and both that has everything acquits | the source's, or both where both are bounded | policies without bounds |
/// | class of a role transition | not looked at: it is for domains | must be the object's class | role transitions of the acting class only |
/// | defaults of classes | read and ignored | decide user, role, type and range | `default_*` is left out |
/// | change of a role | the permission `transition` of the acting class | `dyntransition` of `process` as well | libsepol is told class and permission |
/// | unlabelled contexts, invalid new contexts | permissive: made all the same | an error | only valid results are compared |
@Suite(.serialized)
struct LibsepolTests {
#if canImport(Csepol)
    /// One policy on both sides.
    private struct Comparison {
        let policy: Policy
        let peer: LibsepolPeer
        var decisions = 0
        var validContexts = 0

        init(_ image: [UInt8], subjectClass name: Name) throws {
            policy = try ImageReader.read(image).policy
            let subject = UInt16(try #require(policy.classes.firstIndex { $0.name == name }) + 1)
            let transition = try #require(policy.classes[Int(subject) - 1].permissions.first { $0.name == "transition" })
            peer = try #require(LibsepolPeer(image, subjectClass: subject, transition: 1 << (transition.number - 1)))
        }

        /// Asks about each context and each other, for some class.
        mutating func askAboutPairs(
            _ loaded: borrowing LoadedPolicy, _ contexts: [SecurityContext], _ random: inout SplitMix64, _ comment: () -> String
        ) throws {
            let sids = contexts.map(peer.sid(of:))
            for source in contexts.indices {
                for target in contexts.indices {
                    let chosen = [source, target, Int.random(in: contexts.indices, using: &random)]
                    let objectClass = UInt16.random(in: 1...UInt16(policy.classes.count), using: &random)
                    try ask(loaded, objectClass, chosen.map { contexts[$0] }, chosen.map { sids[$0] }) {
                        "\(comment()): \(chosen.map { contexts[$0] }), class \(objectClass)"
                    }
                }
            }
        }

        /// Asks all that can be asked about a source and a target, and one process beside them.
        private mutating func ask(
            _ loaded: borrowing LoadedPolicy, _ objectClass: UInt16, _ contexts: [SecurityContext], _ sids: [UInt32],
            _ comment: () -> String
        ) throws {
            var decision = try loaded.accessDecision(source: contexts[0], target: contexts[1], objectClass: objectClass)
            decision.isPermissive = false
            check(decision == peer.accessDecision(sids[0], sids[1], objectClass), "the access vector", comment)
            for purpose in LoadedPolicy.NewContext.allCases {
                let context = try loaded.newContext(purpose, source: contexts[0], target: contexts[1], objectClass: objectClass)
                let isValid = policy.isValid(context)
                check(
                    peer.newContext(purpose, sids[0], sids[1], objectClass) == (isValid ? context : nil), "\(purpose)", comment)
                if isValid { validContexts += 1 }
            }
            check(
                try loaded.allowsTransition(from: contexts[0], to: contexts[1], by: contexts[2], objectClass: objectClass)
                    == peer.allowsTransition(sids[0], sids[1], sids[2], objectClass), "validatetrans", comment)
            decisions += 5
        }

        // An expectation for each of a million decisions would take longer than they do.
        private func check(_ isSame: Bool, _ what: @autoclosure () -> String, _ comment: () -> String) {
            if !isSame { Issue.record("\(what()) differs: \(comment())") }
        }
    }

    @Test("random policies")
    func randomPolicies() throws {
        var decisions = 0
        var validContexts = 0
        let numbers = RandomTest.numbers(120)
        for seed in numbers {
            var random = SplitMix64(seed: UInt64(seed) &* 31)
            let policy = RandomPolicy.make(seed: UInt64(seed), isMLS: seed % 2 == 0, hasBounds: false)
            // Types and roles keep their numbers in an image: both sides speak of the same.
            var comparison = try Comparison(ImageWriter.write(policy, layout: .checkpolicy3_5).bytes, subjectClass: "domain")
            let loaded = try LoadedPolicy(comparison.policy)
            for round in 0..<2 {
                let values = round == 0 ? policy.booleans.map(\.value) : policy.booleans.map { _ in Bool.random(using: &random) }
                #expect(comparison.peer.set(values))
                let current = try #require(loaded.setting(values))
                let contexts = (0..<12).map { _ in RandomPolicy.context(of: policy, using: &random) }
                try comparison.askAboutPairs(current, contexts, &random) { "seed \(seed), booleans \(values)" }
            }
            decisions += comparison.decisions
            validContexts += comparison.validContexts
        }
        print("libsepol was asked for \(decisions) decisions on random policies; \(validContexts) new contexts were valid")
        #expect(decisions >= numbers.count * 1_000)
        #expect(validContexts > decisions / 50)
    }

    @Test("whole policies", arguments: PolicyImage.allCases)
    func wholePolicies(kind: PolicyImage) throws {
        guard let image = try kind.bytes() else { return }
        var comparison = try Comparison(image, subjectClass: kind.isForXen ? "domain" : "process")
        let policy = comparison.policy
        let loaded = try LoadedPolicy(image: image, subjectClass: kind.isForXen ? "domain" : "process")
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let types = policy.types.indices.filter { policy.types[$0]?.isAttribute == false }
        // With XSM_LONG a million decisions in all.
        let isLong = ProcessInfo.processInfo.environment["XSM_LONG"] != nil
        let rounds = isLong ? 28 : 8
        for round in 0..<rounds {
            let values = round == 0 ? policy.booleans.map(\.value) : policy.booleans.map { _ in Bool.random(using: &random) }
            #expect(comparison.peer.set(values) && comparison.peer.forget())
            let current = try #require(loaded.setting(values))
            // Mostly what a user and a role may have, and some that they may not.
            let contexts = (0..<40).map { number in
                number % 8 == 0
                    ? RandomPolicy.context(of: policy, using: &random)
                    : RandomPolicy.context(of: policy, type: UInt32(types.randomElement(using: &random)! + 1), using: &random)
            }
            try comparison.askAboutPairs(current, contexts, &random) { "seed \(seed)" }
        }
        print("libsepol was asked for \(comparison.decisions) decisions on \(kind.rawValue); \(comparison.validContexts) new contexts were valid")
        #expect(comparison.decisions >= (isLong ? 220_000 : 60_000))
        #expect(comparison.validContexts > (isLong ? 1_000 : 250))
    }
#else
    @Test func libsepolIsMissing() {
        Peer.missing("libsepol-dev: no decision was compared with it")
    }
#endif
}
