import AuditAnalysis
import AuditLog
import Diagnostics
import Flask
import PolicyAnalysis
import TestSupport
import Testing

@Suite("An explanation finds the cause of a denial in the policy, on lines of a real Xen")
struct DenialExplanationTests {
    /// What the policy says of the capture's mapping of a guest's memory by dom0.
    private func mapping(_ policy: GuestPolicy, booleans: [Boolean] = []) throws -> DenialExplanation {
        let cell = try #require(try ConsoleLog.cells("deny-mmu", "map_write").first)
        #expect(cell.count == 52)
        var explainer = try DenialExplainer(try policy.analysed(), booleans: booleans)
        return explainer.explanation(of: cell)
    }

    @Test("A rule that is missing, with the operations that would need it")
    func missingRule() throws {
        let found = try mapping(GuestPolicy())
        #expect(found.verdict == .denied && found.causes.isEmpty)
        #expect(found.permissions.map(\.name) == ["map_read", "map_write"])
        for permission in found.permissions {
            #expect(permission.verdict == .denied && permission.causes.map(\.kind) == [.missingRule])
            #expect(permission.operations.contains { $0.hypercall == "mmu_update" } && permission.absence == nil && permission.releases == XenRelease.all)
        }
    }

    @Test("A boolean, with the value that would allow, also where it does not suffice")
    func boolean() throws {
        let rules = "bool mapping false; bool never true;\nif (mapping && never) { allow dom0_t domU_t:mmu { map_read map_write }; }"
        let found = try mapping(GuestPolicy(rules: rules))
        #expect(found.kinds("map_read") == [.boolean] && found.kinds("map_write") == [.boolean])
        #expect(found.text(.boolean) == "a rule gives it with `mapping` on")
        let other = try mapping(GuestPolicy(rules: rules, constraints: "constrain mmu { map_write } (t1 == t2);"))
        #expect(other.kinds("map_read") == [.boolean] && other.kinds("map_write") == [.boolean, .constraint])
        guard case .boolean(let remedy)? = other.permissions.last?.causes.first else { return }
        #expect(!remedy.suffices && remedy.settings == [Boolean(name: "mapping", value: true)])
        #expect(try mapping(GuestPolicy(rules: rules), booleans: [Boolean(name: "mapping", value: true)]).verdict == .allowed)
        #expect(throws: QuestionMistake.self) { try mapping(GuestPolicy(), booleans: [Boolean(name: "mapping", value: true)]) }
    }

    @Test("A constraint, with the comparison that does not hold and what stands there, and where the source says so")
    func constraint() throws {
        let found = try mapping(
            GuestPolicy(rules: "allow dom0_t domU_t:mmu { map_read map_write };", constraints: "constrain mmu { map_write } (t2 != domU_t or u1 != u2);"))
        #expect(found.kinds("map_read") == [.allowedNow] && found.kinds("map_write") == [.constraint] && found.verdict == .denied)
        guard case .constraint(let entry, let failing)? = found.first(.constraint) else { return }
        #expect(failing.map(\.text) == ["t2 != domU_t", "u1 != u2"] && failing.map(\.values) == ["t2 is domU_t", "u1 is system_u, u2 is system_u"])
        #expect(entry.places?.first?.location.file == "guest.conf")
    }

