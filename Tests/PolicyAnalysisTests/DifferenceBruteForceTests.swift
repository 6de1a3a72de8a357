import Flask
import PolicyAnalysis
import TestSupport
import Testing

/// What is told against what both policies decide, for all pairs of types and all values of the booleans.
@Suite("A difference is told exactly where decisions differ")
struct DifferenceBruteForceTests {
    private static let seed = RandomTest.seed()

    private struct Key: Hashable {
        let group: DifferenceGroup
        let source: String
        let target: String
        let objectClass: String
        let permission: String
    }

    /// For each permission between types a bit for each combination of the booleans' values.
    private static func decisions(_ analysed: AnalysedPolicy) throws -> [Key: UInt32] {
        let policy = analysed.policy
        let loaded = try LoadedPolicy(policy)
        let role = UInt32(try #require(policy.roles.firstIndex { $0?.name == "first_r" }) + 1)
        let user = UInt32(try #require(policy.users.firstIndex { $0?.name == "first_u" }) + 1)
        let types = policy.types.indices.filter { policy.types[$0]?.isAttribute == false }
        // By name, which is the same order in all policies.
        let booleans = policy.booleans.indices.sorted { policy.booleans[$0].name < policy.booleans[$1].name }
        var result: [Key: UInt32] = [:]
        for combination in 0..<(1 << booleans.count) {
            var values = loaded.booleans
            for (bit, place) in booleans.enumerated() { values[place] = combination >> bit & 1 == 1 }
            let now = try #require(loaded.setting(values))
            for source in types {
                for target in types {
                    for (index, entry) in policy.classes.enumerated() {
                        let decision = try now.accessDecision(
                            source: SecurityContext(user: user, role: role, type: UInt32(source + 1)),
                            target: SecurityContext(user: user, role: role, type: UInt32(target + 1)),
                            objectClass: UInt16(index + 1))
                        for permission in entry.permissions {
                            for (group, vector) in [
                                (DifferenceGroup.allow, decision.allowed), (.auditAllow, decision.auditAllow),
                                (.dontAudit, ~decision.auditDeny),
                            ] where vector >> (permission.number - 1) & 1 == 1 {
                                let key = Key(
                                    group: group, source: policy.types[source]!.name.description,
                                    target: policy.types[target]!.name.description,
                                    objectClass: entry.name.description, permission: permission.name.description)
                                result[key, default: 0] |= 1 << UInt32(combination)
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    private static func truth(_ when: RuleDifference.When, booleanCount: Int) -> UInt32 {
        var table: UInt32 = 0
        for combination in 0..<(1 << booleanCount) {
            let values = Dictionary(uniqueKeysWithValues: (0..<booleanCount).map { ("b\($0)", combination >> $0 & 1 == 1) })
            let isTrue =
                switch when {
                case .never: false
                case .always: true
                case .condition(let text): ConditionText.value(text, values)
                }
            if isTrue { table |= 1 << UInt32(combination) }
        }
        return table
    }

    @Test("Random pairs of small policies, under all values of their booleans")
    func randomPairs() throws {
        var random = SplitMix64(seed: Self.seed)
        var different = 0
        for round in 0..<60 {
            var features = RandomPolicy.Features()
            features.booleanCount = 3
            let first = RandomPolicy(features, &random)
            let second = random.percent(80) ? first.changed(&random) : RandomPolicy(features, &random)
            guard let before = try? first.analysed(), let after = try? second.analysed() else { continue }
            let difference = try before.difference(to: after)
            let (left, right) = (try Self.decisions(before), try Self.decisions(after))
            var told: [Key: (UInt32, UInt32)] = [:]
            let label = "seed \(Self.seed), round \(round)"
            for rule in difference.rules {
                for source in rule.sources {
                    for target in rule.targets {
                        for part in rule.parts {
                            for permission in part.permissions {
                                let key = Key(
                                    group: rule.group, source: source.description, target: target.description,
                                    objectClass: rule.objectClass.description, permission: permission.description)
                                #expect(told[key] == nil, "\(label): told twice: \(key)")
                                told[key] = (Self.truth(part.before, booleanCount: 3), Self.truth(part.after, booleanCount: 3))
                            }
                        }
                    }
                }
            }
            for key in Set(left.keys).union(right.keys).union(told.keys) {
                let decided = (left[key] ?? 0, right[key] ?? 0)
                if decided.0 != decided.1 { different += 1 }
                let expected = decided.0 == decided.1 ? nil : decided
                #expect(
                    told[key]?.0 == expected?.0 && told[key]?.1 == expected?.1,
                    "\(label): \(key): told \(told[key] as Any), decided \(decided)")
            }
        }
        #expect(different > 200, "seed \(Self.seed): \(different)")
    }

    @Test(
        "SELinux's reference policy with rules changed at random: decisions between the types that are told, and between others")
    func referencePolicy() throws {
        guard var before = try ReferenceImage.standard()?.policy else { return }
        // Without what is not rules.
        for index in before.classes.indices { before.classes[index].constraints = [] }
        var random = SplitMix64(seed: Self.seed)
        var after = ReferenceImage.changed(before, rules: 40, &random)
        // A type has another attribute, and so all rules of that.
        let (type, attribute) = (random.below(after.types.count), random.below(after.types.count))
        if after.types[type]?.isAttribute == false, after.types[attribute]?.isAttribute == true {
            after.typeAttributes[type].insert(attribute)
        }
        let difference = try AnalysedPolicy(before).difference(to: AnalysedPolicy(after))
        let rules = difference.rules.filter { $0.group == .allow }
        let (first, second) = (
            try LoadedPolicy(before, subjectClass: "process"), try LoadedPolicy(after, subjectClass: "process")
        )
        let booleans = first.booleans.map { _ in random.percent(50) }
        let (left, right) = (try #require(first.setting(booleans)), try #require(second.setting(booleans)))
        let values = Dictionary(uniqueKeysWithValues: zip(before.booleans.map(\.name.description), booleans))
        let types = before.types.indices.filter { before.types[$0]?.isAttribute == false }
        let numbers = Dictionary(uniqueKeysWithValues: types.map { (before.types[$0]!.name, $0) })
        var told: [[Int]: (UInt32, UInt32)] = [:]
        for rule in rules {
            let objectClass = try #require(before.classes.firstIndex { $0.name == rule.objectClass })
            let bits = Dictionary(
                uniqueKeysWithValues: before.permissions(ofClass: objectClass).map { ($0.name, UInt32(1) << ($0.number - 1)) })
            func isTrue(_ when: RuleDifference.When) -> Bool {
                if case .condition(let text) = when { ConditionText.value(text, values) } else { when == .always }
            }
            for source in rule.sources.prefix(30) {
                for target in rule.targets.prefix(30) {
                    let key = [try #require(numbers[source]), try #require(numbers[target]), objectClass]
                    for part in rule.parts {
                        let vector = part.permissions.reduce(UInt32(0)) { $0 | (bits[$1] ?? 0) }
                        let known = told[key] ?? (0, 0)
                        told[key] = (
                            isTrue(part.before) ? known.0 | vector : known.0, isTrue(part.after) ? known.1 | vector : known.1
                        )
                    }
                }
            }
        }
        func decide(_ key: [Int]) throws -> (UInt32, UInt32) {
            let source = SecurityContext(user: 1, role: 1, type: UInt32(key[0] + 1))
            let target = SecurityContext(user: 1, role: 1, type: UInt32(key[1] + 1))
            let decisions = try [left, right].map {
                try $0.accessDecision(source: source, target: target, objectClass: UInt16(key[2] + 1)).allowed
            }
            return (decisions[0] & ~decisions[1], decisions[1] & ~decisions[0])
        }
        var different = 0
        for (key, vectors) in told {
            let decided = try decide(key)
            if decided != (0, 0) { different += 1 }
            #expect(decided == (vectors.0 & ~vectors.1, vectors.1 & ~vectors.0), "seed \(Self.seed): \(key)")
        }
        #expect(different > 5, "seed \(Self.seed)")
        // Of those that are not told each decision is the same.
        let sources = Dictionary(grouping: rules, by: \.objectClass)
        for _ in 0..<4_000 {
            let key = [random.pick(types), random.pick(types), random.below(before.classes.count)]
            let isTold = (sources[before.classes[key[2]].name] ?? []).contains { rule in
                rule.sources.contains { numbers[$0] == key[0] } && rule.targets.contains { numbers[$0] == key[1] }
            }
            if !isTold { #expect(try decide(key) == (0, 0), "seed \(Self.seed): \(key)") }
        }
    }
}

extension Policy {
    fileprivate func permissions(ofClass index: Int) -> [PermissionTable.Permission] {
        let common = Int(classes[index].common)
        return (common == 0 ? [] : commons[common - 1].permissions) + classes[index].permissions
    }
}
