import Foundation
import TestSupport
import Testing

@Suite("xsm-audit explain and replay ask a policy about logs")
struct ExplainCommandTests {
    private static func capture(_ name: String) -> String {
        BuiltPackage.repository.appendingPathComponent("Tests/Corpus/console/\(name).txt").path
    }

    /// Runs the tool with a policy beside its arguments.
    private static func run(_ command: String, _ policy: GuestPolicy?, _ arguments: [String]) throws -> ProcessResult {
        let tool = try #require(BuiltPackage.auditTool, "xsm-audit is not there")
        let folder = try TemporaryFolder()
        var words = [command]
        if let policy {
            let path = folder.url.appendingPathComponent("guest.conf")
            try Data(policy.text.utf8).write(to: path)
            words += ["--policy", path.path]
        }
        return try ProcessResult.run(tool, words + arguments, collecting: .both)
    }

    private static func json(_ result: ProcessResult) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(result.text.utf8)) as? [String: Any])
    }

    @Test("What was tried and why it was denied, with the source's lines")
    func explain() throws {
        let policy = GuestPolicy(rules: "bool mapping false;\nif (mapping) { allow dom0_t domU_t:mmu map_read; }\nneverallow dom0_t domU_t:mmu map_write;")
        let result = try Self.run("explain", policy, [Self.capture("deny-mmu")])
        #expect(result.status == 0)
        for part in [
            "52 × denied  system_u:system_r:dom0_t  system_u:system_r:domU_t  mmu { map_read map_write }", "d0 → d1; line 206 to line 257",
            "mmu_update: MMU_NORMAL_PT_UPDATE", "a rule gives it with `mapping` on", "allow dom0_t domU_t:mmu { map_read }; # if (mapping), disabled",
            "no rule gives it\n", "a neverallow rule forbids to give it\n", "guest.conf:\(policy.line(beginning: "neverallow") ?? 0)\n",
        ] { #expect(result.text.contains(part), "\(part): \(result.text)") }
        let allowed = try Self.run("explain", policy, ["--set", "mapping=on", Self.capture("deny-mmu")])
        #expect(allowed.text.contains("the policy allows it by booleans"))
    }

    @Test("Without a policy there are the operations alone")
    func withoutPolicy() throws {
        let result = try Self.run("explain", nil, [Self.capture("deny-create")])
        #expect(result.status == 0 && result.text.contains("domctl: XEN_DOMCTL_createdomain") && !result.text.contains("by the policy"), "\(result.text)")
        #expect(result.text.contains("\n\n`--policy POLICY` tells why as well: the rule that is missing, the boolean, the constraint"), "\(result.text)")
        let none = try Self.run("explain", nil, [Self.capture("m-disabled")])
        #expect(none.status == 1 && none.text == "nothing was denied\n")
    }

    @Test("JSON has the same")
    func json() throws {
        let decisions = try #require(
            try Self.json(try Self.run("explain", GuestPolicy(), ["--format", "json", Self.capture("deny-mmu")]))["decisions"] as? [[String: Any]])
        let decision = try #require(decisions.first { $0["class"] as? String == "mmu" })
        #expect(decision["count"] as? Int == 52 && decision["decision"] as? String == "denied")
        let permissions = try #require(decision["permissions"] as? [[String: Any]])
        #expect(permissions.map { $0["name"] as? String } == ["map_read", "map_write"])
        #expect((permissions.first?["causes"] as? [[String: Any]])?.map { $0["kind"] as? String } == ["missing-rule"])
        #expect((permissions.first?["operations"] as? [[String: Any]])?.count == 3)
        let replay = try Self.json(try Self.run("replay", GuestPolicy(), ["--format", "json", Self.capture("deny-mmu")]))
        #expect(replay["wouldDeny"] as? Bool == true)
        let outcomes = try #require(replay["outcomes"] as? [[String: Any]])
        #expect(outcomes.contains { $0["outcome"] as? String == "still-denied" && $0["count"] as? Int ?? 0 >= 52 })
    }

    @Test("A replay exits with 0 where nothing would be denied")
    func replay() throws {
        let denying = try Self.run("replay", GuestPolicy(), [Self.capture("deny-mmu")])
        #expect(denying.status == 1 && denying.text.contains("denied, and would be again\n  52 × denied"), "\(denying.text)")
        let all = "allow dom0_t domain_type:mmu { map_read map_write }; allow dom0_t security_t:security *; allow dom0_t domU_t:domain create;"
        let allowing = try Self.run("replay", GuestPolicy(rules: all), [Self.capture("deny-mmu")])
        #expect(allowing.status == 0 && allowing.text.contains("denied, and would be allowed"), "\(allowing.text)")
    }

    @Test("A policy of another release is said to be one, once")
    func mismatch() throws {
        let tree = BuiltPackage.repository.appendingPathComponent("Policies/reference").path
        let result = try Self.run("explain", nil, ["--policy", tree, "--xen-release", "4.16", Self.capture("deny-mmu")])
        let line = "the log is of Xen 4.17, and the policy is for Xen 4.15 and 4.16: it cannot be the one that decided"
        #expect(result.text.hasPrefix(line + "\n  a hypervisor said `Xen version 4.17`\n") && result.text.components(separatedBy: line).count == 2, "\(result.text)")
    }

    @Test("What is wrong with the command line or the policy is told, with 2")
    func mistakes() throws {
        for (command, words, message) in [
            ("replay", [Self.capture("deny-mmu")], "there is no policy"), ("explain", ["--policy", "/nowhere/policy", Self.capture("deny-mmu")], "does not exist"),
            ("explain", ["--limit", "x", "-"], "`--limit` is a number"), ("explain", ["--set", "x", "-"], "`--set` is"),
            ("explain", ["--policy", "a", "--policy", "b", "-"], "more than one policy"),
            ("explain", ["--policy", Self.capture("deny-mmu"), Self.capture("deny-mmu")], "error"),
        ] {
            let result = try Self.run(command, nil, words)
            #expect(result.status == 2 && result.text.contains(message), "\(words): \(result.text)")
        }
        let unknown = try Self.run("replay", GuestPolicy(), ["--set", "nothing=on", Self.capture("deny-mmu")])
        #expect(unknown.status == 2 && unknown.text.contains("no boolean `nothing`"))
        for command in ["explain", "replay"] { #expect(try Self.run(command, nil, ["--help"]).status == 0) }
    }

    @Test("Nothing that a log holds commands a terminal")
    func hostile() throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("log")
        let line = "(XEN) avc:  denied  { \u{1b}[2Jx } for current=d0 dtdevice=/a\u{7} scontext=a:b:\u{1b}[31mc\u{85} tcontext=system_u:object_r:device_t tclass=\u{1b}]0;resource\n"
        try Data(line.utf8).write(to: log)
        for command in ["explain", "replay"] {
            for format in ["text", "json"] {
                let result = try Self.run(command, GuestPolicy(), ["--format", format, log.path])
                #expect(!result.text.isEmpty && !result.text.utf8.contains { $0 < 0x20 && $0 != 10 || $0 == 0x7f }, "\(command) \(format)")
            }
        }
    }
}
