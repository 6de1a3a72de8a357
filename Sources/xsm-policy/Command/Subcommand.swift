import Arguments
import Files
import Flask
import Glibc
import PolicyAnalysis
import PolicyReports
import Reports

/// A command of this tool: options of its own beside those that all have, operands, and what it answers.
protocol Subcommand {
    /// An option that not every command has.
    associatedtype Option: CommandOption
    /// How the answer can be told; the first is what is told without a word about it.
    associatedtype Format: RawRepresentable<String>, CaseIterable = TextFormat

    /// How it is called, and what it answers.
    static var usage: String { get }

    init()
    /// Throws ``UsageError`` for a value that is none.
    mutating func set(_ option: Option, to value: String) throws(UsageError)
    /// What the value of an option is, for a shell to complete.
    static func kind(of option: Option) -> WordKind
    /// What the operand behind others is; the first is a policy.
    static func kind(ofOperand operands: [String]) -> WordKind
    /// Takes what is no option, in its order. Throws ``UsageError``, which says what is missing or too much.
    mutating func take(_ operands: [String]) throws(UsageError)
    /// Asks the policy.
    func run(_ input: InputOptions, _ format: Format) throws(CommandFailure) -> CommandAnswer
}

extension Subcommand {
    static func kind(ofOperand operands: [String]) -> WordKind { operands.isEmpty ? .file : .other }

    /// What the value of any option is.
    static func kind(of option: SubcommandOption<Self>) -> WordKind {
        switch option {
        case .own(let option): kind(of: option)
        case .format: .choice(Format.allCases.map(\.rawValue))
        case .input(.release): .choice(XenRelease.all.map(\.description))
        case .input, .help: .other
        }
    }

    /// Does what a command line says, or says how it is used.
    static func execute(_ words: [String]) throws(UsageError) -> Never {
        var command = Self()
        var input = InputOptions()
        var format = Format.allCases.first
        var operands: [String] = []
        var parser = OptionParser<SubcommandOption<Self>>(words)
        while let item = try parser.next() {
            switch item {
            case .operand(let word): operands.append(word)
            case .option(.own(let option), let value): try command.set(option, to: value)
            case .option(.format, let value): format = try SubcommandOption<Self>.format.choice(value)
            case .option(.input(let option), let value): try input.set(option, value)
            case .option(.help, _):
                tell(usage + "\n" + SubcommandOption<Self>.helpText + "\n" + ExitStatus.help, STDOUT_FILENO)
                exit(0)
            }
        }
        try command.take(operands)
        guard let format else { throw UsageError(message: "it cannot be told") }
        do throws(CommandFailure) {
            let answer = try command.run(input, format)
            try deliver(answer)
            exit(answer.status.rawValue)
        } catch {
            error.report()
            exit(ExitStatus.notAnswered.rawValue)
        }
    }

    /// An answer that was not told is none: a full disk is no success.
    private static func deliver(_ answer: CommandAnswer) throws(CommandFailure) {
        do throws(FileError) {
            try Files.write(answer.bytes, to: STDOUT_FILENO)
        } catch {
            throw .unwritable(error)
        }
    }
}
