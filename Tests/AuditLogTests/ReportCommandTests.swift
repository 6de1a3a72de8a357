import Foundation
import TestSupport
import Testing

@Suite("xsm-audit report tells what logs hold")
struct ReportCommandTests {
    private static let line = "(XEN) " + LogReaderTests.line + "\n"

    private static func run(_ arguments: [String], input: String? = nil) throws -> ProcessResult {
        let tool = try #require(BuiltPackage.auditTool, "xsm-audit is not there")
        guard let input else { return try ProcessResult.run(tool, arguments, collecting: .both) }
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("input")
        try Data(input.utf8).write(to: path)
        let words = arguments.map { "'\($0)'" }.joined(separator: " ")
        return try ProcessResult.run(URL(fileURLWithPath: "/bin/sh"), ["-c", "'\(tool.path)' \(words) <'\(path.path)'"], collecting: .both)
    }

    private static let captures = BuiltPackage.repository.appendingPathComponent("Tests/Corpus/console")

    @Test("Captures of real Xen are told as they were recorded", arguments: [
        "deny-create", "deny-mmu", "flask-demo", "hv-RELEASE-4.19.6-debug", "hv-RELEASE-4.22.0-debug", "m-disabled", "m-permissive", "ts-boot", "ts-date",
        "var-bad-truncated", "var-mm-class-renamed",
    ])
    func captures(name: String) throws {
        let result = try Self.run(["report", "--granted", "--contexts", Self.captures.appendingPathComponent(name + ".txt").path])
        let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens/\(name).txt")
        let output = "exit \(result.status)\n" + result.text
        if ProcessInfo.processInfo.environment["XSM_RECORD_GOLDENS"] == "1" {
            try FileManager.default.createDirectory(at: golden.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(output.utf8).write(to: golden)
        }
        #expect(output == (try? String(contentsOf: golden, encoding: .utf8)), "record anew with XSM_RECORD_GOLDENS=1")
    }

    @Test("The status is 0 for denials, 1 for none, 2 for what is wrong; what could be read is told all the same")
    func statuses() throws {
        #expect(try Self.run(["report", "-"], input: Self.line).status == 0)
        #expect(try Self.run(["report", "-"], input: "nothing\n").status == 1)
        #expect(try Self.run(["report", "-"], input: Self.line.replacingOccurrences(of: "denied", with: "granted")).status == 1)
        for wrong in [["report"], [], ["reports", "-"], ["report", "--limit", "x", "-"], ["report", "--utc-offset", "1", "-"], ["report", "--format", "pdf", "-"]] {
            let result = try Self.run(wrong, input: Self.line)
            #expect(result.status == 2 && result.text.hasPrefix("error: "), "\(wrong): \(result.text)")
        }
        let both = try Self.run(["report", "/nowhere/log", "-"], input: Self.line)
        #expect(both.status == 2 && both.text.contains("`/nowhere/log` does not exist") && both.text.contains("map_read map_write"))
        #expect(try Self.run(["report", "--names", "/nowhere/names", "-"], input: Self.line).status == 2)
        #expect(try Self.run(["report", "--help"]).status == 0)
    }

    @Test("Nothing that a log holds is markup, a formula, or a terminal's command")
    func hostile() throws {
        let name = "<script>alert(1)</script>&\"'\u{1b}[2J\u{9b}31m"
        let input = Self.line.replacingOccurrences(of: "dom0_t", with: name).replacingOccurrences(of: "domU_t", with: "=1+1")
        let html = try Self.run(["report", "--format", "html", "-"], input: input).text
        #expect(!html.contains("<script") && html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;") && html.contains("default-src 'none'"))
        for format in ["html", "text", "json", "csv"] {
            let text = try Self.run(["report", "--format", format, "-"], input: input).text
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\r" || (0x7f...0x9f).contains($0.value) }, "\(format)")
        }
        #expect(try Self.run(["report", "--format", "csv", "-"], input: input).text.contains(",'=1+1,"))
    }

    @Test("Domains have the names that xl and XenStore have for them", arguments: [
        "Name                                        ID   Mem VCPUs\tState\tTime(s)\nDomain-0                                     0  1024     2     r-----      12.3\nmy guest                                     1   512     1     -b----       0.1\n",
        "/local/domain/0/name = \"Domain-0\"\n/local/domain/1/name = \"my guest\"   (n0,r1)\n", "domain = \"\"\n 0 = \"\"\n  name = \"Domain-0\"\n 1 = \"\"\n  vm = \"/vm/x\"\n  name = \"my guest\"\n",
    ])
    func names(text: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("names")
        try Data(text.replacingOccurrences(of: "VCPUs\tState\tTime(s)", with: "VCPUs      State   Time(s)").utf8).write(to: path)
        let found = try Self.run(["report", "--names", path.path, "--format", "csv", "-"], input: Self.line).text
        #expect(found.contains("Domain-0 (d0) → my guest (d1)"), "\(found)")
    }

    @Test("JSON is what it says to be, and holds what the text holds")
    func json() throws {
        let input = "(XEN) Xen version 4.17.7 (x)\n" + Self.line + Self.line + "(XEN) FLASK: Denying unknown domctl: 23.\n(d1) " + Self.line
        let result = try Self.run(["report", "--format", "json", "-"], input: input)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any])
        #expect(json["version"] as? Int == 1 && json["denied"] as? Int == 2)
        let group = try #require((json["groups"] as? [[String: Any]])?.first)
        #expect(group["source"] as? String == "dom0_t" && group["class"] as? String == "mmu" && group["count"] as? Int == 2)
        #expect(((json["logs"] as? [[String: Any]])?.first?["release"] as? String) == "4.17")
        #expect(((json["unread"] as? [[String: Any]])?.first?["reason"] as? String) == "guest")
    }

    @Test("Groups are those of audit2allow")
    func audit2allow() throws {
        let peer = try #require(
            BuiltPackage.executable(URL(fileURLWithPath: "/usr/bin/audit2allow")), "audit2allow is not installed: run scripts/setup test")
        let compiler = try #require(BuiltPackage.compiler)
        let folder = try TemporaryFolder()
        let policy = folder.url.appendingPathComponent("policy").path
        let tree = BuiltPackage.repository.appendingPathComponent("Policies/reference").path
        // libsepol reads no policy for a later release.
        #expect(try ProcessResult.run(compiler, ["--xen-release", "4.16", "-o", policy, tree]).status == 0)
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let types = ["dom0_t", "domU_t", "xen_t", "security_t", "unlabeled_t"]
        let accesses = [("domain", ["create", "pause", "unpause"]), ("mmu", ["map_read", "map_write", "adjust"]), ("event", ["bind", "send"]), ("xen", ["physinfo", "heap"])]
        var log = ""
        for number in 0..<3_000 {
            let (objectClass, all) = random.pick(accesses)
            log += "(XEN) avc:  denied  { \(random.some(all, 1, 2).joined(separator: " ")) } for domid=\(number % 5) scontext=system_u:system_r:\(random.pick(types))"
            log += " tcontext=system_u:system_r:\(random.pick(types)) tclass=\(objectClass)\n"
        }
        let path = folder.url.appendingPathComponent("log").path
        try Data(log.utf8).write(to: URL(fileURLWithPath: path))
        let theirs = try ProcessResult.run(URL(fileURLWithPath: "/bin/sh"), ["-c", "'\(peer.path)' -p '\(policy)' <'\(path)' 2>'\(path).errors'"], collecting: .standard).text
        let expected = Set(theirs.split(separator: "\n").filter { $0.hasPrefix("allow ") }.map(Self.rule))
        #expect(expected.count > 80, "seed \(seed): \(theirs.prefix(300))")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(try Self.run(["report", "--format", "json", path]).output)) as? [String: Any])
        let groups = try #require(json["groups"] as? [[String: Any]])
        let ours = Set(groups.map { group in
            let permissions = (group["permissions"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
            return "\(group["source"] ?? "") \(group["target"] ?? ""):\(group["class"] ?? "") \(permissions.sorted().joined(separator: " "))"
        })
        #expect(ours == expected, "seed \(seed)")
        #expect(groups.compactMap { $0["count"] as? Int }.reduce(0, +) == 3_000)
    }

    /// `allow a self:c { p q };` as `a a:c p q`.
    private static func rule(_ text: Substring) -> String {
        let words = text.dropFirst("allow ".count).filter { !"{};".contains($0) }.split(separator: " ")
        let target = words[1].split(separator: ":")
        return "\(words[0]) \(target[0] == "self" ? words[0] : target[0]):\(target[1]) \(words.dropFirst(2).sorted().joined(separator: " "))"
    }

    @Test("What takes long says on a terminal how far it has come, in a line that goes away, and to nobody else")
    func progress() throws {
        let tool = try #require(BuiltPackage.auditTool)
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("log").path
        try Data(Self.line.utf8).write(to: URL(fileURLWithPath: log))
        // A log that takes its time: each piece comes a second behind the one before.
        let slow = "(cat \(log); sleep 1.1; cat \(log); sleep 1.1; cat \(log)) | \(tool.path) report -"
        let sh = URL(fileURLWithPath: "/bin/sh")
        let seen = try ProcessResult.run(sh, ["-c", "TERM=xterm script -qec '\(slow) >/dev/null' /dev/null"]).text
        #expect(seen.contains("\r\u{1b}[K`-`: 0 MiB, 2 decisions"), "\(seen)")
        #expect(seen.hasSuffix("\r\u{1b}[K"), "\(seen)")
        #expect(try ProcessResult.run(sh, ["-c", "\(slow) 2>&1 >/dev/null"]).output.isEmpty)
    }
}
