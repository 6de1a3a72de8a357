import Flask
import Foundation
import PolicyAnalysis
import TestSupport
import Testing

/// Cases of which a person knows the answer.
@Suite("Flows in Xen's policies mean what hypercalls do")
struct FlowMeaningTests {
    private func paths(
        _ policy: AnalysedPolicy, _ from: String, _ to: String, _ change: (inout FlowSettings) throws -> Void = { _ in }
    ) throws -> [[String]] {
        var settings = FlowSettings()
        try change(&settings)
        return try policy.flow(FlowQuestion(from: NamePattern(from), to: NamePattern(to)), settings).paths.map { path in
            (path.map(\.source) + path.suffix(1).map(\.target)).map(\.description)
        }
    }

    private static let channels = """
        class domain
        class event
        class grant
        sid xen
        class domain { pause }
        class event { bind send status create reset }
        class grant { map_read map_write unmap copy }
        attribute domain_type;
        type one_t, domain_type; type one_t_self, domain_type; type one_t_target, domain_type; type one_t_channel;
        type two_t, domain_type; type two_t_channel; type dm_t, domain_type; type far_t, domain_type;
        type_transition one_t one_t:domain one_t_self;
        type_transition one_t dm_t:domain one_t_target;
        type_transition one_t domain_type:event one_t_channel;
        bool joined false;
        allow one_t one_t_channel:event { create send status };
        allow one_t_channel two_t:event bind;
        allow two_t two_t_channel:event { create send };
        allow dm_t one_t_target:grant { map_read };
        if (joined) { allow far_t two_t:grant { map_read }; }
        role vm_r; role vm_r types { one_t two_t dm_t far_t one_t_channel two_t_channel one_t_self one_t_target };
        user a_u roles vm_r; user b_u roles vm_r;
        constrain grant { map_read } (u1 == u2 or t1 == dm_t);
        sid xen a_u:vm_r:one_t

        """

    private func channels() throws -> AnalysedPolicy { try AnalysedPolicy(Array(Self.channels.utf8), named: "channels.conf") }

    @Test("A domain sends to its channel, and the channel leads to a domain")
    func channel() throws {
        let policy = try channels()
        #expect(try paths(policy, "one_t", "two_t") == [["one_t", "one_t_channel", "two_t"]])
        #expect(try paths(policy, "two_t", "one_t").isEmpty)
        #expect(try paths(policy, "one_t", "two_t") { $0.excluded = [try NamePattern("one_t_channel")] }.isEmpty)
        #expect(try paths(policy, "one_t", "one_t_channel") { $0.excluded = [try NamePattern("one_t_channel")] }.count == 1)
        #expect(try paths(policy, "one_t", "two_t") { $0.minimumWeight = 6 }.isEmpty)
    }

    @Test("What a device model reads of its guest comes from the guest, unless they are to be apart")
    func views() throws {
        let policy = try channels()
        #expect(try paths(policy, "one_t", "dm_t") == [["one_t", "dm_t"]])
        #expect(try paths(policy, "one_t_self", "dm_t") == [["one_t", "dm_t"]])
        #expect(try paths(policy, "one_t", "dm_t") { $0.mergesViews = false }.isEmpty)
        #expect(try paths(policy, "one_t_target", "dm_t") { $0.mergesViews = false } == [["one_t_target", "dm_t"]])
        #expect(throws: QuestionMistake.self) { try paths(policy, "one_t", "one_t_self") }
    }

    @Test("What is left out may be asked for, by whatever name, and leaves the rest as it was")
    func exclusions() throws {
        let policy = try channels()
        for name in ["one_t_target", "one_t", "dm_t", "/^one_t/"] {
            let pattern = try NamePattern(name)
            #expect(try paths(policy, "one_t_target", "dm_t") { $0.excluded = [pattern] } == [["one_t", "dm_t"]], "\(name)")
        }
        #expect(try paths(policy, "one_t", "dm_t") { $0.excluded = [try NamePattern("one_t")] } == [["one_t", "dm_t"]])
        #expect(try paths(policy, "one_t", "dm_t") { $0.excluded = [try NamePattern("one_t_target")] }.isEmpty)
        // A domain that runs as another one's view is not left out with that one.
        let more = Self.channels.replacingOccurrences(of: "role vm_r; ", with: "allow far_t one_t_target:grant map_write; role vm_r; ")
        let both = try AnalysedPolicy(Array(more.utf8), named: "channels.conf")
        #expect(try paths(both, "far_t", "dm_t") == [["far_t", "one_t", "dm_t"]])
        #expect(try paths(both, "far_t", "dm_t") { $0.excluded = [try NamePattern("one_t")] } == [["far_t", "one_t_target", "dm_t"]])
        #expect(try paths(both, "far_t", "dm_t") { $0.excluded = try ["one_t", "one_t_target"].map { try NamePattern($0) } }.isEmpty)
    }

