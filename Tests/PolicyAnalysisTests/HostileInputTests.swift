import Flask
import PolicyAnalysis
import PolicyCompiler
import TestSupport
import Testing

@Suite("No input makes a question trap")
struct HostileInputTests {
    private static let seed = RandomTest.seed()

    private func image() throws -> [UInt8] { try ImageWriter.write(SmallPolicy.analysed().policy, layout: .checkpolicy3_6).bytes }

    /// Everything that can be asked of a policy.
    private func askEverything(_ policy: AnalysedPolicy) {
        _ = policy.summary()
        for kind in InventoryKind.allCases { _ = try? policy.inventory(of: kind) }
        for pattern in ["/^d/", "dom0_t", "domain"] {
            var question = SearchQuestion()
            question.source = try? NamePattern(pattern)
            _ = try? policy.answer(question)
            question = SearchQuestion()
            question.classes = [try? NamePattern(pattern)].compactMap { $0 }
            question.permissions = [try? NamePattern("/a/")].compactMap { $0 }
            _ = try? policy.answer(question)
        }
        _ = try? policy.answer(SearchQuestion())
        let contexts = (try? policy.inventory(of: .initialSIDs)) ?? []
        let names = contexts.prefix(2).compactMap { $0.members.first?.names.first?.description }
        for entry in policy.policy.classes.prefix(3) {
            for source in names {
                for target in names {
                    let permissions = entry.permissions.prefix(2).map(\.name.description)
                    let question = try? policy.accessQuestion(
                        source: source, target: target, objectClass: entry.name.description, permissions: permissions)
                    if let question { _ = try? policy.explanation(of: question) }
                }
            }
        }
        _ = policy.compatibility().groups.count
        _ = try? policy.labelCoverage()
        for (text, kind) in [("0x0-0xfffffffffffff", DeviceKind.frames), ("0x0-0xffff", .ports), ("33", .irq), ("0xc800", .pci), ("/soc/serial", .dt)] {
            guard let device = try? Device(text, kind: kind) else { continue }
            _ = try? policy.labels(of: device)
        }
        guard let small = try? SmallPolicy.analysed() else { return }
        _ = try? policy.difference(to: small)
        _ = try? small.difference(to: policy)
        _ = try? policy.isSubset(of: small)
        _ = try? small.isSubset(of: policy)
        for line in [
            "deny * *:* *", "allow * *:* *", "deny domain_type self:domain pause with any booleans", "transition * *:domain irq_t",
            "deny system_u:system_r:dom0_t system_u:vm_r:domU_t:domain *",
        ] {
            _ = try? AssertionTests.check(line, policy)
        }
        _ = policy.lint()
        for language in PolicyLanguage.allCases { _ = try? policy.decompiled(to: language) }
        guard let any = try? NamePattern("/./") else { return }
        for paths in [FlowQuestion.Paths.shortest, .all] {
            for target in [nil, any] {
                var question = FlowQuestion(from: any, to: target)
                question.paths = paths
                question.tellsSteps = true
                guard let answer = try? policy.flow(question) else { continue }
                _ = FlowDiagram([answer], title: "any").svg
            }
        }
    }

    @Test("A constraint of a hundred thousand comparisons is explained, told and searched")
    func longConstraint() throws {
        var policy = try SmallPolicy.analysed().policy
        let place = try #require(policy.classes.firstIndex { $0.name == "domain" })
        let comparison = Constraint.Term(.attribute, .user, .notEqual)
        policy.classes[place].constraints[0].expression = [comparison] + (0..<100_000).flatMap { _ in [comparison, Constraint.Term(.or)] }
        let analysed = AnalysedPolicy(policy)
        let question = try analysed.accessQuestion(
            source: "system_u:system_r:dom0_t", target: "system_u:vm_r:domU_t", objectClass: "domain", permissions: ["create", "pause"])
        let told = try analysed.explanation(of: question).permissions
        #expect(told.flatMap(\.obstacles).contains { if case .constraint = $0 { true } else { false } })
        var search = SearchQuestion()
        search.kinds = [.constrain]
        #expect(try analysed.answer(search).entries.contains { $0.text.count > 1_000_000 })
        #expect(try analysed.decompiled(to: .conf).count > 1_000_000)
    }

