import Diagnostics
import Flask
import PolicyAnalysis
import TestSupport
import Testing

@Suite("Each lint finds what it is for, and nothing beside it")
struct LintTests {
    private static let seed = RandomTest.seed()

    /// A policy in which there is nothing to find, and places in it where something is put.
    private static func text(types: String = "", rules: String = "", users: String = "", constraints: String = "") -> String {
        """
        class xen
        class domain
        class security
        sid xen
        # xsm: allow fits-no-release a policy for tests
        class xen { kexec }
        class domain { create pause }
        class security { load_policy setbool check_context }
        attribute guest_type;
        type xen_t;
        type guest_t, guest_type;
        \(types)
        role system_r;
        role system_r types { xen_t guest_t };
        allow xen_t guest_type:domain create;
        allow xen_t xen_t:security check_context;
        \(rules)
        user system_u roles system_r;
        \(users)
        \(constraints)
        sid xen system_u:system_r:xen_t

        """
    }

    struct Case: CustomStringConvertible, Sendable {
        let code: String
        /// With the finding, and next to it without.
        let wrong: String
        let right: String
        /// Whether only an image has it from this command: of a source the compiler says it in its way.
        var isOfImage = true
        var isOfSource = true

        var description: String { "\(code): \(wrong.split(separator: "\n").count)" }
    }

    private static let branches = "if (strict) { allow guest_t xen_t:domain pause; } else { allow guest_t xen_t:domain %; }"

    static let cases: [Case] = [
        Case(code: "permissive-type", wrong: text(rules: "permissive guest_t;"), right: text()),
        Case(code: "ineffective-boolean", wrong: text(types: "bool strict false;"), right: text(types: "bool strict false;", rules: branches.replacing("%", with: "create"))),
        Case(
            code: "ineffective-boolean", wrong: text(types: "bool strict false;", rules: branches.replacing("%", with: "pause")),
            right: text(types: "bool strict true;", rules: branches.replacing("%", with: "{ create pause }"))),
        Case(
            code: "ineffective-boolean",
            wrong: text(types: "bool strict false;", rules: "if (strict) { allow xen_t guest_t:domain create; }"),
            right: text(types: "bool strict false;", rules: "if (strict) { allow xen_t guest_t:domain { create pause }; }")),
        Case(
            code: "ineffective-boolean",
            wrong: text(types: "bool strict false; bool open false;", rules: "if ((strict && open) || ! open) { allow guest_t xen_t:domain pause; }\nif (open && (strict || ! strict)) { allow guest_t xen_t:domain create; }")
                .replacing("(strict && open) || ! open", with: "(strict && ! strict) || open"),
            right: text(types: "bool strict false; bool open false;", rules: "if ((strict && open) || ! open) { allow guest_t xen_t:domain pause; }")),
        Case(
            code: "unusable-role", wrong: text(rules: "role vm_r;\nrole vm_r types guest_t;"),
            right: text(rules: "role vm_r;\nrole vm_r types guest_t;", users: "user user_1 roles vm_r;")),
        Case(
            code: "unusable-role", wrong: text(rules: "role vm_r;", users: "user user_1 roles { vm_r system_r };"),
            right: text(rules: "role vm_r;\nrole vm_r types guest_t;", users: "user user_1 roles vm_r;")),
        Case(
            code: "unusable-user", wrong: text(rules: "role vm_r;", users: "user user_1 roles vm_r;"),
            right: text(users: "user user_1 roles system_r;")),
        Case(
            code: "policy-power", wrong: text(rules: "allow xen_t xen_t:security load_policy;"),
            right: text(rules: "allow xen_t guest_t:security check_context;")),
        Case(
            code: "policy-power", wrong: text(types: "bool strict false;", rules: "if (strict) { allow guest_type xen_t:security setbool; }"),
            right: text(types: "bool strict false;", rules: "if (strict) { allow guest_type xen_t:security check_context; }")),
        Case(
            code: "unusable-transition", wrong: text(types: "type self_t;", rules: "type_transition guest_t guest_t:domain self_t;\nallow xen_t self_t:domain pause;"),
            right: text(
                types: "type self_t;",
                rules: "type_transition guest_t guest_t:domain self_t;\nallow xen_t self_t:domain pause;\nrole system_r types self_t;")),
        Case(
            code: "unusable-transition", wrong: text(types: "type object_t;", rules: "type_transition guest_t guest_t:xen object_t;"),
            right: text(types: "type object_t;", rules: "type_transition guest_t guest_t:xen object_t;\nallow guest_t object_t:xen kexec;")),
        Case(
            code: "constant-constraint", wrong: text(constraints: "constrain domain { pause } (u1 == u2 or u1 != u2);"),
            right: text(constraints: "constrain domain { pause } (u1 == u2 or r1 != r2);")),
        Case(
            code: "constant-constraint", wrong: text(constraints: "constrain domain { pause } (t1 == guest_t and not (t1 == guest_t));"),
            right: text(constraints: "constrain domain { pause } (t1 == guest_t and not (t2 == guest_t));")),
        Case(
            code: "constant-constraint", wrong: text(constraints: "validatetrans domain (u1 == u2 and u1 != u2);"),
            right: text(constraints: "validatetrans domain (u1 == u2 and r1 == r2);")),
        Case(code: "unused-type", wrong: text(types: "type nobody_t;"), right: text(types: "type nobody_t, guest_type;")),
        Case(
            code: "unused-attribute", wrong: text(types: "attribute nothing;\ntypeattribute guest_t nothing;"),
            right: text(types: "attribute nothing;\ntypeattribute guest_t nothing;", rules: "allow nothing xen_t:xen kexec;")),
        Case(
            code: "empty-attribute", wrong: text(types: "attribute nothing;", rules: "allow nothing xen_t:xen kexec;"),
            right: text(types: "attribute nothing;\ntypeattribute guest_t nothing;", rules: "allow nothing xen_t:xen kexec;")),
    ]

