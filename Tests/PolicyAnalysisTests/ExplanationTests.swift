import Flask
import Foundation
import PolicyAnalysis
import TestSupport
import Testing

@Suite("An explanation says what the policy decides, and what stands against it")
struct ExplanationTests {
    private static let seed = RandomTest.seed()

    private static let bounded = """
        class xen
        class domain
        sid xen
        sid dom0
        class xen { kexec }
        class domain { pause transition }
        attribute guests;
        type xen_t;
        type parent_t;
        type child_t, guests;
        typebounds parent_t child_t;
        bool open false;
        bool wide false;
        allow child_t xen_t:xen kexec;
        allow parent_t guests:domain transition;
        if (open && ! wide) {
            allow guests xen_t:domain pause;
        }
        role system_r;
        role vm_r;
        role system_r types { xen_t parent_t };
        role vm_r types child_t;
        user system_u roles { system_r vm_r };
        user other_u roles { system_r vm_r };
        constrain domain { pause } (u1 == u2 and (not (t1 == child_t) or r2 == system_r));
        sid xen system_u:system_r:xen_t
        sid dom0 system_u:system_r:parent_t

        """

    private func explain(
        _ source: String, _ target: String, _ objectClass: String, _ permission: String, booleans: [(name: String, value: Bool)] = [],
        by text: String = bounded
    ) throws -> AccessExplanation.Permission {
        let policy = try AnalysedPolicy(Array(text.utf8), named: "bounded.conf")
        let question = try policy.accessQuestion(
            source: source, target: target, objectClass: objectClass, permissions: [permission], booleans: booleans)
        return try #require(try policy.explanation(of: question).permissions.first)
    }

    @Test("What is allowed has its rules, by attributes too, each with only what was asked and its lines")
    func allowed() throws {
        let found = try explain("system_u:system_r:dom0_t", "system_u:vm_r:domU_t", "domain", "pause", by: SmallPolicy.text)
        #expect(found.isAllowed && found.obstacles.isEmpty)
        let texts = found.rules.map { String(decoding: $0.text, as: UTF8.self) }
        #expect(texts == ["allow dom0_t domU_t:domain { pause };", "allow dom0_t domain_type:domain { pause };"])
        #expect(found.rules.allSatisfy { $0.places?.count == 1 })
    }

    @Test("Without a rule the fewest booleans are told that would bring one into force, and whether that suffices")
    func booleans() throws {
        let found = try explain("system_u:vm_r:child_t", "system_u:system_r:xen_t", "domain", "pause")
        guard case .noRule(let disabled)? = found.obstacles.first else {
            Issue.record("\(found.obstacles)")
            return
        }
        #expect(!found.isAllowed && disabled.count == 1 && found.obstacles.count == 1)
        #expect(disabled.first?.settings == [Boolean(name: "open", value: true)])
        // The bounding type has no such rule.
        #expect(disabled.first?.suffices == false)
        let unbounded = Self.bounded.replacingOccurrences(of: "typebounds parent_t child_t;", with: "")
        let other = try explain("system_u:vm_r:child_t", "system_u:system_r:xen_t", "domain", "pause", by: unbounded)
        guard case .noRule(let disabled)? = other.obstacles.first else { return }
        #expect(disabled.first?.suffices == true)
        let set = try explain("system_u:vm_r:child_t", "system_u:system_r:xen_t", "domain", "pause", booleans: [("open", true)], by: unbounded)
        #expect(set.isAllowed)
    }

