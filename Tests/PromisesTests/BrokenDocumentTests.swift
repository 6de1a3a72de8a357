import Foundation
import Testing

/// The readers of these documents refuse what is none: else a promise could lose what holds it in silence.
@Suite struct BrokenDocumentTests {
    private func refusal(_ text: String) -> String {
        do throws(PromiseDocument.Mistake) {
            _ = try PromiseDocument(text, keys: ["test", "figure"])
            return "taken"
        } catch {
            return error.description
        }
    }

    @Test("a promise is taken as it is written")
    func promise() throws {
        let document = try PromiseDocument(
            "# Title\n\nWords.\n\n### first-one\n\nIt does\nthis.\n\n    test: A.B/c\n    test: A.B/d e\n\n"
                + "## Part\n### second\nThat.\n\n    figure: a >= 1 x\n",
            keys: ["test", "figure"])
        #expect(document.entries.map(\.identifier) == ["first-one", "second"])
        #expect(document.entries[0].text == "It does this." && document.entries[0].values(of: "test") == ["A.B/c", "A.B/d e"])
        #expect(document.entries[0].values(of: "figure").isEmpty && document.entries[1].values(of: "figure") == ["a >= 1 x"])
    }

    @Test(
        "a document that is broken is refused, with its line",
        arguments: [
            ("### a\n\nIt.\n\n    test: x\n### a\n\nIt.\n\n    test: x\n", "line 6: `a` is there twice"),
            ("### Not One\n\nIt.\n\n    test: x\n", "line 1: `Not One` is no identifier"),
            ("### a\n\n    test: x\n", "line 1: `a` says nothing"),
            ("### a\n\nIt.\n", "line 1: nothing holds `a`"),
            ("### a\n\nIt.\n\n    tests: x\n", "line 5: `    tests: x` is not one of figure, test"),
            ("### a\n\nIt.\n\n    test:\n", "line 5: `    test:` is not one of"),
            ("### a\n\nIt.\n\n    test: x \n", "line 5: `    test: x ` is not one of"),
            ("### a\n\nIt.\n\n    test x\n", "line 5: `    test x` is not one of"),
            ("### a\n\nIt.\n\n\ttest: x\n", "line 5: a tab"),
            ("### a\n\nIt.\n\n    test: x\n\nMore.\n", "line 7: a sentence behind the values of `a`"),
            ("## Part\n\n    test: x\n", "line 3: an indented line outside of any entry"),
            ("```\n### a\n", "line 0: an example without an end"),
        ])
    func broken(_ test: (text: String, reason: String)) {
        let said = refusal(test.text)
        #expect(said.hasPrefix(test.reason), "\(said)")
    }

    @Test("a bound has a name, a direction, a number and a unit")
    func figures() {
        #expect(PromisedFigure("a.b-c >= 5 x")?.bound == 5)
        #expect(PromisedFigure("a.b-c <= 0.5 MB/s")?.isLeast == false)
        for text in ["a.b > 5 x", "a.b >= x", "a.b >= 5", "a.b 5 x", "a.b >= -5 x", "a.b >= 5 x y", " a.b >= 5 x", "a.b >= 5. x"] {
            #expect(PromisedFigure(text) == nil, "\(text)")
        }
    }

    private static let heading = "| Feature | Status | Security | Held by | Remarks |\n|---|---|---|---|---|\n"

    private func table(_ rows: String) -> String {
        do throws(PromiseDocument.Mistake) {
            _ = try SupportTable(Self.heading + rows)
            return "taken"
        } catch {
            return error.description
        }
    }

    @Test("rows are taken as they are written")
    func rows() throws {
        let table = try SupportTable(
            "Text.\n\n| Other | Table |\n|---|---|\n| `x` | y |\n\n" + Self.heading
                + "| `command a b c` | Supported | one two | three | a \\| b |\n| `option a b -x --yes` | Preview | no | three | |\n"
                + "| `release 4.0 4.1` | Untested | no | - | |\n")
        #expect(table.features.map(\.kind) == ["command", "option", "release"])
        #expect(table.features[0].owner == ["a"] && table.features[0].names == ["b", "c"] && table.features[0].boundaries == ["one", "two"])
        #expect(table.features[1].owner == ["a", "b"] && table.features[1].names == ["-x", "--yes"] && table.features[1].boundaries.isEmpty)
        #expect(table.features[2].owner.isEmpty && table.features[2].promises.isEmpty)
    }

    @Test(
        "a table that is broken is refused, with its line",
        arguments: [
            ("| `command a b` | Supported | no | three |\n", "line 3: 4 columns"),
            ("| `command a b` | Supported | no | three | x | y |\n", "line 3: 6 columns"),
            ("| command a b | Supported | no | three | |\n", "line 3: a feature stands in `backticks`"),
            ("| `thing a b` | Supported | no | three | |\n", "line 3: ``thing a b`` begins with none of"),
            ("| `command a` | Supported | no | three | |\n", "line 3: ``command a`` names nothing"),
            ("| `option -x` | Supported | no | three | |\n", "line 3: ``option -x`` names nothing"),
            ("| `command a b b` | Supported | no | three | |\n", "line 3: ``command a b b`` names nothing, or something twice"),
            ("| `command a b` | supported | no | three | |\n", "line 3: `supported` is none of"),
            ("| `command a b` | Supported | No! | three | |\n", "line 3: `No!` is neither"),
            ("| `command a b` | Supported | no | - | |\n", "line 3: ``command a b`` is Supported, and nothing holds it"),
            ("| `command a b` | Preview | one | three | |\n", "line 3: ``command a b`` is security-supported, and only Preview"),
            ("| `command a b` | Supported | no | three | |\n| `command a b` | Preview | no | three | |\n", "line 4: ``command a b`` is in line 3"),
            ("| `command a b` | Supported | no | three | \n", "line 3: a row ends with |"),
        ])
    func brokenRows(_ test: (rows: String, reason: String)) {
        let said = table(test.rows)
        #expect(said.hasPrefix(test.reason), "\(said)")
    }

    @Test("a table whose columns are others, or that has no line of dashes, is refused")
    func brokenTables() {
        #expect(throws: PromiseDocument.Mistake.self) { try SupportTable("| Feature | Status |\n|---|---|\n") }
        let heading = "| Feature | Status | Security | Held by | Remarks |\n"
        #expect(throws: PromiseDocument.Mistake.self) { try SupportTable(heading + "| `command a b` | Supported | no | x | |\n") }
        #expect(throws: PromiseDocument.Mistake.self) { try SupportTable(heading + "\n") }
    }
}