    @Test("An image that is cut anywhere is refused")
    func cutImages() throws {
        let image = try image()
        for count in 0..<image.count {
            #expect(throws: InputFailure.self, "cut to \(count)") { try AnalysedPolicy(Array(image.prefix(count)), named: "cut") }
        }
    }

    @Test("An image with bytes that are changed is refused or answers")
    func changedImages() throws {
        var random = SplitMix64(seed: Self.seed)
        let image = try image()
        var answered = 0
        for _ in 0..<200 {
            var changed = image
            for _ in 0...random.below(3) { changed[random.below(image.count)] = random.percent(40) ? UInt8(random.below(4)) : UInt8(random.below(256)) }
            guard let policy = try? AnalysedPolicy(changed, named: "changed") else { continue }
            answered += 1
            askEverything(policy)
        }
        #expect(answered > 5, "seed \(Self.seed)")
    }

    @Test("Random bytes are no policy, with the magic word and without")
    func randomBytes() throws {
        var random = SplitMix64(seed: Self.seed)
        for round in 0..<500 {
            var bytes = (0..<random.below(400)).map { _ in UInt8(random.below(256)) }
            if round % 2 == 0 { bytes = [0x8c, 0xff, 0x7c, 0xf9] + bytes }
            #expect(throws: InputFailure.self, "seed \(Self.seed)") { try AnalysedPolicy(bytes, named: "random") }
        }
    }

    @Test("A name of more than a kibibyte is refused, before it is told a thousand times")
    func longNames() throws {
        var policy = try SmallPolicy.analysed().policy
        policy.types[0]?.name = Name(String(repeating: "a", count: 1_025))
        let image = try ImageWriter.write(policy, layout: .checkpolicy3_6).bytes
        #expect(throws: InputFailure.self) { try AnalysedPolicy(image, named: "long") }
    }

    @Test("A regular expression that takes too long is given up")
    func expressions() throws {
        let policy = try SmallPolicy.analysed()
        for pattern in ["/(a|b|(c*)*)*\\1{255}x/", "/((((a{255}){255}){255}){255})/", "/[/", "/a{2,1}/", "/*/", "/[[:nothing:]]/"] {
            guard let pattern = try? NamePattern(pattern) else { continue }
            var question = SearchQuestion()
            question.source = pattern
            _ = try? policy.answer(question)
        }
        #expect(throws: QuestionMistake.self) { try NamePattern("/((((a{255}){255}){255}){255})/") }
    }