    @Test("Of a constraint the comparisons are told that are not as they would have to be, with what both contexts have")
    func constraints() throws {
        let found = try explain("other_u:vm_r:child_t", "system_u:vm_r:child_t", "domain", "pause")
        let clauses = found.obstacles.flatMap { obstacle -> [ConstraintClause] in
            if case .constraint(_, _, let failing) = obstacle { failing } else { [] }
        }
        #expect(clauses.map { "\($0.text) \($0.isTrue): \($0.values)" } == [
            "u1 == u2 false: u1 is other_u, u2 is system_u", "t1 == child_t true: t1 is child_t", "r2 == system_r false: r2 is vm_r",
        ])
    }

    @Test("A role that may not become another, and a bound, are told as such")
    func rolesAndBounds() throws {
        let transition = try explain("system_u:system_r:parent_t", "system_u:vm_r:child_t", "domain", "transition")
        guard case .roleAllow(let from, let to)? = transition.obstacles.first else {
            Issue.record("\(transition.obstacles)")
            return
        }
        #expect(from == "system_r" && to == "vm_r" && transition.obstacles.count == 1 && transition.rules.count == 1)
        let bound = try explain("system_u:vm_r:child_t", "system_u:system_r:xen_t", "xen", "kexec")
        guard case .bounds(let source, let target)? = bound.obstacles.first else {
            Issue.record("\(bound.obstacles)")
            return
        }
        #expect(source == "parent_t" && target == "xen_t" && bound.obstacles.count == 1)
    }

    @Test("A name that is not there gets the nearest, and a context that is none its reason")
    func mistakes() throws {
        let policy = try AnalysedPolicy(Array(Self.bounded.utf8), named: "bounded.conf")
        func message(_ source: String, _ objectClass: String = "domain", _ permission: String = "pause") -> String {
            do throws(QuestionMistake) {
                _ = try policy.accessQuestion(
                    source: source, target: "system_u:system_r:xen_t", objectClass: objectClass, permissions: [permission])
                return ""
            } catch {
                return error.message
            }
        }
        #expect(message("system_u:vm_r:chil_t") == "the policy has no type `chil_t`: did you mean `child_t`?")
        #expect(message("system_u:vm_r:child_t", "domian").hasSuffix("did you mean `domain`?"))
        #expect(message("system_u:vm_r:child_t", "domain", "paus") == "class `domain` has no permission `paus`: did you mean `pause`?")
        #expect(message("system_u:vm_r:child_t", "domain", "nothing_like_it") == "class `domain` has no permission `nothing_like_it`")
        #expect(message("system_u:vm_r").hasSuffix("it is `user:role:type`"))
        #expect(message("child_t") == "`child_t` is no context of the policy: it is `user:role:type`, such as `system_u:vm_r:child_t`")
        #expect(message("system_u:vm_r:parent_t").contains("the role `vm_r` does not have the type `parent_t`"))
        #expect(message("system_u:vm_r:guests").contains("`guests` is an attribute"))
        #expect(message("system_u:vm_r:child_t:s0").contains("the policy has no MLS"))
    }

    @Test("An obstacle is there exactly where the decision is no, for random questions about our reference policy", arguments: [false, true])
    func agreesWithDecisions(isMLS: Bool) throws {
        let policy = try Trees.policy("reference", release: "4.17", isMLS: isMLS)
        let loaded = try LoadedPolicy(policy.policy)
        var random = SplitMix64(seed: Self.seed)
        let contexts = try Self.contexts(policy.policy, loaded, &random)
        var (allowed, denied) = (0, 0)
        for _ in 0..<400 {
            // Most accesses at random are denied: half of them are those of a rule.
            let rule = random.pick(policy.policy.rules.rules.filter { $0.kind == .allow })
            let isByRule = random.percent(50)
            func those(_ type: UInt16) -> [String] {
                let some = contexts.filter { policy.policy.typeAttributes[Int($0.type) - 1].contains(Int(type) - 1) }
                return (isByRule && !some.isEmpty ? some : contexts).map(\.text)
            }
            let number = isByRule ? Int(rule.objectClass) : 1 + random.below(policy.policy.classes.count)
            let entry = policy.policy.classes[number - 1]
            let given = entry.permissions.filter { !isByRule || rule.data >> ($0.number - 1) & 1 == 1 }
            let permissions = random.some(given.map(\.name.description), 1, 3)
            let (source, target) = (random.pick(those(rule.source)), random.pick(those(rule.target)))
            let booleans = policy.policy.booleans.map { (name: $0.name.description, value: random.percent(50)) }
            let question = try policy.accessQuestion(
                source: source, target: target, objectClass: entry.name.description, permissions: permissions, booleans: booleans,
                by: loaded)
            let changed = try #require(loaded.setting(question.booleans))
            let decision = try changed.accessDecision(source: question.source, target: question.target, objectClass: UInt16(number))
            for (permission, told) in zip(question.permissions, try policy.explanation(of: question, by: loaded).permissions) {
                let isAllowed = decision.allowed >> (permission.number - 1) & 1 == 1
                let label = "seed \(Self.seed): \(source) \(target) \(entry.name) \(permission.name)"
                #expect(told.isAllowed == isAllowed && told.obstacles.isEmpty == isAllowed && (!isAllowed || !told.rules.isEmpty), "\(label)")
                if isAllowed { allowed += 1 } else { denied += 1 }
            }
        }
        #expect(allowed > 20 && denied > 20, "seed \(Self.seed): \(allowed) allowed, \(denied) denied")
    }

    /// Valid contexts of a policy, as text.
    private static func contexts(_ policy: Policy, _ loaded: LoadedPolicy, _ random: inout SplitMix64) throws -> [(type: UInt32, text: String)] {
        var texts: [(type: UInt32, text: String)] = []
        for _ in 0..<4_000 {
            let type = UInt32(1 + random.below(policy.types.count))
            let user = UInt32(1 + random.below(policy.users.count))
            let role = UInt32(1 + random.below(policy.roles.count))
            var context = SecurityContext(user: user, role: role, type: type)
            if policy.isMLS { context.range = policy.users[Int(user) - 1]?.range ?? MLSRange() }
            guard policy.types[Int(type) - 1]?.isAttribute == false, let text = try? loaded.text(of: context),
                (try? loaded.context(text)) != nil
            else { continue }
            texts.append((type, String(decoding: text, as: UTF8.self)))
        }
        return texts
    }
}
