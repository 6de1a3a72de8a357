import Foundation
import TestSupport
import Testing

extension CheckpolicyTests {
    /// One random policy, and how to compile it.
    private struct Case: Sendable {
        let seed: UInt64
        let form: RandomPolicy.Form
        let layout: Comparison.Layout
        let isBroken: Bool

        /// The nth case: every target, layout and version takes its turn.
        init(_ number: Int) {
            seed = UInt64(number)
            layout = number % 2 == 0 ? .old : .new
            var form = RandomPolicy.Form()
            form.isXen = number / 2 % 2 == 0
            form.isMLS = number / 4 % 2 == 0
            form.isNew = layout == .new
            form.isLatest = false
            if form.isXen {
                form.version = number / 8 % 4 == 0 ? 24 : 30
            } else {
                let last = layout == .new ? 34 : 33
                let first = form.isMLS ? 19 : 15
                // Half of them for the versions that kernels load today.
                form.version = number / 8 % 2 == 0 ? last - number / 16 % 4 : first + number / 16 % (last - first + 1)
            }
            self.form = form
            isBroken = number % 7 == 6
        }

        var text: String {
            let text = RandomPolicy.text(seed: seed, form)
            guard isBroken else { return text }
            var mutation = PolicyMutation(seed: seed)
            return mutation.mutate(text)
        }

        var label: String {
            "case \(seed) (\(form.isXen ? "Xen" : "SELinux") version \(form.version)\(form.isMLS ? " with MLS" : ""), layout \(layout.rawValue)\(isBroken ? ", broken" : ""))"
        }
    }

    @Test("Random policies have the verdict and the image of checkpolicy, valid ones and broken ones")
    func randomPolicies() async throws {
        guard let compiler = Peers.required(Peers.xsmCompile, "xsm-compile") else { return }
        let old = Peers.required(Peers.checkpolicy, "checkpolicy")
        let new = Peers.required(Peers.nextCheckpolicy, "the next Debian's checkpolicy")
        let numbers = RandomTest.numbers(300)
        let folder = try TemporaryFolder()
        let place = folder.url
        let results = try await inPairs(Array(numbers)) { number -> (Comparison.Outcome, String?)? in
            let random = Case(number)
            guard let peer = random.layout == .old ? old : new else { return nil }
            let text = random.text
            let file = place.appendingPathComponent("\(number).conf")
            try Data(text.utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let comparison = try Comparison(
                of: file, isXen: random.form.isXen, isMLS: random.form.isMLS, version: random.form.version,
                layout: random.layout, peer: peer, compiler: compiler, in: place)
            if comparison.isAgreement { return (comparison.outcome, nil) }
            if random.layout == .new, text.contains("optional"), let (peers, ours) = comparison.images,
                try Comparison.areEqualButForRoleTypes(peers, ours)
            {
                return (comparison.outcome, nil)
            }
            return (
                comparison.outcome,
                """
                \(comparison.report(random.label))
                repeat with XSM_RANDOM_FIRST=\(number) XSM_RANDOM_CASES=1; the policy:
                \(text.utf8.count < 6_000 ? text : "(\(text.utf8.count) bytes)")
                """
            )
        }
        for report in results.compactMap({ $0?.1 }) { Issue.record(Comment(rawValue: report)) }
        // The test says something only as long as most policies are valid.
        let accepted = results.count { $0?.0 == .same }
        if numbers.count >= 100, old != nil, new != nil { #expect(accepted > numbers.count / 3, "only \(accepted) of \(numbers.count) policies are valid") }
    }
}
