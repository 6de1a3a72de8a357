import Testing

@Suite("What is printed is what was to be printed, but for what is left out")
struct ExpectedOutputTests {
    private func matches(_ expected: String, _ actual: String) -> Bool {
        ExpectedOutput(expected.isEmpty ? [] : expected.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
            .matches(ExpectedOutput.lines(of: actual))
    }

    @Test(
        "it matches",
        arguments: [
            ("", ""), ("a", "a\n"), ("a", "a"), ("a\n\nb", "a\n\nb\n"), ("a  ", "a\n"), ("a", "a\t\n"), ("a\nb", "a\r\nb\r\n"), ("a", "a\n\n"), ("a\n", "a"), ("…", ""), ("…", "a\nb\n"), ("a\n…\nb", "a\nb\n"), ("a\n…\nb", "a\nx\nb\ny\nb\n"),
            ("a\n…", "a\n"), ("…\nb\n…", "a\nb\nc\n"), ("  …\nb", "a\nb\n"), ("a…z", "az\n"), ("a…z", "abcz\n"), ("…z", "z\n"), ("a…m…z", "a1m2z\n"), ("{ … pause … }", "{ … pause … }\n"),
        ])
    func same(expected: String, actual: String) {
        #expect(matches(expected, actual))
    }

    @Test(
        "it does not match",
        arguments: [
            ("", "a\n"), ("a", ""), ("a", "b\n"), ("a", "a\nb\n"), ("a\nb", "a\n"), ("a\n\nb", "a\nb\n"), (" a", "a\n"), ("a\n…\nb", "a\nc\n"), ("a\n…\nb", "c\nb\n"), ("…\nb", "b\nc\n"),
            ("a…z", "az2\n"), ("a…a", "a\n"), ("a…m…z", "a1z\n"), ("ab…bc", "abc\n"), ("a…z", "a\nz\n"),
        ])
    func different(expected: String, actual: String) {
        #expect(!matches(expected, actual))
    }

    @Test("a difference says what is missing and what is there")
    func difference() {
        let told = ExpectedOutput(["a", "b … d", "e", "…", "z"]).difference(from: ["a", "b c d", "f", "z"])
        #expect(told == "  a\n  b c d\n- e\n  …\n+ f\n  z")
    }
}
