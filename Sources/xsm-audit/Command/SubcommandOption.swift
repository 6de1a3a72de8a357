import Arguments
import Reports

/// An option of a command: one of its own, or one that every command has.
enum SubcommandOption<Command: Subcommand>: CommandOption {
    case own(Command.Option)
    case log(LogOption)
    case store(StoreOption)
    case format, help

    static var allCases: [Self] {
        Command.Option.allCases.map(Self.own) + [.format] + (Command.takesLogs ? LogOption.allCases.map(Self.log) : []) + (Command.takesStores ? StoreOption.allCases.map(Self.store) : [])
            + [.help]
    }

    var letter: Character? {
        switch self {
        case .own(let option): option.letter
        case .log, .store, .format: nil
        case .help: "h"
        }
    }

    var name: String? {
        switch self {
        case .own(let option): option.name
        case .log(let option): option.name
        case .store(let option): option.name
        case .format: "format"
        case .help: "help"
        }
    }

    var value: String? {
        switch self {
        case .own(let option): option.value
        case .log(let option): option.value
        case .store(let option): option.value
        case .format: Command.Format.allCases.map(\.rawValue).joined(separator: "|")
        case .help: nil
        }
    }

    var valueIsOptional: Bool { if case .own(let option) = self { option.valueIsOptional } else { false } }

    var help: String {
        switch self {
        case .own(let option): option.help
        case .log(let option): option.help
        case .store(let option): option.help
        case .format: "how it is told (\(Command.Format.allCases.first?.rawValue ?? ""))"
        case .help: "print this"
        }
    }
}
