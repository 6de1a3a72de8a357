import Flask
import PolicyAnalysis
import PolicyCompiler
import TestSupport
import Testing

@Suite("A search finds what meets its criteria")
struct SearchTests {
    /// What a search tells, conditions as the tool shows them.
    private func lines(_ analysed: AnalysedPolicy, _ change: (inout SearchQuestion) throws -> Void) throws -> [String] {
        var question = SearchQuestion()
        try change(&question)
        return try analysed.answer(question).entries.map { entry in
            let text = String(decoding: entry.text, as: UTF8.self)
            guard let condition = entry.found.condition else { return text }
            return "\(text) \(condition.branch ? "if" : "else") \(entry.expression ?? "") \(condition.isEnabled)"
        }
    }

    @Test("Types stand for their attributes, and attributes for their types, unless asked for directly")
    func types() throws {
        let policy = try SmallPolicy.analysed()
        let expanded = try lines(policy) {
            $0.kinds = [.allow]
            $0.target = try NamePattern("guest_t")
        }
        #expect(
            expanded == [
                "allow dom0_t domU_t:domain { pause unpause };", "allow dom0_t domain_type:domain { create pause };",
                "allow domU_t domU_t:domain { pause };",
            ])
        let direct = try lines(policy) {
            $0.target = try NamePattern("domain_type")
            $0.isTargetDirect = true
        }
        #expect(direct == ["allow dom0_t domain_type:domain { create pause };"])
        #expect(try lines(policy) { $0.source = try NamePattern("nobody_type") } == [])
    }

    @Test("Permissions: one of them, or all")
    func permissions() throws {
        let policy = try SmallPolicy.analysed()
        let any = try lines(policy) {
            $0.kinds = [.allow]
            $0.permissions = [try NamePattern("unpause"), try NamePattern("/^cre/")]
        }
        #expect(any == ["allow dom0_t domU_t:domain { pause unpause };", "allow dom0_t domain_type:domain { create pause };"])
        let all = try lines(policy) {
            $0.permissions = [try NamePattern("pause"), try NamePattern("create")]
            $0.needsAllPermissions = true
        }
        #expect(all == ["allow dom0_t domain_type:domain { create pause };"])
        #expect(try lines(policy) { $0.permissions = [try NamePattern("kexec")] } == ["auditallow dom0_t xen_t:xen { kexec };", "dontaudit domU_t xen_t:xen { kexec };"])
    }

    @Test("Conditional rules come with their expression, their branch and whether they hold")
    func conditions() throws {
        let policy = try SmallPolicy.analysed()
        let lines = try lines(policy) { $0.booleans = [try NamePattern("strict")] }
        #expect(
            lines == [
                "allow domU_t irq_t:resource { use add }; else (strict && ! open) true",
                "allow domU_t irq_t:resource { use }; if (strict && ! open) false",
            ])
        #expect(try self.lines(policy) { $0.state = .disabled } == [lines[1]])
        #expect(try self.lines(policy) { $0.state = .conditional } == lines)
        let enabled = try self.lines(policy) {
            $0.state = .enabled
            $0.kinds = [.allow]
        }
        #expect(enabled.contains(lines[0]) && enabled.count == 5)
    }

    @Test("Roles, transitions, constraints and contexts")
    func others() throws {
        let policy = try SmallPolicy.analysed()
        #expect(try lines(policy) { $0.kinds = [.roleAllow] } == ["allow system_r vm_r;"])
        #expect(try lines(policy) { $0.result = try NamePattern("vm_r") } == ["role_transition system_r domU_t:domain vm_r;"])
        #expect(try lines(policy) { $0.result = try NamePattern("irq_t") } == ["type_transition dom0_t domU_t:domain irq_t;"])
        #expect(
            try lines(policy) {
                $0.kinds = [.constrain]
                $0.source = try NamePattern("dom0_t")
            } == ["constrain domain { create } (u1 == u2 or t1 == dom0_t);"])
        #expect(
            try lines(policy) {
                $0.kinds = [.constrain, .validateTransition]
                $0.target = try NamePattern("irq_t")
            } == ["constrain domain { pause transition } t2 != irq_t;"])
        #expect(try lines(policy) { $0.kinds = [.validateTransition] } == ["validatetrans domain r1 == r2;"])
        let contexts = try lines(policy) {
            $0.kinds = [.initialSID, .interrupt, .ioMemory, .ioPorts, .pciDevice, .deviceTreeNode]
            $0.target = try NamePattern("/^(irq|domU)_t$/")
        }
        #expect(
            contexts == [
                "sid domU system_u:vm_r:domU_t", "pirqcon 33 system_u:system_r:irq_t", "iomemcon 0xfebe0-0xfebff system_u:system_r:irq_t",
                "iomemcon 0xfec9f system_u:system_r:irq_t", "ioportcon 0xeac0-0xeadf system_u:system_r:irq_t",
                "pcidevicecon 0xc800 system_u:system_r:irq_t", "devicetreecon \"/soc/serial\" system_u:system_r:irq_t",
            ])
    }

    @Test("A name that is not there gets the nearest")
    func nearest() throws {
        let policy = try SmallPolicy.analysed()
        func mistake(_ change: (inout SearchQuestion) throws -> Void) -> QuestionMistake? {
            #expect(throws: QuestionMistake.self) { _ = try lines(policy, change) }
        }
        #expect(mistake { $0.source = try NamePattern("dom0_y") }?.message.contains("did you mean `dom0_t`") == true)
        #expect(mistake { $0.target = try NamePattern("vm_rr") }?.message.contains("`vm_r`") == true)
        #expect(mistake { $0.classes = [try NamePattern("domian")] }?.message == "the policy has no class `domian`: did you mean `domain`?")
        #expect(mistake { $0.permissions = [try NamePattern("unpuase")] }?.message.contains("`unpause`") == true)
        #expect(mistake { $0.booleans = [try NamePattern("stric")] }?.message.contains("`strict`") == true)
        #expect(mistake { $0.source = try NamePattern("/a(/") }?.message == "`/a(/` is no regular expression: a `(` has no `)`")
    }

    @Test("A policy of any release can be asked, those that setools cannot read too, and its initial SIDs have that release's names")
    func releases() throws {
        for release in ["4.13", "4.16", "4.18", "4.22"].compactMap({ XenRelease($0) }) {
            let compiled = try Trees.policy("reference", release: release.description)
            let image = try AnalysedPolicy(ImageWriter.write(compiled.policy, layout: .checkpolicy3_6).bytes, named: "image")
            let names = compiled.summary().initialSIDs.map(\.name)
            #expect(names == Vocabulary(of: release)!.initialSIDs.map { Name($0) })
            // An image of it is taken for one of a release with the same tables.
            #expect(image.summary().initialSIDs.map(\.name) == names)
            #expect(image.summary().release != nil)
            let question = SearchQuestion()
            #expect(try image.answer(question).entries.map(\.text) == compiled.answer(question).entries.map(\.text))
        }
    }
}
