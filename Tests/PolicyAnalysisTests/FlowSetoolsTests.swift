import Flask
import Foundation
import PolicyAnalysis
import TestSupport
import Testing

/// The same questions with the same map of permissions, where nothing but rules decides: setools looks neither at constraints nor at what is permissive.
@Suite("Flows are those of setools")
struct FlowSetoolsTests {
    private static let seed = RandomTest.seed()

    private struct Asked {
        let name: String
        let analysed: AnalysedPolicy
        let table: FlowPermissions
        let image: URL
        let map: URL
    }

    /// The table in setools' form, which has one weight for both directions.
    private static func map(_ table: FlowPermissions, _ policy: Policy) -> String {
        var text = "\(policy.classes.count)\n"
        for entry in policy.classes {
            text += "class \(entry.name) \(entry.permissions.count)\n"
            for permission in entry.permissions {
                let meant = table.weights(ofClass: entry.name, permission.name)
                let direction = meant.map { $0.read > 0 ? ($0.write > 0 ? "b" : "r") : $0.write > 0 ? "w" : "n" } ?? "u"
                text += "  \(permission.name) \(direction) \(max(1, meant?.read ?? 1, meant?.write ?? 1))\n"
            }
        }
        return text
    }

    private static func ask(_ name: String, _ analysed: AnalysedPolicy, _ table: FlowPermissions, in folder: URL) throws -> Asked {
        var policy = analysed.policy
        for index in policy.classes.indices { policy.classes[index].constraints = [] }
        for index in policy.types.indices { policy.types[index]?.bounds = 0 }
        let file = folder.appendingPathComponent(name)
        try Data(ImageWriter.write(policy, layout: .checkpolicy3_5).bytes).write(to: file)
        let map = folder.appendingPathComponent(name + ".map")
        try Data(Self.map(table, policy).utf8).write(to: map)
        return Asked(name: name, analysed: AnalysedPolicy(policy), table: table, image: file, map: map)
    }

    private func compare(_ asked: [Asked], pairs count: Int, weights: [UInt8], in folder: URL, _ random: inout SplitMix64) throws {
        var all: [(policy: URL, questions: [[String: Any]])] = []
        var ours: [[[String]]] = []
        for asked in asked {
            let types = asked.analysed.policy.types.compactMap { $0.flatMap { $0.isAttribute ? nil : $0.name.description } }
            var questions: [[String: Any]] = []
            var answers: [[String]] = []
            for weight in weights {
                let excluded = random.some(types, 0, 2)
                var settings = FlowSettings()
                settings.permissions = asked.table
                settings.minimumWeight = weight
                settings.unknown = .none
                settings.mergesViews = false
                settings.excluded = try excluded.map { try NamePattern($0) }
                var booleans: [String: Bool] = [:]
                for boolean in asked.analysed.policy.booleans { booleans[boolean.name.description] = random.percent(50) }
                settings.booleans = booleans.map { (name: $0.key, value: $0.value) }
                var analysis = try FlowAnalysis(asked.analysed, settings)
                let others = types.filter { !excluded.contains($0) }
                // setools keeps an excluded type from being asked for, too.
                let pairs = (0..<count).map { _ in [random.pick(others), random.pick(others)] }.filter { $0[0] != $0[1] }
                for longest in [0, 3] {
                    questions.append([
                        "ask": "flows", "pairs": pairs, "permissions": asked.map.path, "minimum": Int(weight), "exclude": excluded,
                        "booleans": booleans, "longest": longest,
                    ])
                    var found: [String] = []
                    for pair in pairs {
                        var question = FlowQuestion(from: try NamePattern(pair[0]), to: try NamePattern(pair[1]))
                        question.limit = 1_000_000
                        if longest > 0 {
                            question.paths = .all
                            question.maximumSteps = longest
                        }
                        let answer = try analysis.answer(question)
                        #expect(!answer.hasMore)
                        found += answer.paths.map { ($0.map(\.source) + $0.suffix(1).map(\.target)).map(\.description).joined(separator: " ") }
                    }
                    answers.append(found.sorted())
                }
            }
            all.append((asked.image, questions))
            ours.append(answers)
        }
        guard let theirs = try Setools.answers(all, in: folder) else { return }
        var paths = 0
        for (index, asked) in asked.enumerated() {
            for (place, answers) in zip(ours[index], theirs[index]).enumerated() {
                let peer = try #require(answers.1, "setools refused \(asked.name), seed \(Self.seed)")
                paths += peer.count
                guard answers.0 != peer else { continue }
                let difference = peer.difference(from: answers.0).prefix(6)
                Issue.record("\(asked.name), question \(place), seed \(Self.seed): \(answers.0.count) and \(peer.count): \(difference)")
            }
        }
        #expect(paths > asked.count * 10, "setools found next to nothing")
    }

    @Test("Random policies")
    func random() throws {
        let folder = try TemporaryFolder()
        var random = SplitMix64(seed: Self.seed)
        var asked: [Asked] = []
        for number in 0..<30 {
            // What setools makes of a weight where a rule's condition does not hold is another question.
            let shape = FlowPolicy.Shape(types: 8, hasConstraints: false, hasConditions: number % 2 == 0, hasViews: false, hasBounds: false, hasPermissive: false)
            let policy = try FlowPolicy(shape, &random, target: .xen)
            var text = FlowPolicy.table.replacingOccurrences(of: "write 9 read 2", with: "both 2")
            if number % 3 == 0 { text += "thing quirk both 1\n" }
            asked.append(try Self.ask("random-\(number)", policy.analysed, FlowPermissions(Array(text.utf8)), in: folder.url))
        }
        try compare(asked.enumerated().filter { $0.offset % 2 == 0 }.map(\.element), pairs: 12, weights: [1], in: folder.url, &random)
        try compare(asked.enumerated().filter { $0.offset % 2 == 1 }.map(\.element), pairs: 12, weights: [1, 4, 8], in: folder.url, &random)
    }

    @Test("Our reference policy for Xen 4.16, without its constraints, with the table that comes with us")
    func reference() throws {
        let folder = try TemporaryFolder()
        var random = SplitMix64(seed: Self.seed &+ 1)
        let analysed = try Trees.policy("reference", release: "4.16")
        try compare([try Self.ask("reference", analysed, FlowPermissions(.xen), in: folder.url)], pairs: 40, weights: [1], in: folder.url, &random)
    }
}
