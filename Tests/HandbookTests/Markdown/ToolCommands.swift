import Foundation
import TestSupport

/// The commands and options that a tool has, by its own word.
struct ToolCommands {
    let tool: String
    private let url: URL
    let commands: Set<String>

    init(_ tool: String, _ url: URL) throws {
        (self.tool, self.url) = (tool, url)
        let help = try ProcessResult.run(url, ["--help"]).text
        // A command stands behind the tool's name, or begins a line of the list.
        var found: Set<String> = []
        for match in help.matches(of: try Regex("(?m)(?:\\b\(tool) |^  )([a-z]+)(?: |$)", as: (Substring, Substring).self)) { found.insert(String(match.output.1)) }
        // What every tool has is named below the list.
        for match in help.matches(of: /`([a-z]+) SHELL`/) { found.insert(String(match.output.1)) }
        commands = found
    }

    /// What a command, or the tool itself, says of its options.
    func help(_ command: String?) throws -> String {
        try ProcessResult.run(url, (command.map { [$0] } ?? []) + ["--help"]).text
    }
}
