import Flask
import PolicyAnalysis
import Testing

@Suite("A constraint is told by the types that decide, whatever an image says that its author wrote")
struct ForgedConstraintTests {
    private static let decides = "constrain domain { pause transition } t2 != irq_t;"

    /// An image in which `t2 != irq_t` is said to have been written otherwise, and what is said; both as they were read.
    private static func forged(_ change: (inout Constraint.TypeSet, (Name) -> Int) -> Void) throws -> (policy: AnalysedPolicy, set: Constraint.TypeSet) {
        var policy = try SmallPolicy.analysed().policy
        let objectClass = try #require(policy.classes.firstIndex { $0.name == "domain" })
        func find(_ policy: Policy) throws -> (place: Int, index: Int) {
            for (place, constraint) in policy.classes[objectClass].constraints.enumerated() {
                if let index = constraint.expression.firstIndex(where: { $0.kind == .names && $0.attribute.contains(.target) }) { return (place, index) }
            }
            throw QuestionMistake.undecidable(reason: "the constraint is not there")
        }
        let (place, index) = try find(policy)
        let types = policy.types.map { $0?.name }
        change(&policy.classes[objectClass].constraints[place].expression[index].typeSet) { name in types.firstIndex { $0 == name } ?? -1 }
        let image = try ImageWriter.write(policy, layout: .checkpolicy3_6).bytes
        let read = try ImageReader.read(image).policy
        let found = try find(read)
        return (
            try AnalysedPolicy(image, named: "forged"), read.classes[objectClass].constraints[found.place].expression[found.index].typeSet
        )
    }

    private static let lies: [(what: String, change: @Sendable (inout Constraint.TypeSet, (Name) -> Int) -> Void)] = [
        ("another type", { $0.included = [$1("domU_t")] }),
        ("a type more", { $0.included = [$1("irq_t"), $1("dom0_t")] }),
        ("an attribute of others", { $0.included = [$1("domain_type")] }),
        ("an attribute of nobody", { $0.included = [$1("nobody_type")] }),
        ("the type and what is taken away", { $0.excluded = [$1("irq_t")] }),
        ("all but the type", { $0.flags = 2 }),
    ]

    @Test("Decompiled, explained, compared and searched it is what decides", arguments: 0..<lies.count)
    func lies(number: Int) throws {
        let lie = Self.lies[number]
        let honest = try Self.forged { _, _ in }
        let (forged, set) = try Self.forged(lie.change)
        // The image does say it.
        #expect(set != honest.set, "\(lie.what)")
        let conf = String(decoding: try forged.decompiled(to: .conf), as: UTF8.self)
        #expect(conf.contains("\n\(Self.decides)\n"), "\(lie.what): \(conf)")
        #expect(try forged.decompiled(to: .cil) == honest.policy.decompiled(to: .cil), "\(lie.what)")
        let question = try forged.accessQuestion(
            source: "system_u:system_r:dom0_t", target: "system_u:system_r:irq_t", objectClass: "domain", permissions: ["pause"])
        let told = try forged.explanation(of: question).permissions.flatMap(\.obstacles).compactMap { obstacle -> (text: [UInt8], failing: [String])? in
            if case .constraint(let entry, _, let failing) = obstacle { (entry.text, failing.map(\.text)) } else { nil }
        }
        #expect(told.map { String(decoding: $0.text, as: UTF8.self) } == [Self.decides] && told.first?.failing == ["t2 != irq_t"], "\(lie.what)")
        #expect(try forged.difference(to: honest.policy).isEmpty, "\(lie.what)")
        var without = forged.policy
        for index in without.classes.indices { without.classes[index].constraints.removeAll { $0.permissions & 2 != 0 } }
        let removed = try forged.difference(to: AnalysedPolicy(without)).entries.flatMap(\.before).map { String(decoding: $0.text, as: UTF8.self) }
        #expect(removed == [Self.decides], "\(lie.what)")
        var search = SearchQuestion()
        search.kinds = [.constrain]
        search.isTargetDirect = true
        search.target = try NamePattern("irq_t")
        #expect(try forged.answer(search).entries.count == 1, "\(lie.what)")
        search.target = try NamePattern("domU_t")
        #expect(try forged.answer(search).entries.isEmpty, "\(lie.what)")
    }

    @Test("An attribute that means what decides is told as it was written, until another has it or one of its types has gone")
    func attributes() throws {
        let text = SmallPolicy.text.replacing("t1 == dom0_t", with: "t1 == domain_type")
        var policy = try AnalysedPolicy(Array(text.utf8), named: "small.conf").policy
        func constraints() throws -> [Substring] {
            let image = try ImageWriter.write(policy, layout: .checkpolicy3_6).bytes
            return String(decoding: try AnalysedPolicy(image, named: "image").decompiled(to: .conf), as: UTF8.self)
                .split(separator: "\n").filter { $0.contains("t1 ==") }
        }
        #expect(try constraints() == ["constrain domain { create } (u1 == u2 or t1 == domain_type);"])
        let (other, attribute) = try (
            #require(policy.types.firstIndex { $0?.name == "irq_t" }), #require(policy.types.firstIndex { $0?.name == "domain_type" })
        )
        policy.typeAttributes[other].insert(attribute)
        #expect(try constraints() == ["constrain domain { create } (u1 == u2 or t1 == { dom0_t domU_t });"])
        policy.typeAttributes[other].remove(attribute)
        let gone = try #require(policy.types.firstIndex { $0?.name == "domU_t" })
        policy.typeAttributes[gone].remove(attribute)
        #expect(try constraints() == ["constrain domain { create } (u1 == u2 or t1 == { dom0_t domU_t });"])
    }

    @Test("Sets that take too long to look up are not believed")
    func manySets() throws {
        var policy = try SmallPolicy.analysed().policy
        // Types that all have all attributes, and comparisons with all of these.
        let (count, first) = (3_000, policy.types.count)
        for number in 0..<count { policy.types.append(TypeEntry(name: Name("many\(number)_t"), isAttribute: false)) }
        for number in 0..<64 { policy.types.append(TypeEntry(name: Name("attribute\(number)"), isAttribute: true)) }
        let (types, attributes) = (Bitmap(first..<first + count), Bitmap(first + count..<first + count + 64))
        for index in first..<first + count { policy.typeAttributes.append(Bitmap(Array(attributes) + [index])) }
        for index in attributes { policy.typeAttributes.append([index]) }
        let term = Constraint.Term(.names, .type, .equal, names: types, typeSet: .init(included: attributes))
        let place = try #require(policy.classes.firstIndex { $0.name == "domain" })
        policy.classes[place].constraints = [
            Constraint(permissions: 1, expression: [term] + (0..<5_000).flatMap { _ in [term, Constraint.Term(.or)] })
        ]
        let start = ContinuousClock.now
        let told = AnalysedPolicy(policy).policy.classes[place].constraints[0].expression.filter { $0.kind == .names }
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(told.first?.typeSet == term.typeSet && told.last?.typeSet == Constraint.TypeSet())
        #expect(told.allSatisfy { $0.names == types })
    }
}
