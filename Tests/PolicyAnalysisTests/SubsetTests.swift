import Flask
import Foundation
import PolicyAnalysis
import TestSupport
import Testing

@Suite("A policy is a subset exactly where it grants nothing more")
struct SubsetTests {
    private static let seed = RandomTest.seed()

    /// A policy with its booleans set, and contexts by their text.
    private struct Side {
        let loaded: LoadedPolicy
        let policy: Policy

        init(_ analysed: AnalysedPolicy) throws {
            policy = analysed.policy
            loaded = try LoadedPolicy(analysed.policy)
        }

        func setting(_ values: [String: Bool]) throws -> LoadedPolicy {
            try #require(loaded.setting(policy.booleans.map { values[$0.name.description] ?? $0.value }))
        }

        /// All valid contexts.
        var contexts: [(text: String, context: SecurityContext)] {
            var result: [(text: String, context: SecurityContext)] = []
            for user in policy.users.indices {
                for role in policy.roles.indices {
                    for type in policy.types.indices where policy.types[type]?.isAttribute == false {
                        let context = SecurityContext(user: UInt32(user + 1), role: UInt32(role + 1), type: UInt32(type + 1))
                        guard let text = try? loaded.text(of: context), (try? loaded.context(text)) != nil else { continue }
                        result.append((String(decoding: text, as: UTF8.self), context))
                    }
                }
            }
            return result
        }

        func allows(
            _ loaded: LoadedPolicy, _ source: String, _ target: String, _ objectClass: String, _ permission: String
        ) -> Bool {
            guard let source = try? loaded.context(Array(source.utf8)), let target = try? loaded.context(Array(target.utf8)),
                let index = policy.classes.firstIndex(where: { $0.name == Name(objectClass) }),
                let bit = policy.classes[index].permissions.first(where: { $0.name == Name(permission) })?.number,
                let decision = try? loaded.accessDecision(source: source, target: target, objectClass: UInt16(index + 1))
            else { return false }
            return decision.allowed >> (bit - 1) & 1 == 1
        }
    }

    /// Whether the inner policy allows something, for any contexts and booleans, that the outer does not. Both number their
    /// classes alike.
    private static func excess(_ inner: Side, _ outer: Side, booleanCount: Int) throws -> String? {
        let known = Dictionary(outer.contexts.map { ($0.text, $0.context) }, uniquingKeysWith: { first, _ in first })
        let contexts = inner.contexts
        for combination in 0..<(1 << booleanCount) {
            let values = Dictionary(uniqueKeysWithValues: (0..<booleanCount).map { ("b\($0)", combination >> $0 & 1 == 1) })
            let (now, then) = (try inner.setting(values), try outer.setting(values))
            for source in contexts {
                for target in contexts {
                    for index in inner.policy.classes.indices {
                        let allowed = try now.accessDecision(
                            source: source.context, target: target.context, objectClass: UInt16(index + 1)
                        ).allowed
                        guard allowed != 0 else { continue }
                        var before: UInt32 = 0
                        if let source = known[source.text], let target = known[target.text] {
                            before = try then.accessDecision(source: source, target: target, objectClass: UInt16(index + 1))
                                .allowed
                        }
                        if allowed & ~before != 0 { return "\(source.text) to \(target.text), class \(index), \(values)" }
                    }
                }
            }
        }
        return nil
    }