    @Test("A permissive type writes to all and reads all, without a rule")
    func permissive() throws {
        var changed = try channels().policy
        let number = try #require(changed.types.firstIndex { $0?.name == "far_t" }) + 1
        changed.permissiveTypes.insert(number)
        let policy = AnalysedPolicy(changed)
        #expect(try paths(policy, "two_t", "one_t") == [["two_t", "far_t", "one_t"]])
        #expect(try paths(policy, "two_t", "one_t") { $0.excluded = [try NamePattern("far_t")] }.isEmpty)
        let answer = try policy.flow(FlowQuestion(from: NamePattern("two_t"), to: NamePattern("far_t")))
        let accesses = try #require(answer.paths.first?.first).accesses
        #expect(!accesses.isEmpty && accesses.allSatisfy { $0.isPermissive && $0.source == "far_t" && $0.rules.isEmpty && !$0.isAssumed })
    }

    @Test("A policy without `object_r` has it all the same")
    func objectRole() throws {
        var changed = try channels().policy
        changed.roles[0] = nil
        #expect(try paths(AnalysedPolicy(changed), "one_t", "dm_t") == [["one_t", "dm_t"]])
    }

    @Test("A user without any level hides no other")
    func levels() throws {
        let text = """
            class domain
            class grant
            sid xen
            class domain { pause }
            class grant { copy }
            sensitivity s0; sensitivity s1;
            dominance { s0 s1 }
            category c0; category c1;
            level s0:c0; level s1:c0.c1;
            mlsconstrain domain pause (l1 eq l2);
            type a_t; type b_t;
            allow a_t b_t:grant copy;
            role vm_r; role vm_r types { a_t b_t };
            user a_u roles vm_r level s0 range s0 - s0;
            user b_u roles vm_r level s1:c0.c1 range s1:c0.c1 - s1:c0.c1;
            constrain grant copy (r1 == vm_r and r2 == vm_r);
            sid xen b_u:vm_r:a_t:s1:c0.c1

            """
        var changed = try AnalysedPolicy(Array(text.utf8), named: "levels.conf").policy
        // The lowest sensitivity has no such category.
        let none = MLSLevel(sensitivity: 1, categories: Bitmap([1]))
        let place = try #require(changed.users.firstIndex { $0?.name == "a_u" })
        changed.users[place]?.range = MLSRange(low: none, high: none)
        #expect(try paths(AnalysedPolicy(changed), "a_t", "b_t") == [["a_t", "b_t"]])
        for index in changed.users.indices { changed.users[index]?.range = MLSRange(low: none, high: none) }
        #expect(try paths(AnalysedPolicy(changed), "a_t", "b_t").isEmpty)
    }

    @Test("A boolean makes a step, and a constraint tells for which contexts")
    func conditions() throws {
        let policy = try channels()
        #expect(try paths(policy, "two_t", "far_t").isEmpty)
        var settings = FlowSettings()
        settings.booleans = [("joined", true)]
        let answer = try policy.flow(FlowQuestion(from: NamePattern("two_t"), to: NamePattern("far_t")), settings)
        let access = try #require(answer.paths.first?.first?.accesses.first)
        #expect(!access.isWrite && access.source == "far_t" && access.target == "two_t" && access.permissions.map(\.name) == ["map_read"])
        let contexts = try #require(access.contexts)
        #expect(contexts.source.hasSuffix("_u:vm_r:far_t") && contexts.target == contexts.source.prefix(2) + "u:vm_r:two_t")
        #expect(access.rules.count == 1 && access.rules[0].found.condition != nil && access.rules[0].places?.count == 1)
        #expect(throws: QuestionMistake.self) { try FlowAnalysis(policy, { var wrong = FlowSettings(); wrong.booleans = [("join", true)]; return wrong }()) }
    }

    @Test("Names that are not there, and questions that answer themselves")
    func mistakes() throws {
        let policy = try channels()
        func message(_ from: String, _ to: String) -> String {
            do { return "\(try paths(policy, from, to))" } catch { return (error as? QuestionMistake)?.message ?? "\(error)" }
        }
        #expect(message("on_t", "two_t") == "the policy has no type or attribute `on_t`: did you mean `one_t`?")
        #expect(message("one_t", "one_t").contains("are the same domain"))
        #expect(message("/^nothing$/", "one_t").contains("stands for no type"))
    }

    @Test("In our reference policy a sealed guest is read by none but who builds it, and by whom it lets")
    func reference() throws {
        let policy = try Trees.policy("reference", release: "4.19")
        var settings = FlowSettings()
        settings.excluded = try ["dom0_t", "driver_dom_t", "xenstore_t", "xen_t", "domio_t"].map { try NamePattern($0) }
        let question = FlowQuestion(from: try NamePattern("domU_t"), to: try NamePattern("isolated_domU_t"))
        #expect(try policy.flow(question).distance == 2)
        #expect(try policy.flow(question, settings).paths.isEmpty)
        #expect(try policy.flow(question).unknown.isEmpty)
    }
}
