import Foundation
import TestSupport
import Testing

@Suite("xsm-audit suggest tells changes of a source")
struct SuggestCommandTests {
    private static let lines = [
        Denials.line("dom0_t", "domU_t", "domain", "create"), Denials.line("domU_t", "dom0_t", "domain", "pause"),
        Denials.line("dom0_t", "domU_t", "domain", "setdebugging"), Denials.line("dom0_t", "gone\u{9b}_t", "domain", "pause"),
    ]

    private static func run(_ folder: borrowing TemporaryFolder, _ arguments: [String], _ lines: [String] = lines) throws -> ProcessResult {
        let tool = try #require(BuiltPackage.auditTool, "xsm-audit is not there")
        try SmallTree.folder.write("tree", to: folder.url.appendingPathComponent("tree"))
        try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: folder.url.appendingPathComponent("log"))
        return try ProcessResult.run(tool, ["suggest", "--xen-release", "4.17"] + arguments + ["log"], in: folder.url)
    }

    @Test("Text has the change, what else it allows, and what gets none; the patch applies")
    func text() throws {
        let folder = try TemporaryFolder()
        let result = try Self.run(folder, ["--policy", "tree", "--patch", "out.patch"])
        #expect(result.status == 0)
        for part in [
            "1 denial: create_domain(dom0_t, domU_t), which `tree/modules/base.if` defines", "  modules/guest.te, behind line 9:\n  + create_domain(dom0_t, domU_t)\n",
            "  and also (4):\n", "  or, instead: a rule\n", "debugging=on: a rule is there", "a neverallow rule forbids it  [tree/modules/guest.te:11]",
            "no type `gone\\x9b_t`", "is in `out.patch`",
        ] { #expect(result.text.contains(part), "\(part): \(result.text)") }
        #expect(!result.text.contains("\u{9b}"))
        let patch = try Data(contentsOf: folder.url.appendingPathComponent("out.patch"))
        let applied = try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/patch"), ["-p1", "-i", folder.url.appendingPathComponent("out.patch").path], in: folder.url.appendingPathComponent("tree"))
        #expect(applied.status == 0, "\(applied.text) \(String(decoding: patch, as: UTF8.self))")
        let text = try String(contentsOf: folder.url.appendingPathComponent("tree/modules/guest.te"), encoding: .utf8)
        #expect(text.contains("\ncreate_domain(dom0_t, domU_t)\n"))
    }

    @Test("JSON has the same, and assertions that a change breaks")
    func json() throws {
        let folder = try TemporaryFolder()
        try Data("deny dom0_t domU_t:domain create\n".utf8).write(to: folder.url.appendingPathComponent("promises"))
        let result = try Self.run(folder, ["--policy", "tree", "--format", "json", "--assertions", "promises"])
        let answer = try #require(try JSONSerialization.jsonObject(with: Data(result.text.utf8)) as? [String: Any])
        let suggestions = try #require(answer["suggestions"] as? [[String: Any]])
        let call = try #require(suggestions.first { $0["kind"] as? String == "call" })
        #expect(call["arguments"] as? [String] == ["dom0_t", "domU_t"])
        #expect(call["alsoAllowsCount"] as? Int == 4)
        #expect((call["brokenAssertions"] as? [[String: Any]])?.map { $0["assertion"] as? String } == ["deny dom0_t domU_t:domain create"])
        #expect(answer["combined"] is NSNull)
        let none = try #require(answer["withoutSuggestion"] as? [[String: Any]])
        let kinds = none.flatMap { ($0["reasons"] as? [[String: Any]] ?? []).compactMap { $0["kind"] as? String } }
        #expect(kinds.sorted() == ["neverallow", "unknown"])
    }

    @Test("Nothing to suggest is the other outcome; no source is an error")
    func outcomes() throws {
        let folder = try TemporaryFolder()
        #expect(try Self.run(folder, ["--policy", "tree"], [Denials.line("domU_t", "dom0_t", "domain", "pause")]).status == 1)
        #expect(try Self.run(folder, ["--policy", "tree"], ["nothing"]).text == "nothing was denied\n")
        let missing = try Self.run(folder, [])
        #expect(missing.status == 2 && missing.text.contains("`--policy`"), "\(missing.text)")
        #expect(try Self.run(folder, ["--policy", "gone"]).status == 2)
    }
}
