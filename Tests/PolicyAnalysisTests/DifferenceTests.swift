import Diagnostics
import Flask
import Foundation
import PolicyAnalysis
import PolicyCompiler
import TestSupport
import Testing

@Suite("A difference is what is meant, not how it is written")
struct DifferenceTests {
    private static let seed = RandomTest.seed()

    private func difference(_ changes: (String, String)..., of base: String = SmallPolicy.text) throws -> PolicyDifference {
        var text = base
        for (old, new) in changes {
            #expect(text.contains(old), "\(old)")
            text = text.replacingOccurrences(of: old, with: new)
        }
        let first = try AnalysedPolicy(Array(base.utf8), named: "a.conf")
        return try first.difference(to: AnalysedPolicy(Array(text.utf8), named: "b.conf"))
    }

    /// `+`, `-` or `~` with the kind, and what it says.
    private func lines(_ changes: (String, String)..., of base: String = SmallPolicy.text) throws -> [String] {
        var text = base
        for (old, new) in changes {
            #expect(text.contains(old), "\(old)")
            text = text.replacingOccurrences(of: old, with: new)
        }
        let first = try AnalysedPolicy(Array(base.utf8), named: "a.conf")
        let difference = try first.difference(to: AnalysedPolicy(Array(text.utf8), named: "b.conf"))
        func mark(_ change: DifferenceEntry.Change) -> String { change == .added ? "+" : change == .removed ? "-" : "~" }
        let entries = difference.entries.map { entry in
            let statements = (entry.after + entry.before).map {
                String(decoding: $0.text, as: UTF8.self) + ($0.condition.map { " if \($0)" } ?? "")
            }
            let members = entry.members.flatMap { members in members.added.map { "+\($0)" } + members.removed.map { "-\($0)" } }
            return ([mark(entry.change), entry.group.rawValue, entry.name.description] + statements + members).joined(
                separator: " | ")
        }
        let rules = difference.rules.map { rule in
            let parts = rule.parts.map { "\($0.permissions.map(\.description).joined(separator: " ")) \($0.before) \($0.after)" }
            return
                ([
                    mark(rule.change), rule.group.rawValue, rule.sources.map(\.description).joined(separator: " "),
                    rule.targets.map(\.description).joined(separator: " "), rule.objectClass.description,
                ] + parts).joined(separator: " | ")
        }
        return entries + rules
    }

