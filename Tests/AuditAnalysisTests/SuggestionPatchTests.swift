import Diagnostics
import Foundation
import PolicyAnalysis
import PolicyCompiler
import TestSupport
import Testing

@testable import AuditAnalysis

@Suite("Patches of suggestions")
struct SuggestionPatchTests {
    /// Applies a patch as a person does.
    static func apply(_ patch: [UInt8], in folder: URL) throws -> ProcessResult {
        let file = folder.appendingPathComponent("suggested.patch")
        try Data(patch).write(to: file)
        return try .run(URL(fileURLWithPath: "/usr/bin/patch"), ["-p1", "--fuzz=0", "-i", file.path], in: folder)
    }

    @Test("patch makes of any file what was tried in memory", arguments: [20, 21, 22])
    func anyFile(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for round in 0..<20 {
            let folder = try TemporaryFolder()
            var files: [String: [UInt8]] = [:]
            var insertions: [SourceInsertion] = []
            for name in ["a.te", "sub/b.te", "with blank.te"] {
                var bytes = (0..<random.below(30)).flatMap { _ in Array("\(random.pick(["x", "", "allow", "-a", "+b", "@@ -1 +1 @@", "\\ No"]))\n".utf8) }
                if random.percent(30), !bytes.isEmpty { bytes.removeLast() }
                files["t/" + name] = bytes
                let count = SourceLines(bytes).lines.count
                for number in 0..<random.below(5) {
                    insertions.append(SourceInsertion(file: "t/" + name, line: random.below(count + 1), text: ["new \(number)", "second"].suffix(1 + random.below(2))))
                }
                let url = folder.url.appendingPathComponent(name)
                try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(bytes).write(to: url)
            }
            guard !insertions.isEmpty else { continue }
            let patch = try #require(UnifiedPatch.bytes(insertions, named: { String($0.dropFirst(2)) }, contents: { files[$0] }))
            let applied = try Self.apply(patch, in: folder.url)
            #expect(applied.status == 0, "seed \(seed) round \(round): \(applied.text)\n\(String(decoding: patch, as: UTF8.self))")
            #expect(!applied.text.contains("offset"), "seed \(seed) round \(round): \(applied.text)")
            for (name, bytes) in files {
                let expected = SourceLines(bytes).inserting(insertions.filter { $0.file == name }).bytes
                let found = Array(try Data(contentsOf: folder.url.appendingPathComponent(String(name.dropFirst(2)))))
                #expect(found == expected, "seed \(seed) round \(round) \(name)")
            }
        }
    }

