import Foundation
import Testing

/// One run finds all mistakes, each once, and the rules that break a `neverallow` rule with how they came about.
@Suite struct ErrorTests {
    /// The lines and codes of the errors of a run.
    private func errors(_ arguments: [String], in folder: Folder) throws -> [String] {
        let run = try Command(Command.compiler, ["--format", "json"] + arguments, in: folder.url)
        let document = try #require(try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
        let diagnostics = try #require(document["diagnostics"] as? [[String: Any]])
        return diagnostics.filter { $0["severity"] as? String == "error" }.map { diagnostic in
            let place = diagnostic["primary"] as? [String: Any]
            return "\(place?["line"] ?? 0) \(diagnostic["code"] ?? "")"
        }
    }

    /// Mistakes of the scanner, of the grammar, in names, rules, constraints and contexts do not hide each other.
    @Test func oneRunFindsTheMistakesOfEveryStage() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(
            "policy.conf",
            """
            class domain
            class xen
            sid xen
            class domain { create pause }
            class xen { settime }
            attribute domain_type;
            type xen_t
            type dom0_t, domain_typo;
            type user;
            bool flag true;
            role system_r;
            role system_r types { xen_t dom0_t };
            allow dom0_t self:domain craete;
            alow dom0_t self:domain create;
            allow dom0_t domU_t:domain create;
            allow dom0_t domU_t:domain pause;
            allow dom0_t self:domian pause;
            if (flog) { allow dom0_t self:domain pause; }
            allow dom0_t self:domain { create;
            allow dom0_t self:xen settime;
            role xen_r types { xen_t } extra;
            type_transition dom0_t xen_t:domain user;
            user system_u roles { system_r vm_r };
            constrain domain create (u1 = u2);
            sid xen system_u:system_r:xen_t
            pirqcon 9 nobody:system_r:xen_t
            iomemcon 0x20-0x10 system_u:system_r:xen_t

            """)
        #expect(
            try errors(["policy.conf"], in: folder) == [
                "7 missing-semicolon", "8 unknown-attribute", "9 reserved-word", "13 unknown-permission",
                "14 unknown-statement", "15 unknown-type", "16 unknown-type", "17 unknown-class", "18 unknown-boolean",
                "19 unbalanced-brace", "21 unexpected-token", "23 unknown-role", "24 invalid-character",
                "26 unknown-user", "27 descending-range",
            ])
    }

    /// The limit counts errors of whatever stage; 0 lifts it.
    @Test(arguments: [("alow a_t self:domain create;", "unknown-statement"), ("allow missing_# self:domain create;", "unknown-type")])
    func limitCanBeLifted(rule: String, code: String) throws {
        let folder = try Folder()
        defer { folder.remove() }
        let rules = (1...120).map { rule.replacingOccurrences(of: "#", with: "\($0)") }.joined(separator: "\n")
        try folder.write("policy.conf", Self.base(rules))
        for (limit, count) in [(["--error-limit", "7"], 7), ([], 100), (["--error-limit", "0"], 120)] {
            let found = try errors(limit + ["policy.conf"], in: folder)
            #expect(found.count == count)
            #expect(found.allSatisfy { $0.hasSuffix(code) }, "\(found)")
        }
        let cut = try Command.compile("--error-limit", "7", "policy.conf", in: folder)
        #expect(cut.errors.hasSuffix("7 errors\nthere may be more: `--error-limit 0` looks for all\n\n"), "\(cut.errors.suffix(200))")
        #expect(try !Command.compile("--error-limit", "0", "policy.conf", in: folder).errors.contains("there may be more"))
    }

    // MARK: neverallow

    private static func base(_ rules: String) -> String {
        """
        class domain
        sid xen
        class domain { create pause unpause }
        attribute guest_type;
        type xen_t;
        role system_r;
        role system_r types xen_t;
        \(rules)
        user system_u roles system_r;
        sid xen system_u:system_r:xen_t

        """
    }

    /// The rule stands in a macro in a macro: the message names both calls, the goal, and what it is about.
    @Test func violationShowsTheCallsThatLedToTheRule() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("tree/modules/modules.conf", "base = on\nguest = on\n")
        try folder.write(
            "tree/modules/base.if",
            "define(`command', `allow $1 $2:domain { create pause };')\ndefine(`run', `\n\tcommand(`$1', `$2')\n')\n")
        try folder.write("tree/policy/security_classes", "")
        try folder.write("tree/modules/base.te", "type xen_t;\nattribute guest_type;\nrole system_r;\nrole system_r types xen_t;\n")
        try folder.write(
            "tree/modules/guest.te",
            "type a_t, guest_type;\ntype b_t, guest_type;\n# The goal.\nneverallow guest_type guest_type:domain pause;\nrun(a_t, b_t)\n")
        try folder.write("tree/policy/users", "user system_u roles system_r;\n")
        try folder.write("tree/policy/initial_sids", "sid xen system_u:system_r:xen_t\n")
        let run = try Command.compile("tree", "-o", "out", in: folder)
        #expect(run.status == 1)
        let expected = [
            "error[neverallow-violated]: this rule allows what a neverallow rule forbids",
            "--> tree/modules/base.if:1:20", "::: tree/modules/guest.te:4:1", "forbidden here",
            "in expansion of `command`, tree/modules/base.if:3:2", "in expansion of `run`, tree/modules/guest.te:5:1",
            "allows `a_t b_t:domain pause`",
        ]
        for words in expected { #expect(run.errors.contains(words), "\(words) is missing in:\n\(run.errors)") }
        #expect(run.errors.hasSuffix("\n\n1 error\n\n"), "\(run.errors)")
        #expect(try folder.names() == ["tree"])
    }

    /// The goal is a macro's: its text is one of all goals that are written so, and the call says which. What stands in an `ifdef` is seen as it is.
    @Test func violationShowsTheCallThatForbids() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("tree/modules/modules.conf", "base = on\nguest = on\n")
        try folder.write("tree/modules/base.if", "define(`keep', `neverallow $1 $2:domain pause;')\n")
        try folder.write("tree/policy/security_classes", "")
        try folder.write("tree/modules/base.te", "type xen_t;\nrole system_r;\nrole system_r types xen_t;\n")
        try folder.write(
            "tree/modules/guest.te",
            """
            type a_t; type b_t;
            keep(b_t, a_t)
            keep(a_t, b_t)
            ifdef(`keep', `
            neverallow xen_t a_t:domain pause;
            ')
            allow a_t b_t:domain pause;
            allow xen_t a_t:domain pause;

            """)
        try folder.write("tree/policy/users", "user system_u roles system_r;\n")
        try folder.write("tree/policy/initial_sids", "sid xen system_u:system_r:xen_t\n")
        let run = try Command.compile("tree", "-o", "out", in: folder)
        let expected = ["::: tree/modules/base.if:1:17", "forbidden here", "3 | keep(a_t, b_t)", "by this call", "::: tree/modules/guest.te:5:1"]
        for words in expected { #expect(run.errors.contains(words), "\(words) is missing in:\n\(run.errors)") }
        #expect(run.errors.split(separator: "by this call").count == 2, "\(run.errors)")
        #expect(!run.errors.contains("2 | keep"), "\(run.errors)")
    }

    /// Each statement is told once, with all pairs of types of one kind in one line.
    @Test func violationsAreGroupedByStatement() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let types = (1...8).map { "type g\($0)_t, guest_type;" }.joined(separator: "\n")
        try folder.write(
            "policy.conf",
            Self.base(
                types + """

                    neverallow guest_type guest_type:domain { create pause };
                    allow { g1_t g2_t } { g3_t g4_t }:domain create;
                    allow g5_t g6_t:domain *;
                    allow guest_type xen_t:domain *;
                    allow g7_t self:domain unpause;
                    """))
        let run = try Command.compile("policy.conf", in: folder)
        #expect(try errors(["policy.conf"], in: folder) == ["17 neverallow-violated", "18 neverallow-violated"])
        #expect(run.errors.contains("= note: allows `{ g1_t g2_t } { g3_t g4_t }:domain create`\n"), "\(run.errors)")
        #expect(run.errors.contains("= note: allows `g5_t g6_t:domain { create pause }`\n"), "\(run.errors)")
    }

    /// The rule stands in a macro that is called three times, twice wrongly: both calls are told, with what they allow.
    @Test func violationsThroughOneMacroAreAllTold() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("tree/modules/modules.conf", "base = on\n")
        try folder.write(
            "tree/modules/base.te",
            """
            define(`command', `allow $1 $2:domain { create pause };')
            type xen_t; type a_t; type b_t;
            neverallow { a_t b_t } *:domain pause;
            neverallow xen_t b_t:domain *;
            command(a_t, b_t)
            command(xen_t, b_t)
            command(b_t, xen_t)
            if (loud) { allow a_t b_t:domain create; allow a_t b_t:domain pause; }
            role system_r;
            role system_r types xen_t;

            """)
        try folder.write("tree/policy/global_tunables", "bool loud true;\n")
        try folder.write("tree/policy/users", "user system_u roles system_r;\n")
        try folder.write("tree/policy/initial_sids", "sid xen system_u:system_r:xen_t\n")
        let run = try Command.compile("tree", "-o", "out", in: folder)
        let expected = [
            "--> tree/modules/base.te:1:20", "in expansion of `command`, tree/modules/base.te:5:1", "= note: allows `a_t b_t:domain pause`\n",
            "7 | command(b_t, xen_t)", "through this call it allows `b_t xen_t:domain pause`",
            "= note: allows `xen_t b_t:domain { pause create }`\n", "--> tree/modules/base.te:8:42",
        ]
        for words in expected { #expect(run.errors.contains(words), "\(words) is missing in:\n\(run.errors)") }
        #expect(!run.errors.contains("base.te:8:13"), "\(run.errors)")
        #expect(run.errors.hasSuffix("\n3 errors\n\n"), "\(run.errors)")
    }

    /// Where operations have numbers, the rule that lists a forbidden one breaks the assertion, not the one that opens the
    /// operation; where no rule lists any, that one does.
    @Test func violationOfNumbersIsThatOfTheRuleThatListsThem() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(
            "policy.conf",
            """
            class file
            class process
            sid kernel
            class file { ioctl read }
            class process { fork }
            type a_t; type b_t; type c_t;
            role r; role r types { a_t b_t c_t };
            allow a_t b_t:file ioctl;
            allowxperm a_t b_t:file ioctl { 0x10-0x13 0x20 };
            allow c_t b_t:file { read ioctl };
            neverallowxperm { a_t c_t } b_t:file ioctl { 0x12-0x15 };
            user u roles r;
            sid kernel u:r:a_t

            """)
        let run = try Command.compile("-t", "SELinux", "-c", "33", "policy.conf", in: folder)
        #expect(try errors(["-t", "SELinux", "-c", "33", "policy.conf"], in: folder) == ["9 neverallow-violated", "10 neverallow-violated"])
        #expect(run.errors.contains("= note: allows `a_t b_t:file ioctl 0x12-0x13`\n"), "\(run.errors)")
        #expect(run.errors.contains("= note: allows `c_t b_t:file ioctl`\n"), "\(run.errors)")
    }

    /// Rules that contradict each other do not hide what neverallow rules find.
    @Test func violationsAreToldBesideConflicts() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(
            "policy.conf",
            Self.base(
                "type a_t; type b_t;\ntype_transition xen_t xen_t:domain a_t;\ntype_transition xen_t xen_t:domain b_t;\n"
                    + "neverallow xen_t self:domain create;\nallow xen_t self:domain create;"))
        #expect(try errors(["policy.conf"], in: folder).map { $0.drop { $0 != " " } } == [" conflicting-type-rule", " neverallow-violated"])
    }

    /// What does not fit in a message is counted, and listed when all errors are asked for.
    @Test func everyViolationCanBeListed() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let types = (1...30).map { "type g\($0)_t, guest_type;" }.joined(separator: "\n")
        let rule = "\nneverallow guest_type guest_type:domain create;\nallow guest_type self:domain create;"
        try folder.write("policy.conf", Self.base(types + rule))
        let short = try Command.compile("policy.conf", in: folder)
        #expect(short.errors.contains("and 25 more; `--error-limit 0` lists all"), "\(short.errors)")
        let all = try Command.compile("--error-limit", "0", "policy.conf", in: folder)
        for number in 1...30 { #expect(all.errors.contains("`g\(number)_t g\(number)_t:domain create`"), "\(all.errors)") }
        #expect(!all.errors.contains(" more"))
    }

    /// Where there are too many pairs of types to look at, the message says so.
    @Test func limitOnPairsIsTold() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let types = (1...110).map { "type g\($0)_t, guest_type;" }.joined(separator: "\n")
        let rule = "\nneverallow guest_type guest_type:domain create;\nallow guest_type guest_type:domain create;"
        try folder.write("policy.conf", Self.base(types + rule))
        let run = try Command.compile("policy.conf", in: folder)
        #expect(run.errors.contains("only 10000 pairs of types were looked at"), "\(run.errors)")
    }

    /// `-N` skips the check, as checkpolicy's does.
    @Test func checkOfNeverallowCanBeSkipped() throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("policy.conf", Self.base("neverallow xen_t self:domain create;\nallow xen_t self:domain create;"))
        #expect(try Command.compile("policy.conf", in: folder).status == 1)
        #expect(try Command.compile("-N", "policy.conf", in: folder).status == 0)
        #expect(try Command.compile("--disable-neverallow", "policy.conf", in: folder).status == 0)
    }
}