    @Test("Rules by attributes or by types, in one or several, twice or under both branches, say the same")
    func sameRules() throws {
        #expect(try lines().isEmpty)
        #expect(
            try lines(
                ("allow dom0_t domain_type:domain { create pause };", "allow dom0_t { domU_t dom0_t }:domain { create pause };")
            ).isEmpty)
        #expect(try lines(("allow dom0_t domU_t:domain { pause unpause };", "allow dom0_t domU_t:domain unpause;")).isEmpty)
        #expect(
            try lines(
                ("allow domU_t irq_t:resource use;\n", "allow domU_t irq_t:resource { use };\n"),
                ("strict && ! open", "!(!strict || open)")
            ).isEmpty)
        #expect(try lines(("bool strict false;", "bool strict false; allow domU_t irq_t:resource use;")).isEmpty)
    }

    @Test("Each kind of thing is told as added, removed or changed")
    func kinds() throws {
        #expect(try lines(("bool open true", "bool open false")) == ["~ | booleans | open | bool open false; | bool open true;"])
        #expect(
            try lines(("alias guest_t", "alias other_t"))
                == [
                    "- | aliases | guest_t | typealias domU_t alias guest_t;",
                    "+ | aliases | other_t | typealias domU_t alias other_t;",
                ].sorted { $0.dropFirst() < $1.dropFirst() })
        #expect(
            try lines(("type irq_t;", "type irq_t, nobody_type;")) == [
                "~ | attributes | nobody_type | +irq_t"
            ])
        #expect(
            try lines(("allow system_r vm_r;", "allow vm_r system_r;")) == [
                "- | role_allow | system_r vm_r | allow system_r vm_r;", "+ | role_allow | vm_r system_r | allow vm_r system_r;",
            ])
        #expect(
            try lines(("system_r domU_t:domain vm_r", "system_r domU_t:domain system_r")) == [
                "~ | role_transition | system_r domU_t | role_transition system_r domU_t:domain system_r; | role_transition system_r domU_t:domain vm_r;"
            ])
        #expect(
            try lines(
                ("roles { system_r vm_r };", "roles system_r;"), ("user system_u", "user other_u roles vm_r; user system_u"),
                ("sid domU system_u:vm_r", "sid domU other_u:vm_r")) == [
                    "+ | users | other_u | user other_u roles vm_r;", "~ | users | system_u | -vm_r",
                    "~ | sid | domU | sid domU other_u:vm_r:domU_t | sid domU system_u:vm_r:domU_t",
                ])
        #expect(
            try lines(("dom0_t domU_t:domain irq_t", "dom0_t domU_t:domain xen_t")) == [
                "~ | type_transition | dom0_t domU_t:domain | type_transition dom0_t domU_t:domain xen_t; | type_transition dom0_t domU_t:domain irq_t;"
            ])
        #expect(
            try lines(("dontaudit domU_t xen_t:xen kexec;", "permissive domU_t;")) == [
                "+ | permissive | domU_t | permissive domU_t;", "- | dontaudit | domU_t | xen_t | xen | kexec always never",
            ])
        #expect(try lines(("class xen { kexec }", "class xen { kexec physinfo }")) == ["~ | classes | xen | +physinfo"])
        #expect(
            try lines(("{ create pause unpause transition }", "{ pause create unpause transition }")) == [
                "~ | classes | domain | +create=2 | +pause=1 | -create=1 | -pause=2"
            ])
        #expect(
            try lines(("{ pause unpause };", "{ pause transition };")) == [
                "~ | allow | dom0_t | domU_t | domain | transition never always | unpause always never"
            ])
        #expect(
            try lines(("allow domU_t irq_t:resource use;", "allow domU_t irq_t:resource { use add };")) == [
                "~ | allow | domU_t | irq_t | resource | add condition(\"! (strict && ! open)\") always"
            ])
    }

    @Test("Constraints are compared by what they demand together")
    func constraints() throws {
        let create = "constrain domain { create } (u1 == u2 or t1 == dom0_t);"
        #expect(try lines((create, "constrain domain { create } (not (not t1 == dom0_t and u1 != u2));")).isEmpty)
        #expect(try lines((create, "\(create) \(create)")).isEmpty)
        #expect(
            try lines(
                (
                    "constrain domain { pause transition } (t2 != irq_t);",
                    "constrain domain { pause } (t2 != irq_t); constrain domain { transition } not (t2 == irq_t);"
                )
            ).isEmpty)
        #expect(
            try lines((create, "constrain domain { create } (u1 == u2 and t1 == dom0_t);")) == [
                "~ | constrain | domain | constrain domain { create } (u1 == u2 and t1 == dom0_t); | constrain domain { create } (u1 == u2 or t1 == dom0_t);"
            ])
        #expect(try lines(("validatetrans domain (r1 == r2);", "validatetrans domain (r1 == r2 or t3 == dom0_t);")).count == 1)
    }

    @Test("Device contexts are compared by what they cover")
    func devices() throws {
        let context = "system_u:system_r:irq_t"
        #expect(
            try lines(
                (
                    "iomemcon 0xfebe0-0xfebff \(context)",
                    "iomemcon 0xfebf0-0xfebff \(context)\niomemcon 0xfebe0-0xfebef \(context)"
                )
            ).isEmpty)
        #expect(
            try lines(("iomemcon 0xfebe0-0xfebff \(context)", "iomemcon 0xfebe0-0xfebfe \(context)")) == [
                "- | iomemcon | 0xfebff | iomemcon 0xfebff \(context)"
            ])
        #expect(
            try lines(
                (
                    "ioportcon 0xeac0-0xeadf \(context)",
                    "ioportcon 0xeac0-0xeacf \(context)\nioportcon 0xead0-0xeadf system_u:system_r:xen_t"
                )) == [
                    "~ | ioportcon | 0xead0-0xeadf | ioportcon 0xead0-0xeadf system_u:system_r:xen_t | ioportcon 0xead0-0xeadf \(context)"
                ])
        #expect(try lines(("pirqcon 33", "pirqcon 34")).count == 2)
        #expect(try lines(("\"/soc/serial\"", "\"/soc/other\"")).count == 2)
    }

    @Test("Both say where: lines of the first for what is gone, of the second for what is new")
    func places() throws {
        let difference = try difference(("{ pause unpause };", "{ pause transition };"))
        let rule = try #require(difference.rules.first)
        let line = SmallPolicy.text.split(separator: "\n").firstIndex { $0.contains("{ pause unpause };") }! + 1
        #expect(rule.added.flatMap { $0.places ?? [] }.map { "\($0.location.file):\($0.location.line)" } == ["b.conf:\(line)"])
        #expect(rule.removed.flatMap { $0.places ?? [] }.map { "\($0.location.file):\($0.location.line)" } == ["a.conf:\(line)"])
    }

    @Test("Statements in another order, images in other layouts, and what comes back of an image are no difference")
    func forms() throws {
        var random = SplitMix64(seed: Self.seed)
        for round in 0..<40 {
            var features = RandomPolicy.Features()
            features.constraints = true
            features.roles = true
            features.booleanCount = 3
            let made = RandomPolicy(features, &random)
            guard let policy = try? made.analysed() else { continue }
            let shuffled = try AnalysedPolicy(Array(made.text(shuffling: &random).utf8), named: "shuffled.conf")
            try expectEqual(policy, shuffled, "seed \(Self.seed), round \(round)")
            try expectSameInOtherForms(policy, "seed \(Self.seed), round \(round)")
        }
    }

    @Test(
        "Our own policies are equal to themselves in other forms",
        arguments: [("reference", false), ("reference", true), ("examples/mls", true)])
    func ownPolicies(tree: String, isMLS: Bool) throws {
        let policy = try Trees.policy(tree, release: "4.17", isMLS: isMLS)
        try expectSameInOtherForms(policy, tree)
    }

    private func expectSameInOtherForms(_ policy: AnalysedPolicy, _ label: String) throws {
        for layout in [ImageLayout.checkpolicy3_5, .checkpolicy3_6] {
            let image = try AnalysedPolicy(ImageWriter.write(policy.policy, layout: layout).bytes, named: "image")
            try expectEqual(policy, image, "\(label), \(layout)")
            let text = try PolicyConfPrinter.text(of: image.policy, layout: layout)
            try expectEqual(image, AnalysedPolicy(text, named: "decompiled"), "\(label), decompiled")
        }
    }

    private func expectEqual(_ first: AnalysedPolicy, _ second: AnalysedPolicy, _ label: String) throws {
        for (a, b) in [(first, second), (second, first)] {
            let difference = try a.difference(to: b)
            #expect(difference.isEmpty, "\(label): \(difference.entries.prefix(3)) \(difference.rules.prefix(3))")
            let subset = try b.isSubset(of: a)
            #expect(subset.holds, "\(label): \(subset.counterexamples.prefix(3))")
        }
    }
}
