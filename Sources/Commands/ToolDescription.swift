public import Arguments
import Files
import Glibc

/// A tool and its commands, as it tells of itself.
public struct ToolDescription {
    /// A command of it.
    public struct Command {
        public let name: String
        /// What it does, in a line.
        public let summary: String
        public let type: any ToolCommand.Type

        public init(name: String, summary: String, type: any ToolCommand.Type) {
            (self.name, self.summary, self.type) = (name, summary, type)
        }
    }

    public let name: String
    public let summary: String
    public let about: String
    public let statuses: [(status: String, meaning: String)]
    public let examples: [(purpose: String, command: String)]
    public let commands: [Command]
    /// What a tool without commands does.
    public let only: (any ToolCommand.Type)?

    init(
        name: String, summary: String, about: String, statuses: [(status: String, meaning: String)], examples: [(purpose: String, command: String)],
        commands: [Command]
    ) {
        (self.name, self.summary, self.about, self.statuses, self.examples, self.commands) = (name, summary, about, statuses, examples, commands)
        only = nil
    }

    /// A tool without commands.
    public init(name: String, summary: String, _ only: any ToolCommand.Type) {
        (self.name, self.summary, self.only) = (name, summary, only)
        (about, statuses, examples, commands) = (only.manual.about, only.manual.statuses, only.manual.examples, [])
    }

    /// The whole of a program without commands: its exit status, with what was wrong with its command line told.
    public func run() -> Int32 { Self.run(name, execute) }

    /// The same of any tool.
    static func run(_ name: String, _ execute: ([String]) throws(UsageError) -> Int32) -> Int32 {
        do throws(UsageError) {
            return try execute(Array(CommandLine.arguments.dropFirst()))
        } catch {
            tell("error: \(error.message)\nsee `\(([name] + [error.command].compactMap(\.self)).joined(separator: " ")) --help`\n", STDERR_FILENO)
            return error.status
        }
    }

    private func execute(_ words: [String]) throws(UsageError) -> Int32 {
        if let status = try answer(words) { return status }
        if let status = try only?.execute(words) { return status }
        tell(help, STDOUT_FILENO)
        return 0
    }

    /// What every tool can be asked about itself, whatever it is for: its version, its help, its manual pages, and what shells want to know.
    /// Gives the exit status; nil where something else is asked.
    public func answer(_ words: [String]) throws(UsageError) -> Int32? {
        let rest = Array(words.dropFirst())
        switch words.first {
        case "--version" where rest.isEmpty: return tellVersion()
        case "--help" where only == nil, "-h" where only == nil, "help" where only == nil: tell(try help(rest), STDOUT_FILENO)
        // A tool without commands has an operand in their place, and one only.
        case "completion" where only == nil || rest.count == 1: tell(try shell(rest).script(for: name), STDOUT_FILENO)
        case "manual" where only == nil || rest.count == 1: return try writeManual(rest)
        case "complete" where only == nil || rest.count > 1: return try Shell.complete(rest, for: self)
        default: return nil
        }
        return 0
    }

    /// Says which version this is. Gives the exit status.
    public func tellVersion() -> Int32 {
        tell("\(name) \(ToolVersion.current)\n", STDOUT_FILENO)
        return 0
    }

    private func help(_ operands: [String]) throws(UsageError) -> String {
        guard let word = operands.first else { return help }
        guard operands.count == 1, let text = help(of: word) else {
            throw UsageError(message: "`help` takes the name of a command, not `\(operands.joined(separator: " "))`")
        }
        return text
    }

    private func shell(_ operands: [String]) throws(UsageError) -> Shell {
        guard operands.count == 1, let shell = Shell(rawValue: operands[0]) else {
            let known = Shell.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw UsageError(message: "`\(name) completion` takes the name of a shell: one of \(known)")
        }
        return shell
    }

    /// Writes a file for each manual page into a folder.
    private func writeManual(_ operands: [String]) throws(UsageError) -> Int32 {
        guard operands.count == 1 else { throw UsageError(message: "`\(name) manual` takes a folder, into which it writes its manual pages") }
        do throws(FileError) {
            for page in manualPages { try Files.write(Array(page.text.utf8), to: "\(operands[0])/\(page.name).1") }
            return 0
        } catch {
            CommandFailure.unwritable(error).report()
            return 2
        }
    }
}
