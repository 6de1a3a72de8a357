import AuditAnalysis
import AuditReports
import Diagnostics
import Flask
import PolicyAnalysis
import Reports
import Testing

@Suite("Suggestions of each kind")
struct SuggestionKindTests {
    private func one(_ lines: String..., folder: SourceFolder = SmallTree.folder) throws -> Suggestion {
        let report = try SmallTree.report(lines, folder: folder)
        #expect(report.withoutSuggestion.isEmpty)
        #expect(report.omissions.isEmpty)
        try #require(report.suggestions.count == 1)
        return report.suggestions[0]
    }

    private func none(_ lines: String..., folder: SourceFolder = SmallTree.folder) throws -> [UnsuggestedAccess.Reason] {
        let report = try SmallTree.report(lines, folder: folder)
        #expect(report.suggestions.isEmpty)
        #expect(report.patch == nil)
        try #require(report.withoutSuggestion.count == 1)
        return report.withoutSuggestion[0].reasons
    }

    // MARK: Interfaces

    @Test("Denials that one interface covers are one call of it, with what else it grants and the rules as the other way")
    func interface() throws {
        let found = try one(Denials.line("dom0_t", "domU_t", "domain", "create"), Denials.line("dom0_t", "domU_t", "mmu", "map_write"))
        #expect(found.change == .call(name: "create_domain", arguments: ["dom0_t", "domU_t"], definition: "tree/modules/base.if"))
        #expect(found.text == ["create_domain(dom0_t, domU_t)"])
        // Behind the rule about the same two types, though the source is declared elsewhere.
        #expect(found.lines.map(\.file) == ["modules/guest.te"])
        #expect(found.lines.map(\.line) == [9])
        #expect(found.allows.map(\.permissions) == [["create"], ["map_write"]])
        #expect(found.alsoAllowsCount == 3)
        let others = found.alsoAllows.map { "\($0.sources) \($0.targets) \($0.objectClass) \($0.permissions)" }
        #expect(others == ["[dom0_t] [domU_t] domain [unpause, max_vcpus]", "[dom0_t] [domU_t] mmu [adjust]"])
        #expect(found.alternatives.map(\.text) == [["allow dom0_t domU_t:domain create;", "allow dom0_t domU_t:mmu map_write;"]])
        #expect(found.alternatives.allSatisfy { $0.alsoAllows.isEmpty })
    }

    @Test("Of two interfaces the one that grants less besides is suggested")
    func smallest() throws {
        #expect(try one(Denials.line("dom0_t", "domU_t", "domain", "unpause")).text == ["pause_domain(dom0_t, domU_t)"])
        #expect(try one(Denials.line("domU_t_channel", "dom0_t", "event", "bind")).text == ["event_way(domU_t, dom0_t)"])
    }

    @Test("What an interface says of an argument decides, not what it says of any name")
    func macroDecides() throws {
        #expect(try one(Denials.line("dom0_t", "dom0_t", "mmu", "stat")).text == ["see_itself(dom0_t)"])
        let view = try one(Denials.line("domU_t", "domU_t_self", "mmu", "stat"))
        #expect(view.text == ["see_itself(domU_t)"])
        #expect(view.madeTypes.map(\.type) == ["domU_t_self"])
        #expect(view.madeTypes.map { String(decoding: $0.transition, as: UTF8.self) } == ["type_transition domU_t domU_t:domain domU_t_self;"])
        #expect(view.madeTypes.map(\.place?.line) == [7])
    }

    @Test("An interface of three types is found by denials that have two of them each")
    func threeTypes() throws {
        let found = try one(Denials.line("dom0_t", "dm_t", "domain2", "make_priv_for"), Denials.line("dom0_t", "domU_t", "domain2", "set_as_target"))
        #expect(found.text == ["pair(dom0_t, dm_t, domU_t)"])
        #expect(found.alsoAllows.isEmpty)
    }

