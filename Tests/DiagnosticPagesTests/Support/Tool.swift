import Foundation
import TestSupport

/// The compiler as users get it: the one that `XSM_COMPILE` names, or the one that was built with the tests.
enum Tool {
    private static var url: URL {
        ProcessInfo.processInfo.environment["XSM_COMPILE"].map { URL(fileURLWithPath: $0) }
            ?? DiagnosticPage.root.appendingPathComponent(".build/debug/xsm-compile")
    }

    /// `xsm-policy`: the one that `XSM_POLICY` names, or the one that was built with the tests.
    private static var policyTool: URL {
        ProcessInfo.processInfo.environment["XSM_POLICY"].map { URL(fileURLWithPath: $0) }
            ?? DiagnosticPage.root.appendingPathComponent(".build/debug/xsm-policy")
    }

    /// Runs the compiler, or the tool for policies, in a directory; gives what it says.
    static func run(_ arguments: [String], in directory: URL, isPolicyTool: Bool = false) throws -> String {
        // What it tells of a policy is its answer; what the compiler writes is a policy.
        guard !isPolicyTool else { return try ProcessResult.run(policyTool, arguments, in: directory).text }
        return try ProcessResult.apart(url, arguments, in: directory).errors
    }

    /// A diagnostic as the JSON form tells it.
    struct Diagnostic: Decodable, Hashable {
        struct Place: Decodable, Hashable {
            let file: String
            let line: Int
        }

        let code: String
        let severity: String
        let message: String
        /// Nil where a diagnostic is about no text.
        let primary: Place?
    }

    /// Runs the tool in a directory; gives what it says in the JSON form.
    static func diagnostics(_ arguments: [String], in directory: URL) throws -> [Diagnostic] {
        struct Document: Decodable { let diagnostics: [Diagnostic] }
        let result = try ProcessResult.run(url, ["--format", "json"] + arguments, in: directory, collecting: .standard)
        return try JSONDecoder().decode(Document.self, from: Data(result.output)).diagnostics
    }

    /// Calls `body` with a new directory, which is removed afterwards.
    static func inTemporaryDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("xsm-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try body(directory)
    }
}
