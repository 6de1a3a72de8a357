import Flask
import PolicyAnalysis
import TestSupport
import Testing

@Suite("Regular expressions are POSIX's extended ones")
struct RegularExpressionTests {
    private static let seed = RandomTest.seed()

    private func pattern(_ random: inout SplitMix64, _ depth: Int) -> String {
        let pieces = (0...random.below(4)).map { _ -> String in
            let item: String
            switch random.below(depth > 0 ? 9 : 6) {
            case 0: item = "."
            case 1: item = "[ab]"
            case 2: item = "[^a_]"
            case 3: item = "[[:alpha:]_]"
            case 6, 7: item = "(" + pattern(&random, depth - 1) + ")"
            default: item = random.pick(["a", "b", "_t", "dom", "\\."])
            }
            return item + random.pick(["", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,}", "{2,3}"])
        }
        var text = pieces.joined()
        // Not in groups: glibc gets `(a$){2}` wrong, which it finds in `aa`.
        if depth == 2, random.percent(15) { text = "^" + text }
        if depth == 2, random.percent(15) { text += "$" }
        return random.percent(25) ? text + "|" + pattern(&random, 0) : text
    }

    @Test("They match what the C library matches")
    func peer() throws {
        var random = SplitMix64(seed: Self.seed)
        var matched = 0
        for _ in 0..<4_000 {
            let text = pattern(&random, 2)
            let ours = try NamePattern("/\(text)/")
            for _ in 0..<4 {
                let name = (0..<random.below(9)).map { _ in random.pick(["a", "b", "_", "d", "dom", "_t", ".", "0"]) }.joined()
                let theirs = PosixExpression.matches(text, name)
                let found = try ours.matches(Name(name))
                #expect(theirs == found, "/\(text)/ on `\(name)`, seed \(Self.seed)")
                if found { matched += 1 }
            }
        }
        #expect(matched > 1_000)
    }

    @Test("What is none is refused with the reason", arguments: ["a(", "a)", "*a", "a{2", "a{3,2}", "[a", "[[:no:]]", "a\\", "a{999}", "(|+)"])
    func malformed(pattern: String) {
        #expect(throws: QuestionMistake.self) { try NamePattern("/\(pattern)/") }
    }
}
