import Foundation
import TestSupport
import Testing

/// A tool as a user sees it: its commands are those that its own help lists.
struct ToolUnderTest: Sendable, CustomTestStringConvertible {
    let name: String
    let program: URL?

    static let all = [
        ToolUnderTest(name: "xsm-compile", program: BuiltPackage.compiler), ToolUnderTest(name: "xsm-policy", program: BuiltPackage.policyTool),
        ToolUnderTest(name: "xsm-audit", program: BuiltPackage.auditTool), ToolUnderTest(name: "xsm-hypervisor", program: BuiltPackage.hypervisor),
        ToolUnderTest(name: "xsm-launch", program: BuiltPackage.launcher),
    ]

    var testDescription: String { name }

    func run(_ words: [String]) throws -> ProcessResult { try ProcessResult.run(#require(program, "\(name) is not built"), words) }

    /// Its commands; one without a word for a tool that has none.
    func commands() throws -> [[String]] {
        let help = try run(["--help"]).text
        let names = help.split(separator: "\n").compactMap { $0.wholeMatch(of: /^  ([a-z]+)(?:  +[a-z].*)?$/)?.1 }.map { [String($0)] }
        return names.isEmpty ? [[]] : names
    }

    /// The options of a command, each by all that it is called.
    func options(of command: [String]) throws -> [[String]] {
        try run(command + ["--help"]).text.split(separator: "\n")
            .compactMap { $0.firstMatch(of: /^  ((?:-[A-Za-z])?(?:, )?(?:--[a-z_-]+)?)(?: |\[|$)/)?.1 }
            .filter { $0.hasPrefix("-") }.map { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
    }

    /// Says that something with which tools are tried is not there; a defect where it is to be.
    static func missing(_ what: String) {
        let isCI = ProcessInfo.processInfo.environment["CI"] != nil
        Issue.record("\(what) is not there: scripts/setup test installs it", severity: isCI ? .error : .warning)
    }
}