    @Test("Levels")
    func mls() throws {
        var explainer = try DenialExplainer(try GuestPolicy(rules: "allow dom0_t domU_t:mmu { map_read map_write };", isMLS: true).analysed())
        let line = "avc:  denied  { map_read map_write } for source=d0 target=d1 scontext=system_u:system_r:dom0_t:s0 tcontext=system_u:system_r:domU_t:s1:c0 tclass=mmu"
        let found = explainer.explanation(of: try #require(ConsoleLog.cell(line)))
        #expect(found.kinds("map_write") == [.mls] && found.text(.mls).contains("h1 is s0, h2 is s1:c0"), "\(found.text(.mls))")
        // The capture's contexts have no levels.
        let other = explainer.explanation(of: try #require(try ConsoleLog.cells("deny-mmu", "map_write").first))
        #expect(other.causes.map(\.kind) == [.unknownContext, .unknownContext] && other.verdict == .undecided)
    }

    @Test("A bound, with the lines that bound")
    func bounds() throws {
        let rules = "type parent_t;\ntypebounds parent_t dom0_t;\nallow dom0_t domU_t:mmu { map_read map_write };\nallow parent_t domU_t:mmu map_read;"
        let policy = GuestPolicy(rules: rules)
        let found = try mapping(policy)
        #expect(found.kinds("map_read") == [.allowedNow] && found.kinds("map_write") == [.bounds])
        guard case .bounds(let source, let target, let places)? = found.first(.bounds) else { return }
        #expect(source == "parent_t" && target == "domU_t")
        #expect(places?.count == 1 && places?.first?.location.line == policy.line(beginning: "typebounds"))
    }

    @Test("A role that may not become another")
    func roleAllow() throws {
        var explainer = try DenialExplainer(
            try GuestPolicy(rules: "allow dom0_t domU_t:domain { create transition };", roles: "role vm_r;\nrole vm_r types domU_t;").analysed())
        let line = "avc:  denied  { transition } for current=d0 scontext=system_u:system_r:dom0_t tcontext=system_u:vm_r:domU_t tclass=domain"
        let found = explainer.explanation(of: try #require(ConsoleLog.cell(line)))
        #expect(found.kinds("transition") == [.roleAllow] && found.text(.roleAllow).contains("`allow system_r vm_r;`"))
        let create = explainer.explanation(of: try #require(try ConsoleLog.cells("deny-create", "create").first))
        #expect(create.kinds("create") == [.allowedNow])
    }

    @Test("A neverallow rule that forbids what is missing, with its line")
    func neverAllow() throws {
        for (rule, isForbidden) in [
            ("neverallow dom0_t ~xen_t:mmu map_write;", true), ("neverallow domain_type { domain_type -self }:mmu *;", true), ("neverallow domain_type self:mmu *;", false),
            ("neverallow dom0_t xen_t:mmu map_write;", false), ("neverallow dom0_t domU_t:mmu map_read;", false),
        ] {
            let policy = GuestPolicy(rules: rule)
            let found = try mapping(policy)
            #expect(found.kinds("map_write") == (isForbidden ? [.missingRule, .neverAllow] : [.missingRule]), "\(rule)")
            guard case .neverAllow(let places)? = found.permissions.last?.causes.last else { continue }
            #expect(places.count == 1 && places.first?.location.line == policy.line(beginning: "neverallow"))
        }
    }

    @Test("What is allowed by now, and whether by booleans")
    func allowedNow() throws {
        let found = try mapping(GuestPolicy(rules: "allow dom0_t domain_type:mmu { map_read map_write };"))
        #expect(found.verdict == .allowed && found.kinds("map_read") == [.allowedNow] && found.text(.allowedNow).contains("not the policy that denied"))
        let other = try mapping(GuestPolicy(rules: "bool b true;\nif (b) { allow dom0_t domU_t:mmu { map_read map_write }; }"))
        #expect(other.text(.allowedNow).hasPrefix("the policy allows it by booleans"))
    }

    @Test("A permissive type: denied, and done all the same")
    func permissive() throws {
        let found = try mapping(GuestPolicy(rules: "permissive dom0_t;"))
        #expect(found.isPermissive && found.verdict == .denied && found.causes.map(\.kind) == [.permissive] && found.kinds("map_read") == [.missingRule])
    }

    @Test("A context that the policy does not have, with the name and the nearest")
    func unknownContext() throws {
        let found = try mapping(GuestPolicy(types: ["domV_t"]))
        #expect(found.verdict == .undecided && found.causes.map(\.kind) == [.unknownContext])
        #expect(found.text(.unknownContext).hasSuffix("the policy has no type `domU_t`: did you mean `dom0_t` or `domV_t`?"), "\(found.text(.unknownContext))")
    }

    @Test("Classes and permissions that the policy does not have, with the releases that have them")
    func unknownNames() throws {
        var explainer = try DenialExplainer(try GuestPolicy().analysed())
        func explain(_ permission: String, _ objectClass: String) throws -> DenialExplanation {
            explainer.explanation(
                of: try #require(
                    ConsoleLog.cell("avc:  denied  { \(permission) } for current=d0 scontext=system_u:system_r:dom0_t tcontext=system_u:system_r:xen_t tclass=\(objectClass)")))
        }
        let permission = try explain("hypfs_op", "xen")
        #expect(permission.kinds("hypfs_op") == [.unknownPermission] && permission.text(.unknownPermission).hasSuffix("there is one since Xen 4.14"))
        #expect(permission.permissions.first?.operations.first?.hypercall == "hypfs_op")
        let objectClass = try explain("enable", "argo")
        #expect(objectClass.causes.map(\.kind) == [.unknownClass] && objectClass.text(.unknownClass).contains("since Xen 4.12"))
        let gone = try explain("tmem_op", "xen")
        #expect(gone.permissions.first?.absence?.contains("4.12") == true && gone.text(.unknownPermission).contains("from Xen 4.3 to 4.12"))
        #expect(try explain("kexecs", "xen").text(.unknownPermission).contains("did you mean `kexec`?"))
    }

    @Test("Types that a transition makes come with it")
    func dynamicTypes() throws {
        let rules = "type domU_t_self; type domU_t_target;\ntype_transition domU_t domU_t:domain domU_t_self;\ntype_transition domU_t dom0_t:domain domU_t_target;"
        var explainer = try DenialExplainer(
            try GuestPolicy(rules: rules, roles: "role system_r types { domU_t_self domU_t_target };").analysed())
        let line = "avc:  denied  { map_read } for source=d1 target=d1 scontext=system_u:system_r:domU_t tcontext=system_u:system_r:domU_t_self tclass=mmu"
        let found = explainer.explanation(of: try #require(ConsoleLog.cell(line)))
        #expect(found.kinds("map_read") == [.missingRule] && found.sourceOrigins.isEmpty)
        #expect(found.targetOrigins.map { String(decoding: $0.text, as: UTF8.self) } == ["type_transition domU_t domU_t:domain domU_t_self;"])
    }

    @Test("A line that tells of a grant is judged as it is, without a word that it is allowed")
    func granted() throws {
        var explainer = try DenialExplainer(try GuestPolicy(rules: "allow dom0_t security_t:security load_policy;").analysed())
        let cell = try #require(try ConsoleLog.cells("flask-demo", "load_policy").first { $0.record.verdict == .granted })
        let found = explainer.explanation(of: cell)
        #expect(found.verdict == .allowed && found.permissions.allSatisfy(\.causes.isEmpty))
    }

    @Test("Without a policy there are the operations, and what the line says by itself")
    func withoutPolicy() throws {
        var explainer = try DenialExplainer(nil)
        let found = explainer.explanation(of: try #require(try ConsoleLog.cells("deny-create", "create").first))
        #expect(found.verdict == .undecided && found.causes.isEmpty && found.permissions.first?.operations.count == 2)
        let other = explainer.explanation(of: try #require(ConsoleLog.cell("avc:  denied  null for current=d0 ssid=3 tsid=99 tclass=nothing")))
        #expect(other.kinds == [.noContext, .noPermissions, .unknownClass])
    }
}
