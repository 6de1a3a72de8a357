import Diagnostics
import Testing

struct DiagnosticListTests {
    private func diagnostic(
        _ position: UInt32, _ severity: Diagnostic.Severity = .error, _ message: String = "m"
    ) -> Diagnostic {
        Diagnostic("c", severity, message, at: Span(start: SourcePosition(rawValue: position), length: 1))
    }

    @Test func `Each once, by position, as they came`() {
        var list = DiagnosticList()
        list.append(contentsOf: [
            diagnostic(9), diagnostic(0), diagnostic(5, .warning, "b"), diagnostic(5, .note, "a"), diagnostic(9),
            diagnostic(0),
        ])
        #expect(list.sorted.map(\.message) == ["b", "a", "m", "m"])
        #expect(list.sorted.map(\.primary.start.rawValue) == [5, 5, 9, 0])
        #expect(list.counts == DiagnosticCounts(of: list.sorted))
        #expect(list.counts.errors == 2 && list.counts.warnings == 1 && list.counts.notes == 1)
    }

    @Test func `Duplicates keep the first one's notes`() {
        var list = DiagnosticList()
        var second = diagnostic(3)
        second.notes = ["more"]
        list.append(diagnostic(3))
        list.append(second)
        #expect(list.sorted == [diagnostic(3)])
    }

    @Test(arguments: [0, 1, 7, 100]) func `Errors beyond the limit are counted`(limit: Int) {
        var list = DiagnosticList(errorLimit: limit)
        for position in 1...200 {
            list.append(diagnostic(UInt32(position)))
            list.append(diagnostic(UInt32(position)))
            list.append(diagnostic(UInt32(position), .warning, "w"))
        }
        #expect(list.isFull && list.hasErrors && !list.isEmpty)
        #expect(list.counts.errors == 200 && list.counts.errorsNotShown == 200 - limit)
        #expect(list.sorted.count == 200 + limit)
    }

    @Test func `No limit`() {
        var list = DiagnosticList(errorLimit: nil)
        #expect(list.isEmpty && !list.isFull)
        for position in 1...500 { list.append(diagnostic(UInt32(position))) }
        #expect(list.sorted.count == 500 && !list.isFull && list.counts.errorsNotShown == 0)
    }

    @Test func `Warnings can be errors`() {
        var list = DiagnosticList(errorLimit: 2, warningsAreErrors: true)
        for position in 1...3 { list.append(diagnostic(UInt32(position), .warning)) }
        list.append(diagnostic(4, .note))
        #expect(list.sorted.map(\.severity) == [.error, .error, .note])
        #expect(list.counts.errors == 3 && list.counts.errorsNotShown == 1 && list.counts.warnings == 0)
    }

    @Test func `A macro's mistake is one mistake`() throws {
        var sources = Sources()
        let macros = try sources.add("macros.if", "define(`use', `ifdef(`x', `allow $1 craete;')')\n")
        let module = try sources.add("module.te", "use(a) use(b) use(c)\n")
        var list = DiagnosticList(errorLimit: 2)
        for name in ["a", "b", "c"] {
            let outer = sources.expansion(of: "use", at: module.span(of: "use(\(name))"))
            let inner = sources.expansion(of: "ifdef", at: macros.span(of: "ifdef"), in: outer)
            let place = macros.span(of: "craete", expansion: inner)
            // The message may name the argument; two messages of one expansion are two mistakes.
            list.append(Diagnostic("c", .error, "\(name) may not `craete`", at: place))
            list.append(Diagnostic("c", .error, "\(name) may not `craete` either", at: place))
        }
        #expect(list.sorted.map(\.message) == ["a may not `craete`", "a may not `craete` either"])
        #expect(list.counts.errors == 2 && list.counts.errorsNotShown == 0)
        let text = String(decoding: TextRenderer().render(list.sorted, in: sources.map), as: UTF8.self)
        #expect(text.contains("note: and in 2 other expansions of `use`\n"))

        var second = DiagnosticList()
        second.append(contentsOf: list.kept + list.kept)
        #expect(second.sorted == list.sorted)
    }
}
