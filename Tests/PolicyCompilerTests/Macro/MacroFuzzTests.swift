import Diagnostics
import PolicyCompiler
import TestSupport
import Testing

@Suite("Any input ends a macro run in an orderly way")
struct MacroFuzzTests {
    private static let tokens = [
        "define(`", "a", "b", "c", "`", "'", "(", ")", ",", "$1", "$2", "$@", "$*", "$#", "$", "\n", " ", "#", "dnl",
        "ifelse(", "ifdef(", "eval(", "1", "-", "**", "/", "0x", "shift(", "len(", "substr(", "translit(", "regexp(",
        "patsubst(", "\\(", "\\)", "\\|", "*", "[", "]", "^", "format(", "%", "s", "999999999999", "divert(", "-1",
        "undivert", "changequote(", "changequote", "changecom(", "m4wrap(", "include(", "builtin(", "indir(", "defn(",
        "pushdef(`", "popdef(", "undefine(", "incr(", "__line__", "__file__", "a(", "b(", "m4exit", "\0", "\u{fc}",
    ]

    private func run(_ bytes: [UInt8], seed: Int) throws {
        var options = MacroProcessor.Options(syncLines: seed % 2 == 0)
        options.limits.calls = 5_000
        options.limits.outputBytes = 1 << 18
        options.limits.pendingPieces = 20_000
        options.limits.madeBytes = 1 << 18
        options.limits.scannedBytes = 4 << 20
        options.limits.expressionSteps = 50_000
        options.limits.nesting = 1_000
        // What was tried last is to be seen when the process ends.
        let run = try MacroTestRun(
            [("fuzz", bytes), ("more", Array("a(b) `x'\n".utf8))], options: options,
            included: MacroTestFiles(["a": "b", "b": "a(1)"]))
        #expect(run.result.text.bytes.count <= 1 << 19, "seed \(seed)")
        #expect(run.result.text.bytes.isEmpty || run.result.text.runs.first?.offset == 0, "seed \(seed)")
    }

    @Test("random bytes")
    func bytes() throws {
        for seed in RandomTest.numbers(300) {
            var generator = SplitMix64(seed: UInt64(seed))
            let count = Int.random(in: 0..<400, using: &generator)
            try run((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }, seed: seed)
        }
    }

    @Test("random tokens")
    func soup() throws {
        for seed in RandomTest.numbers(300) {
            var generator = SplitMix64(seed: UInt64(seed) &+ 1 << 32)
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1..<200, using: &generator) {
                bytes += Self.tokens[Int.random(in: 0..<Self.tokens.count, using: &generator)].utf8
            }
            try run(bytes, seed: seed)
        }
    }
}
