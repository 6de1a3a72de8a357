import Flask
import PolicyAnalysis
import TestSupport
import Testing

/// Small policies at random, of which every access there is is explained.
@Suite("The obstacles of an explanation are what stands against it: all of them, and each of them")
struct ObstacleTests {
    private static let seed = RandomTest.seed()

    /// Something that could be asked, and is not allowed.
    private struct Denial {
        let question: AccessQuestion
        let permission: AccessExplanation.Permission
        let bit: UInt32
    }

    @Test("Whatever obstacle is left denies it, and with none left it is allowed")
    func mending() throws {
        var (mended, kinds) = (0, Set<String>())
        try forEachDenial { policy, denial, label in
            for left in denial.permission.obstacles.indices {
                var changed = policy.policy
                for place in denial.permission.obstacles.indices where place != left {
                    mend(denial.permission.obstacles[place], denial, &changed)
                }
                #expect(try !isAllowed(denial, by: changed), "\(label): without obstacle \(left) it is denied no more")
            }
            // A rule that was not there can be one that a bound forbids: that is told when there is a rule.
            var changed = policy.policy
            var obstacles = denial.permission.obstacles
            for round in 0..<3 where !obstacles.isEmpty {
                for obstacle in obstacles {
                    kinds.insert(word(obstacle))
                    mend(obstacle, denial, &changed)
                }
                obstacles = try AnalysedPolicy(changed).explanation(of: denial.question).permissions.first?.obstacles ?? []
                #expect(obstacles.allSatisfy { word($0) == "bounds" } && round < 2, "\(label): after mending \(obstacles)")
            }
            #expect(try isAllowed(denial, by: changed), "\(label): with all mended it is denied")
            mended += 1
        }
        #expect(mended > 200, "seed \(Self.seed): \(mended)")
        #expect(kinds == ["rule", "constraint", "role", "bounds"], "seed \(Self.seed): only \(kinds) came about")
    }

    @Test("Booleans that would bring a rule into force are the fewest, and whether they suffice is what they do")
    func remedies() throws {
        var tried = 0
        try forEachDenial { policy, denial, label in
            for case .noRule(let disabled) in denial.permission.obstacles {
                for remedy in disabled {
                    tried += 1
                    let condition = try #require(remedy.rule.found.condition)
                    let conditional = policy.policy.conditionals[condition.place]
                    let count = policy.policy.booleans.count
                    let all = (0..<(1 << count)).map { set in (0..<count).map { set >> $0 & 1 == 1 } }
                    func changes(_ values: [Bool]) -> Int { zip(values, denial.question.booleans).count { $0 != $1 } }
                    let fewest = all.filter { conditional.value($0) == condition.branch }.map(changes).min()
                    #expect(fewest ?? 0 == remedy.settings.count, "\(label): \(remedy.settings)")
                    var values = denial.question.booleans
                    for setting in remedy.settings {
                        let place = try #require(policy.policy.booleans.firstIndex { $0.name == setting.name })
                        values[place] = setting.value
                    }
                    var changed = denial.question
                    changed.booleans = values
                    let isAllowed = try policy.explanation(of: changed).isAllowed
                    #expect(isAllowed == remedy.suffices, "\(label): \(remedy.settings)")
                }
            }
        }
        #expect(tried > 5, "seed \(Self.seed): \(tried)")
    }

    // MARK: What is denied

    private func forEachDenial(_ body: (AnalysedPolicy, Denial, String) throws -> Void) throws {
        for round in 0..<12 {
            let seed = Self.seed + UInt64(round)
            let policy = try RandomSmallPolicy(seed: seed).analysed()
            let loaded = try policy.loaded()
            let contexts = contexts(policy.policy, loaded)
            var random = SplitMix64(seed: seed)
            for (source, target) in contexts.flatMap({ source in contexts.map { (source, $0) } }) where random.percent(12) {
                for (name, permissions) in RandomSmallPolicy.classes {
                    let question = try policy.accessQuestion(source: source, target: target, objectClass: name, permissions: permissions, by: loaded)
                    let explanation = try policy.explanation(of: question, by: loaded)
                    for (asked, told) in zip(question.permissions, explanation.permissions) where !told.isAllowed {
                        let single = try policy.accessQuestion(
                            source: source, target: target, objectClass: name, permissions: [asked.name.description], by: loaded)
                        let denial = Denial(question: single, permission: told, bit: 1 << (asked.number - 1))
                        try body(policy, denial, "seed \(seed): \(source) \(target) \(name) \(asked.name)")
                    }
                }
            }
        }
    }

    private func contexts(_ policy: Policy, _ loaded: LoadedPolicy) -> [String] {
        var texts: [String] = []
        for user in policy.users { for role in policy.roles { for type in policy.types {
            guard let user, let role, let type else { continue }
            let text = "\(user.name):\(role.name):\(type.name)"
            if role.name != "object_r", (try? loaded.context(Array(text.utf8))) != nil { texts.append(text) }
        } } }
        return texts
    }

    // MARK: Mending

    private func word(_ obstacle: AccessObstacle) -> String {
        switch obstacle {
        case .noRule: "rule"
        case .constraint: "constraint"
        case .roleAllow: "role"
        case .bounds: "bounds"
        }
    }

    /// Takes an obstacle away, and nothing else.
    private func mend(_ obstacle: AccessObstacle, _ denial: Denial, _ policy: inout Policy) {
        let question = denial.question
        let index = Int(question.objectClass) - 1
        switch obstacle {
        case .noRule:
            let (source, target) = (UInt16(question.source.type), UInt16(question.target.type))
            let same = policy.rules.rules.firstIndex {
                $0.kind == .allow && $0.source == source && $0.target == target && $0.objectClass == question.objectClass
            }
            if let same {
                policy.rules.rules[same].data |= denial.bit
            } else {
                policy.rules.rules.append(
                    Rule(source: source, target: target, objectClass: question.objectClass, kind: .allow, data: denial.bit))
            }
        case .constraint(let entry, _, _):
            guard case .constraint(_, _, let place) = entry.found.statement else { return }
            policy.classes[index].constraints[place].permissions &= ~denial.bit
        case .roleAllow:
            policy.roleAllows.append(RoleAllow(role: question.source.role, newRole: question.target.role))
        case .bounds:
            for type in [question.source.type, question.target.type] { policy.types[Int(type) - 1]?.bounds = 0 }
        }
    }

    private func isAllowed(_ denial: Denial, by policy: Policy) throws -> Bool {
        let question = denial.question
        let decision = try LoadedPolicy(policy).accessDecision(
            source: question.source, target: question.target, objectClass: question.objectClass)
        return decision.allowed & denial.bit != 0
    }
}
