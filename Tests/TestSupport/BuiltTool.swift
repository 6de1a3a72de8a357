public import Foundation

/// One of the tools, and what it tells of itself by its own help.
public struct BuiltTool: Sendable, CustomStringConvertible {
    public let name: String
    private let built: URL?

    public static let all = [
        BuiltTool(name: "xsm-compile", built: BuiltPackage.compiler), BuiltTool(name: "xsm-policy", built: BuiltPackage.policyTool),
        BuiltTool(name: "xsm-audit", built: BuiltPackage.auditTool), BuiltTool(name: "xsm-hypervisor", built: BuiltPackage.hypervisor),
        BuiltTool(name: "xsm-launch", built: BuiltPackage.launcher),
    ]

    /// What stands against asking a tool.
    public struct Obstacle: Error, CustomStringConvertible {
        public let description: String
    }

    public static func named(_ name: String) throws -> BuiltTool {
        guard let tool = all.first(where: { $0.name == name }) else { throw Obstacle(description: "there is no tool `\(name)`") }
        return tool
    }

    public var description: String { name }

    public var program: URL {
        get throws {
            guard let built else { throw Obstacle(description: "`\(name)` is not built") }
            return built
        }
    }

    public func run(_ words: [String]) throws -> ProcessResult { try ProcessResult.run(program, words) }

    /// What `--help` prints, of the tool or of a command.
    public func help(_ command: [String] = []) throws -> String {
        let result = try run(command + ["--help"])
        guard result.status == 0 else { throw Obstacle(description: "`\(name) \(command.joined(separator: " ")) --help` ends with \(result.status)") }
        return result.text
    }

    /// The commands that its help lists, in its order: lines with two blanks before the word, and behind it nothing or at least two.
    public func commands() throws -> [String] {
        try help().split(separator: "\n").compactMap { $0.wholeMatch(of: /\ {2}([a-z][a-z-]*)(?:  +\S.*)?/)?.1 }.map(String.init)
    }

    /// What stands behind its name to say what is to be done: the word of each command, and nothing for a tool without commands.
    public func beginnings() throws -> [[String]] {
        let commands = try commands()
        return commands.isEmpty ? [[]] : commands.map { [$0] }
    }

    /// The options that a help lists, in its order, each by all that it is called: `-b` and `--binary`.
    public static func options(in help: String) -> [[String]] {
        help.split(separator: "\n").compactMap { line in
            guard let match = line.prefixMatch(of: /\ {2}(?:(-[A-Za-z])(?:, | |$))?(--[a-z][a-z0-9_-]*)?/) else { return nil }
            let names = [match.output.1, match.output.2].compactMap { $0.map(String.init) }
            return names.isEmpty ? nil : names
        }
    }
}
