import Diagnostics
import Testing

struct TextRendererTests {
    private func text(_ diagnostics: Diagnostic..., in map: SourceMap, width: Int = 160) -> String {
        String(decoding: TextRenderer(excerptWidth: width).render(diagnostics, in: map), as: UTF8.self)
    }

    private func lines(_ diagnostic: Diagnostic, in map: SourceMap, width: Int = 160) -> [Substring] {
        text(diagnostic, in: map, width: width).split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test func `Every part has its place`() throws {
        let policy = try Policy()
        try Golden.expect(TextRenderer().render(policy.diagnostics, in: policy.sources.map), equals: "policy.txt")
    }

    @Test func `Colours`() throws {
        let policy = try Policy()
        let renderer = TextRenderer(style: .ansi)
        try Golden.expect(renderer.render(policy.diagnostics, in: policy.sources.map), equals: "policy.ansi.txt")
    }

    @Test func `Line markers move the line numbers`() throws {
        var sources = Sources()
        let file = try sources.add("policy.conf", "#line 99 \"a.te\"\ntype a;\ntype b;\n#line 7 \"b.te\"\ntype c;\n")
        sources.map.addLineMarker(at: file.span(of: "type a").start, file: "a.te", line: 99)
        sources.map.addLineMarker(at: file.span(of: "type c").start, file: "b.te", line: 7)
        let output = TextRenderer().render(
            [
                Diagnostic(
                    "x", .error, "m", at: file.span(of: "b;"),
                    labels: [.init(file.span(of: "c;"), "second"), .init(file.span(of: "line"), "third")])
            ], in: sources.map)
        try Golden.expect(output, equals: "line-markers.txt")
    }

    @Test func `Long lines are cut around the span`() throws {
        var sources = Sources()
        let filler = String(repeating: "abcdefg ", count: 40)
        let text = filler + "HERE " + filler + "\nHERE2 " + filler + "\n" + filler + "HERE3"
        let file = try sources.add("long.te", text)
        for (name, label) in [("HERE", "middle"), ("HERE2", "start"), ("HERE3", "end")] {
            let diagnostic = Diagnostic("x", .error, "m", at: file.span(of: name), label: label)
            let shown = lines(diagnostic, in: sources.map, width: 60)
            let bar = try #require(shown[3].firstIndex(of: "|"))
            let source = shown[3][bar...].dropFirst(2)
            #expect(source.count <= 60)
            let mark = try #require(shown[4].firstIndex(of: "^"))
            let column = shown[4].distance(from: shown[4].startIndex, to: mark)
            let start = shown[3].index(shown[3].startIndex, offsetBy: column)
            #expect(shown[3][start...].hasPrefix(name))
            #expect(shown[4].hasSuffix(String(repeating: "^", count: name.count) + " " + label))
            #expect(source.hasPrefix("…") == (label != "start"))
            #expect(source.hasSuffix("…") == (label != "end"))
        }
    }

    @Test func `A span wider than the excerpt is cut at both ends of the text`() throws {
        var sources = Sources()
        let file = try sources.add("long.te", String(repeating: "x", count: 500))
        let shown = lines(Diagnostic("x", .error, "m", at: file.span(100, 300)), in: sources.map, width: 40)
        #expect(shown[3] == "1 | …" + String(repeating: "x", count: 38) + "…")
        #expect(shown[4] == "  |  " + String(repeating: "^", count: 38))
    }

    @Test func `Tabs, wide characters and escapes keep the carets in line`() throws {
        var sources = Sources()
        let text = "\ta\té字e\u{301} \u{1B}[2J \u{202E}X"
        let file = try sources.map.add(name: "t", bytes: Array(text.utf8) + [0xFF, 0xC3] + Array("Y\n".utf8))
        func shown(_ text: String) -> [Substring] {
            Array(lines(Diagnostic("x", .error, "m", at: file.span(of: text)), in: sources.map)[3...4])
        }
        func caret(after columns: Int, _ count: Int) -> String {
            "  | " + String(repeating: " ", count: columns) + String(repeating: "^", count: count)
        }
        #expect(shown("X")[0] == #"1 |     a    é字e"# + "\u{301}" + #" \x1B[2J \u{202E}X\xFF\xC3Y"#)
        #expect(shown("a")[1] == caret(after: 4, 1))
        #expect(shown("字")[1] == caret(after: 10, 2))
        #expect(shown("\u{1B}")[1] == caret(after: 14, 4))
        #expect(shown("X")[1] == caret(after: 30, 1))
        #expect(shown("Y")[1] == caret(after: 39, 1))
    }

    @Test func `A terminal gets no control character from outside`() throws {
        var sources = Sources()
        let nasty = "\u{1B}]0;x\u{7}\u{9B}\r\n\u{2028}\u{200B}\0\u{7F}"
        let file = try sources.add(nasty, nasty)
        let macro = sources.expansion(of: nasty, at: file.span(0, 1))
        let output = TextRenderer().render(
            [
                Diagnostic(
                    Diagnostic.Code(nasty), .error, nasty, at: file.span(0, 3, expansion: macro), label: nasty,
                    labels: [.init(file.span(2, 2), nasty), .init(.unknown, nasty)], notes: [nasty], help: nasty,
                    suggestion: .init(file.span(0, 9), nasty))
            ], in: sources.map)
        for scalar in String(decoding: output, as: UTF8.self).unicodeScalars where scalar != "\n" {
            let category = scalar.properties.generalCategory
            #expect(category != .control && category != .format && category != .lineSeparator)
        }
    }

    @Test func `Spans at the edges get one caret`() throws {
        var sources = Sources()
        let file = try sources.add("e.te", "ab\r\ncd\n")
        func caret(_ offset: Int, _ length: Int) -> [Substring] {
            Array(lines(Diagnostic("x", .error, "m", at: file.span(offset, length)), in: sources.map)[1...4])
        }
        #expect(caret(0, 0) == [" --> e.te:1:1", "  |", "1 | ab", "  | ^"])
        #expect(caret(2, 1) == [" --> e.te:1:3", "  |", "1 | ab", "  |   ^"])
        #expect(caret(3, 1) == [" --> e.te:1:4", "  |", "1 | ab", "  |   ^"])
        // A span that goes on to the next line is shown on its first.
        #expect(caret(1, 5) == [" --> e.te:1:2", "  |", "1 | ab", "  |  ^"])
        #expect(caret(7, 0) == [" --> e.te:3:1", "  |", "3 |", "  | ^"])
        #expect(caret(4, -1) == [" --> e.te:2:1", "  |", "2 | cd", "  | ^"])
    }

    @Test func `Deep macro stacks are shortened`() throws {
        var sources = Sources()
        let file = try sources.add("m.te", "loop\n")
        var expansion = MacroExpansion.ID.none
        for depth in 0..<100 {
            expansion = sources.expansion(of: "loop\(depth)", at: file.span(0, 4), in: expansion)
        }
        let shown = lines(Diagnostic("x", .error, "m", at: file.span(0, 4, expansion: expansion)), in: sources.map)
        let frames = shown.filter { $0.hasPrefix("  = ") }
        #expect(frames.count == 13)
        #expect(frames.first == "  = in expansion of `loop99`, m.te:1:1")
        #expect(frames[8] == "  = … 88 more expansions")
        #expect(frames.last == "  = in expansion of `loop0`, m.te:1:1")
    }

    @Test func `Suggestions that insert, remove or stand elsewhere`() throws {
        var sources = Sources()
        let file = try sources.map.add(name: "s.te", bytes: Array("allow a b\ntype \u{FF}".utf8) + [0xFE])
        func suggestion(_ span: Span, _ replacement: String) -> Substring {
            let primary = file.span(of: "b")
            let shown = lines(
                Diagnostic("x", .error, "m", at: primary, suggestion: .init(span, replacement)), in: sources.map)
            return shown.first { $0.contains("suggestion: ") } ?? ""
        }
        #expect(suggestion(file.span(9, 0), ";") == "  = suggestion: insert `;`, s.te:1:10")
        #expect(suggestion(file.span(of: "allow "), "") == "  = suggestion: remove `allow `, s.te:1:1")
        #expect(suggestion(file.span(of: "b"), "c\n") == #"  = suggestion: replace `b` with `c\n`"#)
        #expect(suggestion(file.span(10, 99), "") == #"  = suggestion: remove `type ÿ\xFE`, s.te:2:1"#)
        #expect(suggestion(.unknown, "c") == "  = suggestion: `c`")
    }

    @Test func `The summary counts in words`() {
        func summary(_ errors: Int, _ warnings: Int, _ notes: Int, notShown: Int = 0) -> String {
            var counts = DiagnosticCounts()
            counts.errors = errors
            counts.warnings = warnings
            counts.notes = notes
            counts.errorsNotShown = notShown
            return String(decoding: TextRenderer().summary(of: counts), as: UTF8.self)
        }
        #expect(summary(2, 1, 0) == "2 errors, 1 warning\n")
        #expect(summary(0, 0, 1) == "1 note\n")
        #expect(summary(120, 0, 0, notShown: 20) == "120 errors (20 not shown)\n")
        #expect(summary(0, 0, 0) == "")
    }

    @Test func `Diagnostics without a place`() {
        let shown = text(
            Diagnostic("x", .warning, "m", at: .unknown, label: "here", notes: ["n"], help: "h"), in: SourceMap())
        #expect(shown == "warning[x]: m\n  = note: here\n  = note: n\n  = help: h\n\n")
    }
}
