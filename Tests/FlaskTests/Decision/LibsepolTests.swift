import Flask
import Foundation
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
    private static let environment = ProcessInfo.processInfo.environment
    /// How many random policies; `XSM_RANDOM_CASES` asks for more.
    private static let count = environment["XSM_RANDOM_CASES"].flatMap(Int.init) ?? 120

    @Test("random policies")
    func randomPolicies() throws {
        var decisions = 0
        var validContexts = 0
        for seed in 1_000..<1_000 + Self.count {
            var random = SplitMix64(seed: UInt64(seed) &* 31)
            let policy = RandomPolicy.make(seed: UInt64(seed), isMLS: seed % 2 == 0, hasBounds: false)
            let image = try ImageWriter.write(policy, layout: .checkpolicy3_5).bytes
            // Types and roles keep their numbers in an image: both sides speak of the same.
            let read = try ImageReader.read(image).policy
            let subject = UInt16(policy.classes.firstIndex { $0.name == "domain" }! + 1)
            let transition = policy.classes[Int(subject) - 1].permissions.first { $0.name == "transition" }!
            let peer = try #require(
                LibsepolPeer(image, subjectClass: subject, transition: 1 << (transition.number - 1)), "seed \(seed)")
            let loaded = try LoadedPolicy(read)
            for round in 0..<2 {
                let values = round == 0 ? policy.booleans.map(\.value) : policy.booleans.map { _ in Bool.random(using: &random) }
                #expect(peer.set(values))
                let current = try #require(loaded.setting(values))
                let contexts = (0..<12).map { _ in RandomPolicy.context(of: policy, using: &random) }
                let sids = contexts.map(peer.sid(of:))
                for (source, sourceSID) in zip(contexts, sids) {
                    for (target, targetSID) in zip(contexts, sids) {
                        let objectClass = UInt16.random(in: 1...UInt16(policy.classes.count), using: &random)
                        var decision = try current.accessDecision(source: source, target: target, objectClass: objectClass)
                        decision.isPermissive = false
                        let comment: Comment = "seed \(seed): \(source) to \(target), class \(objectClass), booleans \(values)"
                        #expect(decision == peer.accessDecision(sourceSID, targetSID, objectClass), comment)
                        for purpose in LoadedPolicy.NewContext.allCases {
                            let context = try current.newContext(
                                purpose, source: source, target: target, objectClass: objectClass)
                            let isValid = read.isValid(context)
                            #expect(
                                peer.newContext(purpose, sourceSID, targetSID, objectClass) == (isValid ? context : nil), comment)
                            if isValid { validContexts += 1 }
                        }
                        let process = Int.random(in: contexts.indices, using: &random)
                        #expect(
                            try current.allowsTransition(
                                from: source, to: target, by: contexts[process], objectClass: objectClass)
                                == peer.allowsTransition(sourceSID, targetSID, sids[process], objectClass), comment)
                        decisions += 5
                    }
                }
            }
        }
        print("libsepol was asked for \(decisions) decisions; \(validContexts) new contexts were valid")
        #expect(decisions >= Self.count * 1_000)
        #expect(validContexts > decisions / 50)
    }
#else
    @Test func libsepolIsMissing() {
        if ProcessInfo.processInfo.environment["CI"] != nil {
            Issue.record("libsepol-dev is not there: no decision was compared with it")
        } else {
            Issue.record("libsepol-dev is not there: no decision was compared with it", severity: .warning)
        }
    }
#endif
}
