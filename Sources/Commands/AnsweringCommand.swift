public import Arguments
import Files
import Glibc
public import Reports

/// A command that answers a question on the standard output: options of its own beside those that its tool's commands share.
public protocol AnsweringCommand: ToolCommand {
    /// An option that not every command has.
    associatedtype Option: CommandOption
    /// What the options that commands share say.
    associatedtype Context: SharedOptions
    /// How the answer can be told; the first is what is told without a word about it.
    associatedtype Format: RawRepresentable<String>, CaseIterable = TextFormat

    /// Which of the options that commands share it has.
    static var sharedOptions: [Context.Option] { get }

    init()
    /// Throws `UsageError` for a value that is none.
    mutating func set(_ option: Option, to value: String) throws(UsageError)
    /// Takes what is no option, in its order. Throws `UsageError`, which says what is missing or too much.
    mutating func take(_ operands: [String], _ context: Context) throws(UsageError)
    /// Answers.
    func run(_ context: Context, _ format: Format) throws(CommandFailure) -> CommandAnswer
}

extension AnsweringCommand {
    public static var sharedOptions: [Context.Option] { Array(Context.Option.allCases) }

    public static var options: [OptionDescription] { AnswerOption<Self>.allCases.map { OptionDescription($0) } }

    public static func execute(_ words: [String]) throws(UsageError) -> Int32? {
        var command = Self()
        var context = Context()
        var format = Format.allCases.first
        var operands: [String] = []
        var parser = OptionParser<AnswerOption<Self>>(words)
        while let item = try parser.next() {
            switch item {
            case .operand(let word): operands.append(word)
            case .option(.own(let option), let value): try command.set(option, to: value)
            case .option(.format, let value): format = try AnswerOption<Self>.format.choice(value)
            case .option(.shared(let option), let value): try context.set(option, value)
            case .option(.help, _): return nil
            }
        }
        try command.take(operands, context)
        guard let format else { throw UsageError(message: "it cannot be told") }
        do throws(CommandFailure) {
            let answer = try command.run(context, format)
            try Commands.answer(answer.bytes)
            return context.status(of: answer).rawValue
        } catch {
            error.report()
            return ExitStatus.notAnswered.rawValue
        }
    }
}