    private static func source(_ text: String) throws -> AnalysedPolicy {
        var options = InputOptions()
        options.isLinted = true
        return try AnalysedPolicy(Array(text.utf8), named: "lint.conf", options: options)
    }

    /// The same policy as an image.
    private static func image(_ text: String) throws -> AnalysedPolicy {
        let bytes = try ImageWriter.write(source(text).policy, layout: .checkpolicy3_6).bytes
        return try AnalysedPolicy(bytes, named: "lint.image")
    }

    @Test("It is found in one policy, and not in the one next to it, from text and from image", arguments: cases)
    func findings(entry: Case) throws {
        for read in [Self.source, Self.image] {
            let wrong = try read(entry.wrong).lint().findings
            #expect(wrong.contains { $0.code.name == entry.code }, "\(wrong.map(\.message))")
            let right = try read(entry.right).lint().findings
            #expect(!right.contains { $0.code.name == entry.code }, "\(right.map(\.message))")
        }
    }

    @Test("The policy without anything has no findings but that its image fits no release")
    func nothing() throws {
        #expect(try Self.source(Self.text()).lint().findings.isEmpty)
        let image = try Self.image(Self.text()).lint().findings
        #expect(image.isEmpty, "\(image.map(\.message))")
    }

    @Test("A finding stands where the source says it, and a comment there silences it")
    func places() throws {
        let wrong = Self.text(types: "bool strict false;", rules: "allow xen_t xen_t:security load_policy;", constraints: "constrain domain { pause } (u1 == u2 or u1 != u2);")
        let answer = try Self.source(wrong).lint()
        let lines = wrong.split(separator: "\n", omittingEmptySubsequences: false)
        for finding in answer.findings {
            let line = try #require(answer.map.location(of: finding.primary.start)?.line)
            #expect(lines[line - 1].contains("strict") || lines[line - 1].contains("load_policy") || lines[line - 1].contains("u1 != u2"))
        }
        #expect(answer.findings.count == 3 && answer.hasWarnings)
        let silenced = wrong.replacing("bool strict false;", with: "bool strict false; # xsm: allow ineffective-boolean kept for the operator")
            .replacing("load_policy;\n", with: "load_policy; # xsm: allow policy-power who else\n")
            .replacing("constrain domain", with: "# xsm: allow constant-constraint to show it\nconstrain domain")
        let quiet = try Self.source(silenced).lint()
        #expect(quiet.findings.isEmpty, "\(quiet.findings.map(\.message))")
        var selection = LintSelection()
        selection.excluded = ["ineffective-boolean", "constant-constraint"]
        #expect(try Self.source(wrong).lint(selection).findings.map(\.severity) == [.note])
        selection.denied = ["policy-power"]
        #expect(try Self.source(wrong).lint(selection).findings.map(\.severity) == [.error])
    }

    /// What a boolean that is told to change nothing changes: no decision about any types, with any values of the others.
    @Test("A boolean that is said to change nothing changes no decision", arguments: 0..<12)
    func booleans(round: Int) throws {
        let seed = Self.seed &+ UInt64(round)
        let policy = try RandomXenPolicy(seed: seed).analysed().policy
        let told = AnalysedPolicy(policy).lint().findings.filter { $0.code == "ineffective-boolean" }.map(\.message)
        var rules = policy
        for index in rules.classes.indices { rules.classes[index].constraints = [] }
        let loaded = try LoadedPolicy(rules)
        let count = policy.booleans.count
        for (index, boolean) in policy.booleans.enumerated() where told.contains(where: { $0.contains("`\(boolean.name)`") }) {
            for set in 0..<(1 << count) {
                var values = (0..<count).map { set >> $0 & 1 == 1 }
                let first = try #require(loaded.setting(values))
                values[index].toggle()
                let second = try #require(loaded.setting(values))
                for source in policy.types.indices where policy.types[source]?.isAttribute == false {
                    for target in policy.types.indices where policy.types[target]?.isAttribute == false {
                        for number in policy.classes.indices {
                            let contexts = [source, target].map { SecurityContext(user: 1, role: 2, type: UInt32($0 + 1)) }
                            let decisions = try [first, second].map { policy in
                                try policy.accessDecision(source: contexts[0], target: contexts[1], objectClass: UInt16(number + 1))
                            }
                            #expect(decisions[0] == decisions[1], "seed \(seed): \(boolean.name)")
                        }
                    }
                }
            }
        }
    }

    @Test("The reference policy has no warnings, with and without MLS, and its notes say that dom0 has power over it", arguments: [("4.17", true), ("4.22", false)])
    func reference(release: String, isMLS: Bool) throws {
        let policy = try Trees.policy("reference", release: release, isMLS: isMLS, isLinted: true)
        let answer = policy.lint()
        for finding in answer.findings where finding.severity > .note { Issue.record("\(finding.code): \(finding.message)") }
        #expect(answer.findings.contains { $0.code == "policy-power" && $0.message.contains("`dom0_t`") })
        let image = try AnalysedPolicy(ImageWriter.write(policy.policy, layout: .checkpolicy3_6).bytes, named: "image", options: InputOptions())
        for finding in image.lint().findings where finding.severity > .note { Issue.record("image: \(finding.code): \(finding.message)") }
    }
}
