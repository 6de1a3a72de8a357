import Foundation
import TestSupport
import Testing

/// A tool of ours, as its `--help` has it.
struct Tool {
    let name: String
    let program: URL

    static func named(_ name: String) throws -> Tool {
        let program =
            switch name {
            case "xsm-audit": BuiltPackage.auditTool
            case "xsm-compile": BuiltPackage.compiler
            case "xsm-hypervisor": BuiltPackage.hypervisor
            case "xsm-launch": BuiltPackage.launcher
            case "xsm-policy": BuiltPackage.policyTool
            default: nil as URL?
            }
        return Tool(name: name, program: try #require(program, "there is no tool `\(name)`, or it is not built"))
    }

    /// What `--help` prints, of the tool or of a command.
    func help(_ command: [String] = []) throws -> String {
        let result = try ProcessResult.run(program, command + ["--help"])
        try #require(result.status == 0, "`\(name) \(command.joined(separator: " ")) --help` ends with \(result.status)")
        return result.text
    }

    /// The commands that its help lists, and those that it only speaks of.
    func commands() throws -> (listed: Set<String>, told: Set<String>) {
        Self.commands(in: try help(), of: name)
    }

    static func commands(in help: String, of name: String) -> (listed: Set<String>, told: Set<String>) {
        var listed: Set<String> = []
        for line in help.split(separator: "\n") {
            // A list's line, or one of the usage.
            if let match = line.prefixMatch(of: /\ {2}([a-z][a-z-]*)  +\S/) { listed.insert(String(match.output.1)) }
            for start in ["usage: \(name) ", "       \(name) "] where line.hasPrefix(start) {
                let word = line.dropFirst(start.count).prefix { $0 != " " }
                if word.wholeMatch(of: /[a-z][a-z-]*/) != nil { listed.insert(String(word)) }
            }
        }
        let told = help.split(separator: name + " ", omittingEmptySubsequences: false).dropFirst().map { $0.prefix { $0.isLetter || $0 == "-" } }
        return (listed, Set(told.map(String.init)))
    }

    /// The options that a help lists, `-b` and `--binary`.
    static func options(in help: String) -> Set<String> {
        var options: Set<String> = []
        for line in help.split(separator: "\n") {
            guard let match = line.prefixMatch(of: /\ {2}(?:(-[A-Za-z])(?:, | |$))?(--[a-z][a-z0-9_-]*)?/) else { continue }
            for name in [match.output.1, match.output.2] { if let name { options.insert(String(name)) } }
        }
        return options
    }
}
