import Flask
import Foundation
import PolicyAnalysis
import PolicyCompiler
import TestSupport
import Testing

/// What sediff's library tells of two policies against what we do. The seed is printed with what differs, and `XSM_SEED` sets it.
@Suite("Differences are those of setools")
struct SetoolsDifferenceTests {
    private static let seed = RandomTest.seed()

    /// Our answer in the form that `Tests/Setools/answers` gives to theirs: one line for each permission of each pair of types.
    private static func lines(_ difference: PolicyDifference) -> [String] {
        var lines: [String] = []
        func condition(_ when: RuleDifference.When) -> String {
            guard case .condition(let text) = when else { return "" }
            return text.hasPrefix("! ") ? " if \(text.dropFirst(2)) False" : " if \(text) True"
        }
        for rule in difference.rules {
            for source in rule.sources {
                for target in rule.targets {
                    for part in rule.parts {
                        for permission in part.permissions {
                            let key = "\(rule.group.rawValue) \(source) \(target) \(rule.objectClass) \(permission)"
                            if part.after != .never { lines.append("+ \(key)\(condition(part.after))") }
                            if part.before != .never { lines.append("- \(key)\(condition(part.before))") }
                        }
                    }
                }
            }
        }
        for entry in difference.entries {
            let name = entry.name.description
            func words(_ statements: [DifferenceEntry.Statement]) -> [[String]] {
                statements.map { String(decoding: $0.text, as: UTF8.self).split { " ;".contains($0) }.map(String.init) }
            }
            switch entry.group {
            case .types, .permissive: lines.append((entry.change == .added ? "+ " : "- ") + "\(entry.group.rawValue) \(name)")
            case .attributes, .roles:
                for members in entry.members where members.what == "types" {
                    lines +=
                        members.added.map { "+ \(entry.group.rawValue) \(name) \($0)" }
                        + members.removed.map { "- \(entry.group.rawValue) \(name) \($0)" }
                }
            case .booleans: lines.append("~ booleans \(name)")
            case .users:
                for members in entry.members where members.what == "roles" {
                    lines += members.added.map { "+ users \(name) \($0)" } + members.removed.map { "- users \(name) \($0)" }
                }
            case .typeTransition, .roleAllow:
                let word = entry.group.rawValue
                lines += words(entry.after).map { "+ \(word) \($0.dropFirst().joined(separator: " "))" }
                lines += words(entry.before).map { "- \(word) \($0.dropFirst().joined(separator: " "))" }
            default: break
            }
        }
        return lines.sorted()
    }

    private static func write(_ policy: AnalysedPolicy, _ name: String, in folder: URL) throws -> URL {
        let file = folder.appendingPathComponent(name)
        try Data(ImageWriter.write(policy.policy, layout: .checkpolicy3_5).bytes).write(to: file)
        return file
    }

    private func expect(_ ours: [String], _ theirs: [String], _ label: String) {
        guard ours != theirs else { return }
        let (left, right) = (Set(ours), Set(theirs))
        let shown =
            left.subtracting(right).sorted().prefix(8).map { "only ours: \($0)" }
            + right.subtracting(left).sorted().prefix(8).map { "only setools: \($0)" }
        Issue.record("\(label): \(ours.count) and \(theirs.count)\n\(shown.joined(separator: "\n"))")
    }

    @Test("Random pairs of small policies")
    func randomPairs() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.url
        var random = SplitMix64(seed: Self.seed)
        var asked: [(policy: URL, questions: [[String: Any]])] = []
        var ours: [[String]] = []
        for round in 0..<60 {
            var features = RandomPolicy.Features()
            features.overlaps = false
            features.roles = true
            features.booleanCount = 3
            let first = RandomPolicy(features, &random)
            let second = random.percent(75) ? first.changed(&random) : RandomPolicy(features, &random)
            guard let before = try? first.analysed(), let after = try? second.analysed() else { continue }
            let other = try Self.write(after, "after\(round)", in: folder)
            asked.append((try Self.write(before, "before\(round)", in: folder), [["ask": "difference", "other": other.path]]))
            ours.append(Self.lines(try before.difference(to: after)))
        }
        guard let answers = try Setools.answers(asked, in: folder) else { return }
        var compared = 0
        for (place, answer) in answers.enumerated() {
            guard let theirs = answer.first ?? nil else { continue }
            expect(ours[place], theirs, "seed \(Self.seed), pair \(place)")
            compared += 1
        }
        #expect(compared > 40 && ours.joined().count > 200, "seed \(Self.seed): \(compared) pairs, \(ours.joined().count) lines")
    }

    /// sediff takes minutes and more than a gigabyte for it, so that it is asked about the pairs of types that we tell of.
    @Test("SELinux's reference policy with some rules changed: what setools finds in both for each pair")
    func referencePolicy() throws {
        guard let policy = try ReferenceImage.standard() else { return }
        let temporary = try TemporaryFolder()
        let folder = temporary.url
        var random = SplitMix64(seed: Self.seed)
        let changed = AnalysedPolicy(ReferenceImage.changed(policy.policy, rules: 24, &random))
        let difference = try policy.difference(to: changed)
        var pairs: [(RuleDifference, String, String)] = []
        for rule in difference.rules where rule.group == .allow && rule.parts.allSatisfy({ $0.isPlain }) {
            for source in rule.sources.prefix(2) {
                for target in rule.targets.prefix(2) { pairs.append((rule, source.description, target.description)) }
            }
        }
        pairs = Array(pairs.prefix(40))
        #expect(pairs.count > 3, "seed \(Self.seed)")
        let questions = pairs.map { rule, source, target -> [String: Any] in
            ["ask": "rules", "ruletype": ["allow"], "source": source, "target": target, "tclass": [rule.objectClass.description]]
        }
        let images = [try Self.write(policy, "before", in: folder), try Self.write(changed, "after", in: folder)]
        guard let answers = try Setools.answers(images.map { ($0, questions) }, in: folder) else { return }
        var compared = 0
        for (place, (rule, source, target)) in pairs.enumerated() {
            guard let before = answers[0][place], let after = answers[1][place] else { continue }
            compared += 1
            // `allow SOURCE TARGET CLASS PERMISSION…`, and behind that a condition.
            func permissions(_ rules: [String]) -> Set<String> {
                Set(rules.filter { !$0.contains(" if ") }.flatMap { $0.split(separator: " ").dropFirst(4).map(String.init) })
            }
            let label = "seed \(Self.seed): \(source) \(target) \(rule.objectClass)"
            func told(_ parts: [RuleDifference.Part]) -> Set<String> { Set(parts.flatMap(\.permissions).map(\.description)) }
            #expect(permissions(after).subtracting(permissions(before)) == told(rule.parts.filter(\.isAddition)), "\(label)")
            #expect(permissions(before).subtracting(permissions(after)) == told(rule.parts.filter(\.isRemoval)), "\(label)")
        }
        #expect(compared > 3, "seed \(Self.seed): \(compared) of \(pairs.count) pairs")
    }
}

extension RuleDifference.Part {
    /// Whether no condition is involved.
    fileprivate var isPlain: Bool { [before, after].allSatisfy { $0 == .always || $0 == .never } }
}
