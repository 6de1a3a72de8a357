import Diagnostics
import PolicyCompiler
import Testing

@Suite("The macro processor says what is wrong, and where")
struct MacroDiagnosticTests {
    struct Case: Sendable {
        let text: String
        let code: String
        let place: String
        var severity = Diagnostic.Severity.warning
    }

    static let cases = [
        Case(text: "a\nouter(x, len(b,\nc", code: "macro-unterminated-call", place: "test.m4:2:10", severity: .error),
        Case(text: "a `b\n `c' d", code: "macro-unterminated-quote", place: "test.m4:1:3", severity: .error),
        Case(text: "x\ny # tail", code: "macro-unterminated-comment", place: "test.m4:2:3", severity: .error),
        Case(text: " syscmd(`ls')", code: "macro-refused-builtin", place: "test.m4:1:2", severity: .error),
        Case(text: "esyscmd(`ls')", code: "macro-refused-builtin", place: "test.m4:1:1", severity: .error),
        Case(text: "maketemp(`x')", code: "macro-refused-builtin", place: "test.m4:1:1", severity: .error),
        Case(text: "mkstemp(`x')", code: "macro-refused-builtin", place: "test.m4:1:1", severity: .error),
        Case(text: "debugfile(`x')", code: "macro-refused-builtin", place: "test.m4:1:1", severity: .error),
        Case(text: "\n include(`none')", code: "macro-missing-include", place: "test.m4:2:2", severity: .error),
        Case(text: "include(`unreadable')", code: "macro-missing-include", place: "test.m4:1:1", severity: .error),
        Case(text: "ifdef(`a')", code: "macro-too-few-arguments", place: "test.m4:1:1"),
        Case(text: "ifdef(`a',b,c,d)", code: "macro-excess-arguments", place: "test.m4:1:1"),
        Case(text: "eval(1/0)", code: "macro-bad-eval", place: "test.m4:1:1"),
        Case(text: "eval(1 +)", code: "macro-bad-eval", place: "test.m4:1:1"),
        Case(text: "incr(one)", code: "macro-bad-number", place: "test.m4:1:1"),
        Case(text: "incr()", code: "macro-empty-number", place: "test.m4:1:1"),
        Case(text: "regexp(a,`\\(')", code: "macro-bad-expression", place: "test.m4:1:1"),
        Case(text: "patsubst(a,a,`\\3')", code: "macro-bad-replacement", place: "test.m4:1:1"),
        Case(text: "format(`%k')", code: "macro-bad-format", place: "test.m4:1:1"),
        Case(text: "format(`%f',1)", code: "macro-format-unsupported", place: "test.m4:1:1", severity: .error),
        Case(text: "indir(`none')", code: "macro-undefined", place: "test.m4:1:1"),
        Case(text: "x dnl tail", code: "macro-end-of-file", place: "test.m4:1:3"),
        Case(text: "errprint(`help\n')", code: "macro-errprint", place: "test.m4:1:1"),
        Case(text: "m4exit(2)", code: "macro-exit", place: "test.m4:1:1", severity: .error),
    ]

    @Test("with a code, a place and a severity", arguments: cases)
    func messages(expected: Case) throws {
        var definitions = MacroProcessor.Options()
        definitions.definitions = [(name: "outer", value: "$1")]
        let run = try MacroTestRun(expected.text, options: definitions)
        let diagnostic = try #require(run.result.diagnostics.first { $0.code.name == expected.code }, "\(run.codes)")
        #expect(diagnostic.severity == expected.severity)
        #expect(run.place(diagnostic.primary.start) == expected.place)
        #expect(run.result.hasErrors == (expected.severity == .error))
    }

    @Test("warnings are errors when asked for")
    func fatalWarnings() throws {
        let run = try MacroTestRun("ifdef(`a')rest", options: .init(warningsAreErrors: true))
        #expect(run.result.hasErrors)
        #expect(run.text == "rest")
    }

    @Test("an unterminated call names the calls around it")
    func callStack() throws {
        let run = try MacroTestRun("define(`o',`$1')\no(len(\nx")
        let diagnostic = try #require(run.result.diagnostics.first)
        #expect(diagnostic.message == "the file ends inside the arguments of `len`")
        #expect(diagnostic.labels.map(\.message) == ["inside the arguments of `o`"])
        #expect(run.place(diagnostic.labels[0].span.start) == "test.m4:2:1")
    }

    @Test("a message inside an expansion carries the call")
    func expansion() throws {
        let run = try MacroTestRun("define(`o',` eval(1/0)')\n\no")
        let diagnostic = try #require(run.result.diagnostics.first)
        #expect(run.place(diagnostic.primary.start) == "test.m4:1:14")
        #expect(run.map.stack(of: diagnostic.primary.expansion).map { run.place($0.call) } == ["test.m4:3:1"])
    }

    @Test("runaway macros are stopped by each limit", arguments: [
        "define(`a',`a')a", "define(`a',`a a')a", "define(`a',`$1 a(`$1$1')')a(`x')", "define(`a',`len(a')a",
        "define(`a',`b b')define(`b',`a a')divert(-1)a", "define(`a',`a($@,$@)')a(`x',`y')",
        "define(`a',`a(patsubst(`$1$1',`x',`yx'))')a(`x')", "format(`%999999999d',1)", "eval(1,10,999999999)",
        "define(`a',`m4wrap(`a')a')a", "define(`a',`a(len(`$1')$1)')a(`x')", "eval(99999999,1)",
        "define(`i',`include(`self')')i",
        "define(`a',`translit(`$1$1$1$1',`x',`y') a(`$1$1$1$1')')a(`xxxxxxxxxxxxxxxx')",
    ])
    func runaway(text: String) throws {
        var options = MacroProcessor.Options()
        options.limits.calls = 20_000
        options.limits.outputBytes = 1 << 20
        options.limits.pendingPieces = 50_000
        options.limits.madeBytes = 1 << 20
        options.limits.nesting = 500
        options.limits.scannedBytes = 4 << 20
        let run = try MacroTestRun(text, options: options, included: MacroTestFiles(["self": "i i"]))
        #expect(run.codes.contains { $0 == "macro-runaway" }, "\(run.codes)")
        #expect(run.result.text.bytes.count < 4 << 20)
    }

    @Test("expressions that would search for ever are stopped")
    func expressionLimit() throws {
        let subject = String(repeating: "a", count: 2_000)
        var options = MacroProcessor.Options()
        options.limits.expressionSteps = 100_000
        let run = try MacroTestRun("regexp(`\(subject)',`\\(a*\\)*\\1*\\(a*\\)*\\2b')", options: options)
        #expect(run.codes == ["macro-expression-limit"])
        let plain = try MacroTestRun("regexp(`\(subject)',`\\(a*\\)*\\(a*\\)*b')", options: options)
        #expect(plain.text == "-1" || plain.codes == ["macro-expression-limit"])
    }

    @Test("no more diagnostics are kept than asked for")
    func diagnosticLimit() throws {
        var options = MacroProcessor.Options()
        options.limits.diagnostics = 10
        let run = try MacroTestRun(String(repeating: "ifdef(`a') ", count: 100), options: options)
        #expect(run.result.diagnostics.count == 11)
        #expect(run.codes.last == "macro-diagnostics-limit")
    }
}