    @Test("A call that opens a way for information that rules do not open comes behind the rules")
    func widerFlow() throws {
        var folder = SmallTree.folder
        folder["tree/modules/base.if"] = "define(`declare', `type $1, domain_type;')\ndefine(`look', `allow $1 $2:domain { getscheduler };\nallow $2 $1:mmu { map_read map_write };')\n"
        let found = try one(Denials.line("dom0_t", "dm_t", "domain", "getscheduler"), folder: folder)
        #expect(found.text == ["allow dom0_t dm_t:domain getscheduler;"])
        #expect(found.alternatives.map(\.text) == [["look(dom0_t, dm_t)"]])
        #expect(found.effects.flows.map { [$0.source, $0.target] } == [["dm_t", "dom0_t"]])
        #expect(found.alternatives[0].effects.flows.map { [$0.source, $0.target] } == [["dm_t", "dom0_t"], ["dom0_t", "dm_t"]])
    }

    @Test("A call that a neverallow rule forbids is not suggested, the rule that is not forbidden is")
    func forbiddenInterface() throws {
        var folder = SmallTree.folder
        folder["tree/modules/base.if"] = "define(`declare', `type $1, domain_type;')\ndefine(`look', `allow $1 $2:domain destroy;\nallow $2 dom0_t:domain pause;')\n"
        let found = try one(Denials.line("dom0_t", "domU_t", "domain", "destroy"), folder: folder)
        #expect(found.text == ["allow dom0_t domU_t:domain destroy;"])
        #expect(found.alternatives.isEmpty)
    }

    // MARK: Rules

    @Test("A rule stands behind the last one of its types, or of its source, and says `self` where the two are one")
    func rules() throws {
        let settime = try one(Denials.line("dom0_t", "xen_t", "xen", "settime", "kexec"))
        #expect(settime.text == ["allow dom0_t xen_t:xen { settime kexec };"])
        // The rule before has two lines.
        #expect(settime.lines.map { "\($0.file) \($0.line)" } == ["modules/dom0.te 6"])
        let own = try one(Denials.line("dom0_t", "dom0_t", "domain", "destroy"))
        #expect(own.text == ["allow dom0_t self:domain destroy;"])
        #expect(own.lines.map { "\($0.file) \($0.line)" } == ["modules/dom0.te 7"])
        let declared = try one(Denials.line("dm_t", "xen_t", "xen", "heap"))
        #expect(declared.lines.map { "\($0.file) \($0.line)" } == ["modules/guest.te 4"])
    }

    @Test("Contexts of the same types want one rule, and each permission is asked for once")
    func merged() throws {
        let found = try one(
            Denials.line("dom0_t", "xen_t", "xen", "settime"), Denials.line("system_u:other_r:dom0_t", "xen_t", "xen", "kexec"),
            Denials.line("dom0_t", "xen_t", "xen", "settime"))
        #expect(found.text == ["allow dom0_t xen_t:xen { settime kexec };"])
        #expect(found.count == 3)
        #expect(found.allows.count == 2)
    }

    // MARK: Booleans

    @Test("Where a boolean is off, its value is suggested and no rule")
    func boolean() throws {
        let found = try one(Denials.line("dom0_t", "domU_t", "domain", "setdebugging"))
        #expect(found.change == .booleans([Boolean(name: "debugging", value: true)]))
        #expect(found.patch == nil)
        #expect(found.alsoAllows.isEmpty)
        #expect(found.text == ["debugging=on"])
    }

    // MARK: What no rule changes

    @Test("Constraints, roles, bounds and neverallow rules are told with their places, and get no rule")
    func forbidden() throws {
        let neverAllow = try none(Denials.line("domU_t", "dom0_t", "domain", "pause"))
        #expect(neverAllow.map(\.kind) == ["neverallow"])
        #expect(neverAllow.map { $0.place.map { "\($0.file):\($0.line)" } } == ["tree/modules/guest.te:11"])
        let constraint = try none(Denials.line("tenant_u:system_r:domU_t", "domU_t", "grant", "transfer"))
        #expect(constraint.map(\.kind) == ["constraint"])
        #expect(constraint.map { $0.place.map { "\($0.file):\($0.line)" } } == ["tree/modules/guest.cons:1"])
        let role = try none(Denials.line("system_u:system_r:domU_t", "system_u:other_r:domU_t", "domain", "transition"))
        #expect(role.map(\.kind) == ["constraint", "role"])
        let bounds = try none(Denials.line("child_t", "xen_t", "xen", "heap"))
        #expect(bounds.map(\.kind) == ["bounds"])
        #expect(bounds.map { $0.place.map { "\($0.file):\($0.line)" } } == ["tree/modules/guest.te:6"])
        #expect(bounds.map(\.message) == ["the types are bounded by `dm_t` and `xen_t`, of which the first may not do it to the second"])
    }