    @Test("A name that a patch cannot hold makes no patch")
    func names() {
        #expect(UnifiedPatch.isPlain("modules/dom0.te"))
        for name in ["", "/etc/passwd", "../x.te", "a/../x", "a\n+++ b/x", "a\tb", "a\"b", "a\\b", "ä"] { #expect(!UnifiedPatch.isPlain(name)) }
    }

    @Test("Statements stand where nothing is open")
    func places() {
        func places(_ text: String, macros: Bool = true) -> [Int] {
            let lines = StatementLines(Array(text.utf8), hasMacros: macros)
            return (1...text.split(separator: "\n", omittingEmptySubsequences: false).count).map { lines.place(behind: $0) ?? -1 }
        }
        #expect(places("allow a b:c\n    d;\nx(a,\n  b)\n# it's; a comment (\ntype t;") == [2, 2, 4, 4, 5, 6])
        #expect(places("if_on(`a', `\nallow a b:c d;\n')\ntype t;\n") == [3, 3, 3, 4, -1])
        #expect(places("if (x)\n{\n  allow a b:c d;\n}\nelse {\n}\n") == [6, 6, 6, 6, 6, 6, -1])
        #expect(places("dnl it's\ntype t;\n") == [1, 2, -1])
        #expect(places("constrain a b\n (u1 == u2)\n;\n", macros: false) == [3, 3, 3, -1])
        #expect(places("type a; # don't\ntype b;\n", macros: false) == [1, 2, -1])
    }

    /// Denials of which each needs something else.
    private static let lines = [
        Denials.line("dom0_t", "domU_t", "domain", "create"), Denials.line("dom0_t", "xen_t", "xen", "kexec"),
        Denials.line("domU_t", "domU_t_self", "mmu", "physmap"), Denials.line("dm_t", "domU_t", "hvm", "dm"),
        Denials.line("domU_t", "dom0_t", "domain", "pause"),
    ]

    @Test("Each patch of a tree applies, and makes the policy that was tried; all in one make what all promise")
    func tree() throws {
        let folder = SmallTree.folder
        let finder = try SuggestionFinder(.tree("tree"), reader: folder, options: SmallTree.options)
        let cells = Denials.cells(Self.lines)
        let report = try finder.suggestions(for: cells)
        #expect(report.suggestions.count == 4)
        func policy(_ patch: [UInt8]) throws -> AnalysedPolicy {
            let place = try TemporaryFolder()
            try folder.write("tree", to: place.url)
            let applied = try Self.apply(patch, in: place.url)
            #expect(applied.status == 0, "\(applied.text)")
            return try AnalysedPolicy(treeAt: "tree", reader: SourceFolder(copying: place.url, as: "tree"), options: SmallTree.options)
        }
        for suggestion in report.suggestions.flatMap({ [$0] + $0.alternatives }) {
            let patched = try policy(try #require(suggestion.patch))
            #expect(try patched.difference(to: finder.build.compile(suggestion.insertions)).isEmpty)
            #expect(try !finder.policy.difference(to: patched).isEmpty)
        }
        let patch = try #require(report.patch)
        #expect(patch.stillDenied.isEmpty)
        #expect(patch.suggestions == [0, 1, 2, 3])
        let place = try TemporaryFolder()
        try folder.write("tree", to: place.url)
        #expect(try Self.apply(patch.bytes, in: place.url).status == 0)
        let again = try SuggestionFinder(.tree("tree"), reader: SourceFolder(copying: place.url, as: "tree"), options: SmallTree.options)
            .suggestions(for: cells)
        #expect(again.suggestions.isEmpty)
        #expect(again.allowed.count == 4)
        #expect(again.withoutSuggestion.count == 1)
    }

    @Test("A policy.conf gets its rules among its rules", arguments: [false, true])
    func text(syncLines: Bool) throws {
        var map = SourceMap()
        let tree = try #require(try PolicyTree(at: "tree", reader: SmallTree.folder))
        let bytes = try tree.flatten(TreeOptions(release: SmallTree.release, syncLines: syncLines), reader: SmallTree.folder, map: &map).text.bytes
        let finder = try SuggestionFinder(.text(name: "somewhere/policy.conf", bytes: bytes), reader: SourceFolder([:]), options: SmallTree.options)
        let report = try finder.suggestions(for: Denials.cells(Self.lines))
        #expect(report.suggestions.flatMap(\.text).sorted() == [
            "allow dm_t domU_t:hvm dm;", "allow dom0_t domU_t:domain create;", "allow dom0_t xen_t:xen kexec;", "allow domU_t domU_t_self:mmu physmap;",
        ])
        let patch = try #require(report.patch)
        let place = try TemporaryFolder()
        let file = place.url.appendingPathComponent("policy.conf")
        try Data(bytes).write(to: file)
        let applied = try Self.apply(patch.bytes, in: place.url)
        #expect(applied.status == 0, "\(applied.text)")
        let patched = try AnalysedPolicy(Array(Data(contentsOf: file)), named: "policy.conf", options: SmallTree.options)
        let insertions = report.suggestions.flatMap(\.insertions)
        #expect(try patched.difference(to: finder.build.compile(insertions)).isEmpty)
        #expect(report.withoutSuggestion.flatMap { $0.reasons.map(\.kind) } == ["neverallow"])
    }
}
