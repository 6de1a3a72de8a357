import Arguments
import Commands
import Flask
import PolicyAnalysis
import PolicyReports
import Reports

/// A command of this tool: a question to a policy, which is read as options say that all of them have.
protocol Subcommand: AnsweringCommand where Context == PolicyInput {
    /// What the value of an option is, for a shell to complete.
    static func kind(of option: Option) -> WordKind
    /// Takes what is no option, in its order. Throws ``UsageError``, which says what is missing or too much.
    mutating func take(_ operands: [String]) throws(UsageError)
    /// Asks the policy.
    func run(_ input: InputOptions, _ format: Format) throws(CommandFailure) -> CommandAnswer
}

extension Subcommand {
    mutating func take(_ operands: [String], _ input: PolicyInput) throws(UsageError) { try take(operands) }

    func run(_ input: PolicyInput, _ format: Format) throws(CommandFailure) -> CommandAnswer { try run(input.options, format) }

    static func kind(ofOperand operands: [String]) -> WordKind { operands.isEmpty ? .file : .other }

    static func kind(of option: OptionDescription) -> WordKind {
        if option.name == InputOption.release.name { return .choice(XenRelease.all.map(\.description)) }
        guard let own = Option.allCases.first(where: { $0.name == option.name && $0.letter == option.letter }) else {
            return option.choices.map(WordKind.choice) ?? .other
        }
        return kind(of: own)
    }
}

/// How the policy is read, as the command line says it.
struct PolicyInput: SharedOptions {
    var options = InputOptions()

    mutating func set(_ option: InputOption, _ value: String) throws(UsageError) { try options.set(option, value) }
}
