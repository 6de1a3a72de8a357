import Diagnostics
import PolicyCompiler
import Testing

@Suite("Every byte of expanded text knows where it was written")
struct MacroOriginTests {
    @Test("text outside of calls stands where it is")
    func plain() throws {
        let run = try MacroTestRun("first line\nsecond `quoted' word\n")
        #expect(run.origin(of: "second") == "test.m4:2:1")
        #expect(run.origin(of: "quoted") == "test.m4:2:9")
        #expect(run.origin(of: "word") == "test.m4:2:17")
    }

    @Test("a file inside one quoted string keeps its lines and columns")
    func quotedFile() throws {
        let body = (1...300).map { "  allow a\($0) b;\n" }.joined()
        let run = try MacroTestRun(
            "ifdef(`enable_mls',`\n\(body)')", options: .init(definitions: [(name: "enable_mls", value: "")]))
        #expect(run.origin(of: "a1 b") == "test.m4:2:9")
        #expect(run.origin(of: "a177 ") == "test.m4:178:9")
        #expect(run.origin(of: "allow a300") == "test.m4:301:3")
    }

    @Test("text of a body names the call")
    func body() throws {
        let run = try MacroTestRun("define(`rule',`allow\n  inner $1;')dnl\nrule(argument)\n")
        #expect(run.origin(of: "allow") == "test.m4:1:16 < rule test.m4:3:1")
        #expect(run.origin(of: "inner") == "test.m4:2:3 < rule test.m4:3:1")
        #expect(run.origin(of: "argument") == "test.m4:3:6 < rule test.m4:3:1")
    }

    @Test("calls inside calls name each other")
    func nested() throws {
        let run = try MacroTestRun("""
            define(`leaf',`{ $1 deep }')dnl
            define(`middle',`leaf(`$1') m')dnl
            define(`outer',`middle($1)')dnl
            outer(`word')
            """)
        #expect(
            run.origin(of: "deep")
                == "test.m4:1:21 < leaf test.m4:2:18 < middle test.m4:3:17 < outer test.m4:4:1")
        #expect(
            run.origin(of: "word")
                == "test.m4:4:8 < leaf test.m4:2:18 < middle test.m4:3:17 < outer test.m4:4:1")
        #expect(run.origin(of: " m") == "test.m4:2:28 < middle test.m4:3:17 < outer test.m4:4:1")
    }

    @Test("conditions, `shift` and `substr` change nothing")
    func transparent() throws {
        let run = try MacroTestRun(
            "ifelse(a,b,`x',a,a,`  chosen')shift(one,`two') substr(`abcdef',2,3) translit(`low',`a-z',`A-Z')")
        #expect(run.origin(of: "chosen") == "test.m4:1:23")
        #expect(run.origin(of: "two") == "test.m4:1:42")
        #expect(run.origin(of: "cde") == "test.m4:1:58")
        #expect(run.origin(of: "LOW") == "test.m4:1:79")
        #expect(run.map.expansions.count == 1)
    }

    @Test("text that is made stands at the call")
    func made() throws {
        let run = try MacroTestRun("a eval(100+23) len(`four5') format(`%s and', two)\n")
        #expect(run.origin(of: "123") == "test.m4:1:3")
        #expect(run.origin(of: "5") == "test.m4:1:16")
        #expect(run.origin(of: "and") == "test.m4:1:29")
    }

    @Test("sync lines and definitions of the command line stand nowhere")
    func nowhere() throws {
        let run = try MacroTestRun(
            "\n\nx VALUE\n", options: .init(definitions: [(name: "VALUE", value: "given")], syncLines: true))
        #expect(run.text.hasPrefix("#line 1 \"test.m4\"\n"))
        #expect(run.origin(of: "#line") == "nowhere")
        #expect(run.origin(of: "given") == "nowhere < VALUE test.m4:3:3")
        #expect(run.origin(of: "x") == "test.m4:3:1")
    }

    @Test("included files and diversions keep their places")
    func files() throws {
        let run = try MacroTestRun(
            "divert(1)later\ndivert(0)include(`part')now\n",
            included: MacroTestFiles(["part": "one\nincluded\n"]))
        #expect(run.origin(of: "included") == "part:2:1")
        #expect(run.origin(of: "later") == "test.m4:1:10")
        #expect(run.origin(of: "now") == "test.m4:2:25")
    }

    @Test("runs are in order and cover the text", arguments: 1...40)
    func runs(seed: Int) throws {
        var program = RandomMacroProgram(seed: seed)
        var options = MacroProcessor.Options(syncLines: seed % 2 == 0)
        options.limits.calls = 20_000
        // A program that never ends may read gigabytes before so many calls.
        options.limits.scannedBytes = 4 << 20
        let run = try MacroTestRun(
            program.files().map { ($0.name, Array($0.text.utf8)) }, options: options,
            included: MacroTestFiles(RandomMacroProgram.included))
        let text = run.result.text
        #expect(text.bytes.isEmpty || text.runs.first?.offset == 0)
        for (a, b) in zip(text.runs, text.runs.dropFirst()) where a.offset >= b.offset {
            Issue.record("seed \(seed): the runs at \(a.offset) and \(b.offset) are out of order")
        }
        // What an author wrote is found where it is said to be.
        var wrong = 0
        for offset in text.bytes.indices {
            let (position, expansion) = text.origin(of: offset)
            guard position != .unknown else { continue }
            guard Int(expansion.rawValue) < run.map.expansions.count, run.map.file(at: position) != nil else {
                wrong += 1
                continue
            }
        }
        #expect(wrong == 0, "seed \(seed)")
    }
}
