import Diagnostics
import Foundation
import PolicyCompiler
import Testing

@Suite("Every diagnostic has a page, and prints what its page says")
struct DiagnosticPagesTests {
    /// What no small example shows: files that are too large, or that only some users cannot read.
    private static let withoutExample: Set<String> = [
        "image-too-large", "not-decompilable", "sources-too-large", "trailing-bytes", "unreadable",
    ]

    @Test("the example prints what the page says", arguments: try DiagnosticPage.codes())
    func example(code: String) throws {
        let page = try DiagnosticPage.page(code)
        if Self.withoutExample.contains(code) {
            #expect(page.commands.isEmpty, "the list of codes without an example is out of date")
            return
        }
        try #require(!page.commands.isEmpty, "the page has no example")
        let output = try Tool.inTemporaryDirectory { directory in
            try page.writeFiles(to: directory)
            return try page.commands.map { try Tool.run($0, in: directory, isPolicyTool: page.isOfPolicyTool) }.joined()
        }.trimmingCharacters(in: .newlines)
        #expect(page.severities.contains { output.contains("\($0)[\(code)]: ") }, "the example does not show the code")
        if ProcessInfo.processInfo.environment["XSM_RECORD_GOLDENS"] == "1" {
            try page.recording(output).write(to: DiagnosticPage.url(code), atomically: true, encoding: .utf8)
        } else {
            #expect(output == page.output, "record anew with XSM_RECORD_GOLDENS=1")
        }
    }

    @Test("the catalogue says what the pages say")
    func catalogue() throws {
        let entries = DiagnosticCatalogue.entries
        #expect(entries.map(\.code.name) == (try DiagnosticPage.codes()))
        for entry in entries {
            let page = try DiagnosticPage.page(entry.code.name)
            #expect(page.summary == entry.summary && page.area == entry.area.rawValue, "\(entry.code)")
        }
    }

    @Test("the codes of the sources have pages, and the pages have codes")
    func codes() throws {
        let pages = Set(try DiagnosticPage.codes())
        var found: Set<String> = []
        for (file, text) in try sources() {
            for match in text.matches(of: /(?:report|warn|fail|Diagnostic)\(\s*(?:\.\w+,\s*)?"([a-z]+(?:-[a-z0-9]+)*)"/) {
                let code = String(match.output.1)
                let hasPage = pages.contains(code)
                #expect(hasPage, "\(file) uses the code \(code), which has no page")
            }
            // Codes stand in other places too: in tables, and behind conditions.
            for match in text.matches(of: /"([a-z]+(?:-[a-z0-9]+)*)"/) { found.insert(String(match.output.1)) }
        }
        let unused = pages.subtracting(found)
        #expect(unused.isEmpty, "pages about codes that are not used")
    }

    @Test("--explain prints the page")
    func explain() throws {
        let output = try Tool.inTemporaryDirectory { try Tool.run(["--explain", "no-such-code"], in: $0) }
        #expect(output.contains("there is no message with the code `no-such-code`"))
    }

    private func sources() throws -> [(file: String, text: String)] {
        let folder = DiagnosticPage.root.appendingPathComponent("Sources")
        let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return try files.filter { name in
            name.hasSuffix(".swift") && !name.hasSuffix("DiagnosticPages.swift")
                && !name.hasSuffix("DiagnosticCatalogue+Entries.swift")
        }.map { ($0, try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)) }
    }
}
