import Arguments
import PolicyReports

/// An option of a command: one of its own, or one that every command has.
enum SubcommandOption<Command: Subcommand>: CommandOption {
    case own(Command.Option)
    case format, help
    case input(InputOption)

    static var allCases: [Self] {
        Command.Option.allCases.map(Self.own) + [.format] + InputOption.allCases.map(Self.input) + [.help]
    }

    var letter: Character? {
        switch self {
        case .own(let option): option.letter
        case .input(let option): option.letter
        case .format: nil
        case .help: "h"
        }
    }

    var name: String? {
        switch self {
        case .own(let option): option.name
        case .input(let option): option.name
        case .format: "format"
        case .help: "help"
        }
    }

    var value: String? {
        switch self {
        case .own(let option): option.value
        case .input(let option): option.value
        case .format: Command.Format.allCases.map(\.rawValue).joined(separator: "|")
        case .help: nil
        }
    }

    var valueIsOptional: Bool { if case .own(let option) = self { option.valueIsOptional } else { false } }

    var help: String {
        switch self {
        case .own(let option): option.help
        case .input(let option): option.help
        case .format: "how it is told (\(Command.Format.allCases.first?.rawValue ?? ""))"
        case .help: "print this"
        }
    }
}