    @Test("An MLS constraint is called so")
    func levels() throws {
        var folder = SmallTree.folder
        folder["tree/policy/mls"] = """
            sensitivity s0; sensitivity s1; dominance { s0 s1 } category c0; level s0:c0; level s1:c0;
            mlsconstrain mmu stat (l1 dom l2);

            """
        folder["tree/policy/users"] = "user system_u roles { system_r other_r } level s0 range s0 - s1:c0;\n"
        for (path, bytes) in folder.files where path.hasSuffix("initial_sids") {
            folder[path] = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { $0 + ":s0\n" }.joined()
        }
        var options = SmallTree.options
        options.isMLS = true
        let finder = try SuggestionFinder(.tree("tree"), reader: folder, options: options)
        let report = try finder.suggestions(for: Denials.cells([Denials.line("system_u:system_r:domU_t:s0", "system_u:system_r:dm_t:s1", "mmu", "stat")]))
        #expect(report.suggestions.isEmpty)
        #expect(report.withoutSuggestion.flatMap { $0.reasons.map(\.kind) } == ["mls-constraint"])
    }

    @Test("What has no label is to get one, not a rule")
    func unlabeled() throws {
        #expect(try none(Denials.line("dom0_t", "unlabeled_t", "resource", "use")).map(\.kind) == ["unlabeled"])
    }

    @Test("Where a neverallow rule forbids what has the label of all hardware, the label is spoken of beside the rule, and advice is given once")
    func unlabeledHardware() throws {
        var folder = SmallTree.folder
        folder["tree/modules/guest.te"] += "neverallow domU_t device_t:resource use;\nneverallow domU_t resource_type:resource { use add };\n"
        let finder = try SuggestionFinder(.tree("tree"), reader: folder, options: SmallTree.options)
        let report = try finder.suggestions(for: Denials.cells([Denials.line("domU_t", "system_u:object_r:device_t", "resource", "use")]))
        let entry = try #require(report.withoutSuggestion.first)
        #expect(entry.reasons.map(\.kind) == ["neverallow", "neverallow", "unlabeled-hardware"])
        let text = String(decoding: SuggestReport(found: report, untold: 0, patch: nil, isChecked: false).text, as: UTF8.self)
        #expect(text.contains("    it would allow `domU_t device_t:resource use`\n") && !text.contains("a rule allows"), "\(text)")
        #expect(text.split(separator: "ask whoever wrote that rule").count == 2 && text.contains("label it, in `device_contexts`"), "\(text)")
    }