    @Test("Transitions in a circle, and contexts beyond number, end and are told")
    func flows() throws {
        // Every type is what every other looks like, and itself.
        var circle = ReleasePolicy("4.17")
        circle.change { policy in
            let number = UInt16(policy.classes.firstIndex { $0.name == "domain" }! + 1)
            let count = UInt16(policy.types.count)
            for source in 1...count {
                for target in 1...count {
                    policy.rules.rules.append(
                        Rule(source: source, target: target, objectClass: number, kind: .typeTransition, data: UInt32(source % count) + 1))
                }
            }
        }
        let policy = AnalysedPolicy(circle.policy)
        #expect(try policy.flow(FlowQuestion(from: NamePattern("xen"), to: NamePattern("dom0"))).paths.isEmpty)
        // One domain that is called by more names than anybody means.
        var names = ReleasePolicy("4.17", types: (0..<100).map { "type_\($0)" })
        names.change { policy in
            let number = UInt16(policy.classes.firstIndex { $0.name == "domain" }! + 1)
            let guest = UInt16(policy.types.firstIndex { $0?.name == "guest" }! + 1)
            for name in 0..<100 {
                policy.rules.rules.append(
                    Rule(source: guest, target: guest + 2 + UInt16(name), objectClass: number, kind: .typeTransition, data: UInt32(guest) + 2 + UInt32(name)))
            }
        }
        let named = AnalysedPolicy(names.policy)
        #expect(throws: QuestionMistake.self) { try named.flow(FlowQuestion(from: NamePattern("xen"))) }
        var separate = FlowSettings()
        separate.mergesViews = false
        #expect(try named.flow(FlowQuestion(from: NamePattern("xen")), separate).reached.isEmpty)
        // Many users and roles, and a constraint that tells all of them apart and holds for none.
        var many = ReleasePolicy("4.17")
        many.grant([.init(source: "guest", target: "other", objectClass: "grant", permissions: ["map_read"])])
        many.change { policy in
            for number in 0..<2_000 {
                var user = policy.users[0]!
                user.name = Name("user_\(number)")
                policy.users.append(user)
            }
            let number = policy.classes.firstIndex { $0.name == "grant" }!
            policy.classes[number].constraints = [
                Constraint(permissions: 1, expression: [.init(.attribute, .user, .equal), .init(.attribute, .user, .notEqual), .init(.and)])
            ]
        }
        let start = processorTime()
        var analysis = try FlowAnalysis(AnalysedPolicy(many.policy), FlowSettings(), decisions: 5_000)
        let answer = try analysis.answer(FlowQuestion(from: NamePattern("other"), to: NamePattern("guest")))
        #expect(answer.distance == 1 && answer.assumed == 1 && answer.paths.first?.first?.accesses.first?.isAssumed == true)
        #expect(processorTime() - start < .seconds(30))
    }

    @Test("Levels beyond number end, and are told")
    func levels() throws {
        var policy = ReleasePolicy("4.17", isMLS: true)
        policy.grant([.init(source: "guest", target: "other", objectClass: "grant", permissions: ["map_read"])])
        policy.change { policy in
            policy.categories = (0..<1_000).map { Name("c\($0)") }
            policy.sensitivities = (0..<40).map { number in
                var level = MLSLevel(sensitivity: UInt32(number + 1))
                level.categories.insert(number...(500 + number * 7))
                return Sensitivity(name: Name("s\(number)"), level: level)
            }
            policy.users[0]?.range = MLSRange(low: MLSLevel(sensitivity: 1), high: MLSLevel(sensitivity: 40, categories: [300]))
            let number = policy.classes.firstIndex { $0.name == "grant" }!
            policy.classes[number].constraints = [
                Constraint(
                    permissions: 1,
                    expression: [.init(.attribute, .lowLow, .incomparable), .init(.attribute, .lowLow, .equal), .init(.and), .init(.attribute, .highHigh, .dominates), .init(.and)])
            ]
        }
        let answer = try AnalysedPolicy(policy.policy).flow(FlowQuestion(from: NamePattern("other"), to: NamePattern("guest")))
        #expect(answer.distance == 1 && answer.assumed == 1)
    }

    @Test("Paths beyond number are told as far as was asked, and that there are more")
    func manyPaths() throws {
        // Layers of types, each of which reaches all of the next.
        let types = (0..<60).map { "type_\($0)" }
        var policy = ReleasePolicy("4.17", types: types)
        for index in 0..<54 {
            let next = (index / 6 + 1) * 6
            policy.grant((next..<next + 6).map { .init(source: types[index], target: types[$0], objectClass: "grant", permissions: ["map_write"]) })
        }
        let analysed = AnalysedPolicy(policy.policy)
        var question = FlowQuestion(from: try NamePattern("type_0"), to: try NamePattern("type_59"))
        question.limit = 100
        let shortest = try analysed.flow(question)
        #expect(shortest.distance == 9 && shortest.paths.count == 100 && shortest.hasMore)
        question.paths = .all
        question.maximumSteps = 1_000_000
        #expect(try analysed.flow(question).paths.count == 100)
        question.limit = 1_000_000_000
        question.maximumSteps = 8
        #expect(try analysed.flow(question).paths.isEmpty)
    }
}
