import Diagnostics
import Foundation
import PolicyCompiler
import Testing

/// `-E` is checkpolicy's option: a Makefile that has it must not fail over what checkpolicy does not warn about.
@Suite("-E makes errors of checkpolicy's own warnings, and of no others")
struct WarningsAsErrorsTests {
    /// The page of the first has no example, those of the others show the error that they also are, or one.
    private static let notTried: Set<String> = [
        "image-too-large", "trailing-bytes", "macro-diagnostics-limit", "macro-missing-include", "neverallow-violated",
    ]

    private static func codes() throws -> [String] {
        try DiagnosticPage.codes().filter { code in
            let page = try DiagnosticPage.page(code)
            return !notTried.contains(code) && !page.isOfPolicyTool && page.severities.contains { $0 != "error" }
        }
    }

    @Test("the example of each warning", arguments: try Self.codes())
    func example(code: String) throws {
        let page = try DiagnosticPage.page(code)
        let severities = try Tool.inTemporaryDirectory { directory in
            try page.writeFiles(to: directory)
            for command in page.commands.dropLast() { _ = try Tool.run(command, in: directory) }
            return try Tool.diagnostics(["-E"] + #require(page.commands.last), in: directory).filter { $0.code == code }
                .map(\.severity)
        }
        try #require(!severities.isEmpty)
        let isCheckpolicys = Compiler.checkpolicyWarnings.contains { $0.name == code }
        #expect(severities.allSatisfy { ($0 == "error") == isCheckpolicys }, "\(severities)")
    }

    @Test("each of checkpolicy's warnings is tried")
    func coverage() throws {
        #expect(try Set(Compiler.checkpolicyWarnings.map(\.name)).isSubset(of: Self.codes()))
    }
}