    @Test("What the policy does not have is told with the releases that have it")
    func unknown() throws {
        #expect(try none(Denials.line("dom0_t", "gone_t", "domain", "pause")).map(\.kind) == ["unknown"])
        #expect(try none(Denials.line("dom0_t", "xen_t", "file", "read")).map(\.kind) == ["unknown"])
        let old = try none(Denials.line("dom0_t", "xen_t", "xen", "sched_op"))
        guard case .unknown(_, let releases)? = old.first else { return #expect(Bool(false)) }
        #expect(releases.map(\.description) == ["4.2"])
        #expect(try none("(XEN) avc:  denied  { pause } for domid=0 ssid=7 tsid=9 tclass=domain").map(\.kind) == ["numbered-context"])
    }

    @Test("What the policy allows, and what was granted, needs nothing")
    func allowed() throws {
        let report = try SmallTree.report([
            Denials.line("dom0_t", "xen_t", "xen", "heap", "settime"),
            Denials.line("dom0_t", "xen_t", "xen", "physinfo").replacing("denied", with: "granted"),
        ])
        #expect(report.allowed.map(\.permissions) == [["heap"]])
        #expect(report.grantedCells == 1)
        #expect(report.suggestions.map(\.text) == [["allow dom0_t xen_t:xen settime;"]])
    }

    // MARK: Promises

    @Test("A change that breaks an assertion says so, and is not in the patch")
    func assertions() throws {
        var map = SourceMap()
        var diagnostics: [Diagnostic] = []
        let text = "test \"apart\"\n    no flow domU_t dm_t\n    deny dom0_t xen_t:xen kexec\n"
        let file = AssertionFile(try map.add(name: "assertions", bytes: Array(text.utf8)), diagnostics: &diagnostics)
        #expect(diagnostics.isEmpty)
        let finder = try SuggestionFinder(.tree("tree"), reader: SmallTree.folder, options: SmallTree.options, assertions: file)
        let report = try finder.suggestions(
            for: Denials.cells([
                Denials.line("dm_t", "domU_t", "mmu", "map_read"), Denials.line("dom0_t", "xen_t", "xen", "kexec"),
                Denials.line("dom0_t", "xen_t", "resource", "setup"),
            ]))
        try #require(report.suggestions.count == 3)
        let broken = Dictionary(uniqueKeysWithValues: report.suggestions.map { ($0.text, $0.effects.broken.map { "\($0.assertion) \($0.isFlow)" }) })
        #expect(broken[["allow dm_t domU_t:mmu map_read;"]] == ["no flow domU_t dm_t true"])
        #expect(broken[["allow dom0_t xen_t:xen kexec;"]] == ["deny dom0_t xen_t:xen kexec false"])
        #expect(broken[["allow dom0_t xen_t:resource setup;"]] == [])
        let patch = try #require(report.patch)
        #expect(patch.suggestions.map { report.suggestions[$0].text } == [["allow dom0_t xen_t:resource setup;"]])
        #expect(patch.effects.broken.isEmpty)
    }

    // MARK: Limits

    @Test("What limits leave out is told")
    func limits() throws {
        var limits = SuggestionLimits()
        limits.accesses = 1
        let lines = [Denials.line("dom0_t", "xen_t", "xen", "kexec"), Denials.line("dom0_t", "domU_t", "mmu", "stat")]
        let few = try SmallTree.report(lines + lines.prefix(1), limits: limits)
        #expect(few.suggestions.map(\.text) == [["allow dom0_t xen_t:xen kexec;"]])
        #expect(few.withoutSuggestion.flatMap { $0.reasons.map(\.kind) } == ["unexamined"])
        #expect(few.omissions.count == 1)
        limits = SuggestionLimits()
        limits.compilations = 1
        let untried = try SmallTree.report(lines, limits: limits)
        #expect(untried.suggestions.isEmpty)
        #expect(untried.withoutSuggestion.flatMap { $0.reasons.map(\.kind) } == ["unexamined", "unexamined"])
        #expect(!untried.omissions.isEmpty)
        limits = SuggestionLimits()
        limits.calls = 0
        let uncalled = try SmallTree.report([Denials.line("dom0_t", "domU_t", "domain", "create")], limits: limits)
        #expect(uncalled.suggestions.map(\.text) == [["allow dom0_t domU_t:domain create;"]])
        #expect(!uncalled.omissions.isEmpty)
    }

    @Test("A source that does not compile, or breaks its own neverallow rules, is refused")
    func refused() throws {
        var folder = SmallTree.folder
        folder["tree/modules/guest.te"] += "allow domU_t dom0_t:domain pause;\n"
        #expect(throws: InputFailure.self) { try SuggestionFinder(.tree("tree"), reader: folder, options: SmallTree.options) }
        #expect(throws: InputFailure.self) { try SuggestionFinder(.tree("nothing"), reader: folder) }
    }
}
