import Arguments
import Files
import Glibc
import Reports

/// A command of this tool.
protocol Subcommand {
    /// Its options beside those that all have.
    associatedtype Option: CommandOption
    /// How the answer can be told; the first is what is told without a word about it.
    associatedtype Format: RawRepresentable<String>, CaseIterable = TextFormat

    /// How it is called, and what it answers.
    static var usage: String { get }
    /// Whether it is about logs; else none may be named.
    static var takesLogs: Bool { get }
    /// Whether it is answered from a store as well.
    static var takesStores: Bool { get }
    /// Whether one must be named.
    static var needsLogs: Bool { get }

    init()
    /// Throws ``UsageError`` for a value that is none.
    mutating func set(_ option: Option, to value: String) throws(UsageError)
    /// Answers. Logs are what is no option, in its order; where it needs logs there is at least one.
    func run(_ logs: Logs, _ format: Format) throws(CommandFailure) -> CommandAnswer
}

extension Subcommand {
    static var takesLogs: Bool { true }
    static var needsLogs: Bool { takesLogs }
    static var takesStores: Bool { false }

    /// Does what a command line says, or says how it is used.
    static func execute(_ words: [String]) throws(UsageError) -> Never {
        var command = Self()
        let logs = Logs()
        var format = Format.allCases.first
        var parser = OptionParser<SubcommandOption<Self>>(words)
        while let item = try parser.next() {
            switch item {
            case .operand(let word): logs.paths.append(word)
            case .option(.own(let option), let value): try command.set(option, to: value)
            case .option(.log(let option), let value): try logs.set(option, value)
            case .option(.store(let option), let value): try logs.set(option, value)
            case .option(.format, let value): format = try SubcommandOption<Self>.format.choice(value)
            case .option(.help, _):
                tell(usage + "\n" + SubcommandOption<Self>.helpText + "\n" + ExitStatus.help, STDOUT_FILENO)
                exit(0)
            }
        }
        if !takesLogs, let word = logs.paths.first { throw UsageError(message: "`\(word)` is no option, and there is nothing else to name") }
        guard !needsLogs || !logs.paths.isEmpty || logs.hasStore else {
            throw UsageError(message: "there is no log: name what `xl dmesg` prints, a capture of the console, or `-` for the standard input")
        }
        guard let format else { throw UsageError(message: "it cannot be told") }
        do throws(CommandFailure) {
            let answer = try command.run(logs, format)
            try deliver(answer)
            exit(logs.failures.isEmpty ? answer.status.rawValue : ExitStatus.notAnswered.rawValue)
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
