public import Diagnostics
import Flask

/// Assertions about a policy, as somebody wrote them.
///
///     test "guests have no power over dom0"
///         deny  guest_type dom0_t:domain *
///         deny  * security_t:security load_policy  except dom0_t
///         allow system_u:system_r:dom0_t system_u:system_r:domU_t:domain { pause unpause }
///         transition domU_t domU_t:domain domU_t_self
///         no flow domU_t isolated_domU_t except { dom0_t xenstore_t }
public struct AssertionFile: Sendable {
    public let name: String
    public private(set) var tests: [AssertionTest]

    /// No file is longer.
    public static let maximumSize = 16 << 20

    /// Reads a file; what is wrong with it is appended, each thing once, and then the file is not to be used.
    public init(_ file: SourceFile, diagnostics: inout [Diagnostic]) {
        name = file.name
        guard file.bytes.count <= Self.maximumSize else {
            let start = Span(start: file.start, length: 0)
            diagnostics.append(
                Diagnostic("assertion-too-large", .error, "the file is longer than \(Self.maximumSize >> 20) MiB", at: start))
            tests = []
            return
        }
        var parser = AssertionParser(file)
        parser.parse()
        diagnostics += parser.diagnostics
        tests = parser.tests
    }

    /// Leaves out the tests that are not called so.
    public mutating func keepTests(named pattern: NamePattern) throws(QuestionMistake) {
        var kept: [AssertionTest] = []
        for test in tests where try pattern.matches(Name(test.name)) { kept.append(test) }
        tests = kept
    }
}
