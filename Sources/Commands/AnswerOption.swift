import Arguments

/// An option of a command that answers: one of its own, or one that it shares with others.
enum AnswerOption<Command: AnsweringCommand>: CommandOption {
    case own(Command.Option)
    case format, help
    case shared(Command.Context.Option)

    static var allCases: [Self] { Command.Option.allCases.map(Self.own) + [.format] + Command.sharedOptions.map(Self.shared) + [.help] }

    var letter: Character? {
        switch self {
        case .own(let option): option.letter
        case .shared(let option): option.letter
        case .format: nil
        case .help: "h"
        }
    }

    var name: String? {
        switch self {
        case .own(let option): option.name
        case .shared(let option): option.name
        case .format: "format"
        case .help: "help"
        }
    }

    var value: String? {
        switch self {
        case .own(let option): option.value
        case .shared(let option): option.value
        case .format: Command.Format.allCases.map(\.rawValue).joined(separator: "|")
        case .help: nil
        }
    }

    var valueIsOptional: Bool {
        switch self {
        case .own(let option): option.valueIsOptional
        case .shared(let option): option.valueIsOptional
        case .format, .help: false
        }
    }

    var help: String {
        switch self {
        case .own(let option): option.help
        case .shared(let option): option.help
        case .format: "output format (\(Command.Format.allCases.first?.rawValue ?? ""))"
        case .help: "print this"
        }
    }
}
