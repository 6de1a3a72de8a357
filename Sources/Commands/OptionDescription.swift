public import Arguments

/// An option as `--help`, manual pages and shells know it.
public struct OptionDescription: Hashable, Sendable {
    public let letter: Character?
    public let name: String?
    /// What the value is called; nil for an option without one.
    public let value: String?
    public let valueIsOptional: Bool
    public let help: String

    public init(_ option: some CommandOption) {
        letter = option.letter
        name = option.name
        value = option.value
        valueIsOptional = option.valueIsOptional
        help = option.help
    }

    /// `-o, --output FILE`
    var synopsis: String {
        names.joined(separator: ", ") + (value.map { valueIsOptional ? "[=\($0)]" : " \($0)" } ?? "")
    }

    /// All that it is called on a command line.
    public var names: [String] { (letter.map { ["-\($0)"] } ?? []) + (name.map { ["--\($0)"] } ?? []) }

    /// The words that its value can be, where the name of its value lists them: `text|json`.
    public var choices: [String]? {
        guard let words = value?.split(separator: "|", omittingEmptySubsequences: false).map(String.init), words.count > 1 else { return nil }
        return words.allSatisfy { word in !word.isEmpty && word.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789.-".utf8.contains($0) } } ? words : nil
    }
}
