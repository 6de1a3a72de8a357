import Flask
import PolicyAnalysis
import Testing

@Suite("A constraint is told by the types that decide, whatever an image says that its author wrote")
struct ForgedConstraintTests {
    private static let decides = "constrain domain { pause transition } t2 != irq_t;"

    /// What an image says that its author wrote instead of `irq_t`.
    struct Wording: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var included: [Name] = ["irq_t"]
        var excluded: [Name] = []
        var flags: UInt32 = 0
    }

    private static let wordings = [
        Wording(testDescription: "another type", included: ["domU_t"]),
        Wording(testDescription: "a type more", included: ["irq_t", "dom0_t"]),
        Wording(testDescription: "an attribute of others", included: ["domain_type"]),
        Wording(testDescription: "an attribute of nobody", included: ["nobody_type"]),
        Wording(testDescription: "the type taken away", excluded: ["irq_t"]),
        Wording(testDescription: "all but the type", flags: 2),
    ]

    /// An image with a wording, and the set as it was read from it.
    private func forged(_ wording: Wording) throws -> (policy: AnalysedPolicy, set: Constraint.TypeSet) {
        var policy = try SmallPolicy.analysed().policy
        let objectClass = try #require(policy.classes.firstIndex { $0.name == "domain" })
        let place = try #require(policy.classes[objectClass].constraints.firstIndex { $0.expression.first?.attribute == [.type, .target] })
        func set(_ names: [Name]) throws -> Bitmap { Bitmap(try names.map { name in try #require(policy.types.firstIndex { $0?.name == name }) }) }
        let set = Constraint.TypeSet(included: try set(wording.included), excluded: try set(wording.excluded), flags: wording.flags)
        policy.classes[objectClass].constraints[place].expression[0].typeSet = set
        let image = try ImageWriter.write(policy, layout: .checkpolicy3_6).bytes
        return (
            try AnalysedPolicy(image, named: "forged"),
            try ImageReader.read(image).policy.classes[objectClass].constraints[place].expression[0].typeSet
        )
    }

    @Test("Decompiled, explained, compared and searched it is what decides", arguments: wordings)
    func told(_ wording: Wording) throws {
        let honest = try forged(Wording(testDescription: "the type"))
        let (forged, set) = try forged(wording)
        // The image does say it.
        #expect(set != honest.set)
        let conf = String(decoding: try forged.decompiled(to: .conf), as: UTF8.self)
        #expect(conf.contains("\n\(Self.decides)\n"), "\(conf)")
        #expect(try forged.decompiled(to: .cil) == honest.policy.decompiled(to: .cil))
        let question = try forged.accessQuestion(
            source: "system_u:system_r:dom0_t", target: "system_u:system_r:irq_t", objectClass: "domain", permissions: ["pause"])
        let told = try forged.explanation(of: question).permissions.flatMap(\.obstacles).compactMap { obstacle -> (text: [UInt8], failing: [String])? in
            if case .constraint(let entry, _, let failing) = obstacle { (entry.text, failing.map(\.text)) } else { nil }
        }
        #expect(told.map { String(decoding: $0.text, as: UTF8.self) } == [Self.decides] && told.first?.failing == ["t2 != irq_t"])
        #expect(try forged.difference(to: honest.policy).isEmpty)
        var without = forged.policy
        for index in without.classes.indices { without.classes[index].constraints.removeAll { $0.permissions & 2 != 0 } }
        let removed = try forged.difference(to: AnalysedPolicy(without)).entries.flatMap(\.before).map { String(decoding: $0.text, as: UTF8.self) }
        #expect(removed == [Self.decides])
        var search = SearchQuestion()
        search.kinds = [.constrain]
        search.isTargetDirect = true
        search.target = try NamePattern("irq_t")
        #expect(try forged.answer(search).entries.count == 1)
        search.target = try NamePattern("domU_t")
        #expect(try forged.answer(search).entries.isEmpty)
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
        let told = AnalysedPolicy(policy).policy.classes[place].constraints[0].expression.filter { $0.kind == .names }
        #expect(told.first?.typeSet == term.typeSet && told.last?.typeSet == Constraint.TypeSet())
        #expect(told.allSatisfy { $0.names == types })
    }
}