    @Test("Random pairs: what holds is held by all decisions, and counterexamples are decided so", arguments: [false, true])
    func randomPairs(isBounded: Bool) throws {
        var random = SplitMix64(seed: Self.seed)
        var (held, shown, unproven, needless) = (0, 0, 0, 0)
        // Some seeds have little of one of both for long.
        for round in 0..<400 where round < 40 || held == 0 || shown < 4 {
            var features = RandomPolicy.Features()
            features.constraints = true
            features.roles = true
            features.booleanCount = 1
            let first = RandomPolicy(features, &random)
            let second = first.changed(&random, onlyLess: random.percent(35))
            guard var before = try? first.analysed(), var after = try? second.analysed() else { continue }
            if isBounded {
                // Bounds as no compiler would take them: their rules give more than those of what bounds them.
                (before, after) = (Self.bounding(before, &random, chance: 70), Self.bounding(after, &random, chance: 50))
            }
            let answer = try after.isSubset(of: before)
            let (inner, outer) = (try Side(after), try Side(before))
            let excess = try Self.excess(inner, outer, booleanCount: 1)
            let label = "seed \(Self.seed), round \(round)"
            if answer.holds {
                held += 1
                #expect(excess == nil, "\(label): \(excess ?? "")")
            }
            for counterexample in answer.counterexamples {
                guard counterexample.kind == .access else {
                    if counterexample.kind == .unproven { unproven += 1 }
                    continue
                }
                shown += 1
                let access = try #require(counterexample.access)
                let booleans = Dictionary(uniqueKeysWithValues: access.booleans.map { ($0.name.description, $0.value) })
                let values = ["b0": booleans["b0"] ?? inner.policy.booleans[0].value]
                let (source, target) = (
                    String(decoding: access.source, as: UTF8.self), String(decoding: access.target, as: UTF8.self)
                )
                let words = (access.objectClass.description, access.permission.description)
                #expect(inner.allows(try inner.setting(values), source, target, words.0, words.1), "\(label): \(counterexample)")
                #expect(!outer.allows(try outer.setting(values), source, target, words.0, words.1), "\(label): \(counterexample)")
            }
            // A role or a user may have more, and nothing to do with it.
            if !answer.holds, excess == nil, answer.counterexamples.allSatisfy({ $0.kind == .unproven }) { needless += 1 }
        }
        #expect(
            held > 0 && shown > 3, "seed \(Self.seed): \(held) held, \(shown) shown, \(unproven) unproven, \(needless) needless")
        if !isBounded {
            #expect(needless <= 4, "seed \(Self.seed): \(held) held, \(shown) shown, \(unproven) unproven, \(needless) needless")
        }
    }

    private static func bounding(_ analysed: AnalysedPolicy, _ random: inout SplitMix64, chance: Int) -> AnalysedPolicy {
        var policy = analysed.policy
        let types = policy.types.indices.filter { policy.types[$0]?.isAttribute == false }
        guard random.percent(chance), let child = types.first(where: { policy.types[$0]?.name == "t1_t" }),
            let parent = types.first(where: { policy.types[$0]?.name == "t2_t" })
        else { return analysed }
        policy.types[child]?.bounds = UInt32(parent + 1)
        return AnalysedPolicy(policy)
    }

    private static let base = SmallPolicy.text

    private func answer(_ changes: (String, String)...) throws -> SubsetAnswer {
        var text = Self.base
        for (old, new) in changes {
            #expect(text.contains(old))
            text = text.replacingOccurrences(of: old, with: new)
        }
        let changed = try AnalysedPolicy(Array(text.utf8), named: "changed.conf")
        return try changed.isSubset(of: SmallPolicy.analysed())
    }

    @Test("What is taken away is a subset: rules, types, roles, a weaker condition's rule, and a stricter constraint")
    func subsets() throws {
        #expect(try answer().holds)
        #expect(try answer(("allow dom0_t domU_t:domain { pause unpause };", "allow dom0_t domU_t:domain pause;")).holds)
        #expect(try answer(("allow system_r vm_r;", "")).holds)
        #expect(try answer(("(t2 != irq_t);", "(t2 != irq_t and u1 == u2);")).holds)
        #expect(try answer(("strict && ! open", "strict")).counterexamples.isEmpty == true)
        #expect(try answer(("dontaudit domU_t xen_t:xen kexec;", ""), ("bool open true", "bool open false")).holds)
    }

    @Test("What is more has its kind")
    func more() throws {
        func kinds(_ change: (String, String)) throws -> Set<SubsetCounterexample.Kind> {
            Set(try answer(change).counterexamples.map(\.kind))
        }
        #expect(try kinds(("allow system_r vm_r;", "allow system_r vm_r; allow vm_r system_r;")) == [.roleAllow])
        #expect(try kinds(("role vm_r types domU_t;", "role vm_r types { domU_t irq_t };")) == [.roleTypes])
        #expect(try kinds(("roles { system_r vm_r };", "roles { system_r vm_r }; user other_u roles vm_r;")) == [.userRoles])
        #expect(try kinds(("type irq_t;", "type irq_t; permissive irq_t;")) == [.permissive])
        #expect(try kinds(("{ pause unpause };", "{ pause unpause transition };")) == [.access])
        #expect(try kinds(("(u1 == u2 or t1 == dom0_t)", "(u1 == u2 or t1 == dom0_t or t1 == xen_t)")) == [.unproven])
    }

    /// A policy against itself, and a change of it against the original and the other way.
    private func expectUnproven(_ label: String, _ change: (inout Policy) throws -> Void) throws {
        let policy = try SmallPolicy.analysed().policy
        var changed = policy
        try change(&changed)
        for (inner, outer) in [(changed, changed), (changed, policy), (policy, changed)] {
            let answer = try AnalysedPolicy(inner).isSubset(of: AnalysedPolicy(outer))
            #expect(answer.counterexamples.contains { $0.kind == .unproven }, "\(label)")
        }
    }

    @Test("What an image may hold and names do not tell apart is not shown: permissions twice, attributes as types")
    func ambiguous() throws {
        try expectUnproven("two permissions with one number") { policy in
            policy.classes[0].permissions.append(PermissionTable.Permission(name: "other", number: 1))
        }
        try expectUnproven("two permissions with one name") { policy in
            policy.classes[0].permissions.append(PermissionTable.Permission(name: "kexec", number: 2))
        }
        try expectUnproven("one number in a class and its common") { policy in
            policy.commons.append(PermissionTable(name: "shared", permissions: [.init(name: "other", number: 1)]))
            policy.classes[0].common = UInt32(policy.commons.count)
        }
        func index(_ name: Name, _ policy: Policy) throws -> Int {
            try #require(policy.types.firstIndex { $0?.name == name })
        }
        try expectUnproven("an initial SID") { policy in
            let dom0 = try index("dom0_t", policy)
            policy.types[dom0]?.isAttribute = true
            for role in policy.roles.indices { policy.roles[role]?.types = [] }
        }
        try expectUnproven("a role's type") { policy in
            let attribute = try index("nobody_type", policy)
            policy.roles[policy.roles.count - 1]?.types.insert(attribute)
        }
        try expectUnproven("a file's context") { policy in
            let attribute = try index("nobody_type", policy)
            let context = SecurityContext(user: 1, role: 1, type: UInt32(attribute + 1))
            policy.genfsContexts = [
                GenfsContexts(filesystem: "proc", entries: [.init(path: "/", objectClass: 0, context: context)])
            ]
        }
    }

    @Test("Role number 1 is the role of objects, whatever it is called")
    func firstRole() throws {
        try expectUnproven("another name") { policy in policy.roles[0]?.name = "other_r" }
        var policy = try SmallPolicy.analysed().policy
        let original = policy
        #expect(policy.roles.first??.name == "object_r")
        policy.roles[0] = nil
        let (without, with) = (AnalysedPolicy(policy), AnalysedPolicy(original))
        #expect(try without.isSubset(of: without).holds)
        #expect(try without.isSubset(of: with).counterexamples.map(\.kind) == [.unproven])
        #expect(try with.isSubset(of: without).counterexamples.map(\.kind) == [.unproven])
    }

    @Test("A counterexample says who, with which booleans, and which lines say so")
    func counterexample() throws {
        let found = try answer(("strict && ! open", "strict && open")).counterexamples
        let first = try #require(found.first?.access)
        #expect(found.count == 1)
        #expect(String(decoding: first.source, as: UTF8.self) == "system_u:vm_r:domU_t" && first.permission == "add")
        #expect(found[0].statements.count == 1 && found[0].statements[0].places?.count == 1)
    }
}
