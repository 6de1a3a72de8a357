public import Arguments
import Files
import Glibc

/// A tool with commands, each by its word.
public protocol Tool: RawRepresentable<String>, CaseIterable {
    /// What it is called.
    static var name: String { get }
    /// What it is for, in a line.
    static var summary: String { get }
    /// Paragraphs with an empty line between them, above the list of its commands.
    static var about: String { get }
    /// What all its commands exit with.
    static var statuses: KeyValuePairs<String, String> { get }
    /// What somebody wants first, and the command lines that do it.
    static var examples: KeyValuePairs<String, String> { get }

    /// What the command does, in a line.
    var summary: String { get }
    var command: any ToolCommand.Type { get }
}

extension Tool {
    /// All words, for a message.
    static var list: String {
        let names = allCases.map { "`\($0.rawValue)`" }
        return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }

    static var description: ToolDescription {
        ToolDescription(
            name: name, summary: summary, about: about, statuses: statuses.map { ($0.key, $0.value) }, examples: examples.map { ($0.key, $0.value) },
            commands: allCases.map { .init(name: $0.rawValue, summary: $0.summary, type: $0.command) })
    }

    /// Does what a command line says. Gives the exit status. Throws `UsageError` for one that cannot be understood.
    public static func execute(_ words: [String]) throws(UsageError) -> Int32 {
        guard let first = words.first else { throw UsageError(message: "there is no command: there are \(list)") }
        let rest = Array(words.dropFirst())
        if let status = try description.answer(words) { return status }
        guard let command = Self(rawValue: first) else {
            throw UsageError(message: first.hasPrefix("-") ? "there is no option `\(first)` before a command" : "there is no command `\(first)`: there are \(list)")
        }
        do throws(UsageError) {
            if let status = try command.command.execute(rest) { return status }
        } catch {
            var mistake = error
            mistake.command = command.rawValue
            throw mistake
        }
        tell(description.help(of: command.rawValue) ?? "", STDOUT_FILENO)
        return 0
    }

    /// The whole of a program: its exit status, with what was wrong with its command line told.
    public static func run() -> Int32 { ToolDescription.run(name, execute) }
}
