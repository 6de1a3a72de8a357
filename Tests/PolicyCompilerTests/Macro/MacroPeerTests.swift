import PolicyCompiler
import TestSupport
import Testing

@Suite("The macro processor writes what GNU m4 writes")
struct MacroPeerTests {
    @Test("on a catalogue of cases", arguments: MacroCatalogue.cases, [false, true])
    func catalogue(text: String, syncLines: Bool) throws {
        guard PeerM4.isAvailable() else { return }
        try PeerM4.expectAgreement(
            [("case.m4", text)], included: MacroCatalogue.included, options: .init(syncLines: syncLines),
            label: "catalogue")
    }

    @Test("on random programs, with and without sync lines")
    func randomPrograms() throws {
        guard PeerM4.isAvailable() else { return }
        for seed in RandomTest.numbers(200) {
            var program = RandomMacroProgram(seed: seed)
            try PeerM4.expectAgreement(
                program.files(), included: RandomMacroProgram.included, options: .init(syncLines: seed % 2 == 0),
                label: "seed \(seed)")
        }
    }

    @Test("with macros from the command line and several files")
    func commandLine() throws {
        guard PeerM4.isAvailable() else { return }
        let files = [
            ("classes", "class a\nclass b # one\n"),
            ("macros.spt", "define(`n',`$1(num)')define(`one',1)dnl\ndivert(`-1')"),
            ("policy.te", "divert`'n(`x')\nifdef(`enable_mls',`\nlevel s`'decr(num)\nlevel s`'num\n',`none\n')end"),
            ("tail", "\n`'tail\n"),
        ]
        for syncLines in [false, true] {
            for definitions in [[("num", "16")], [("num", "16"), ("enable_mls", "")]] {
                try PeerM4.expectAgreement(
                    files.map { (name: $0.0, text: $0.1) },
                    options: .init(definitions: definitions.map { (name: $0.0, value: $0.1) }, syncLines: syncLines),
                    label: "command line")
            }
        }
    }
}
