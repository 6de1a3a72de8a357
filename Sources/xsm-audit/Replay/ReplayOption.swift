import Arguments

/// An option of `xsm-audit replay`.
enum ReplayOption: CommandOption {
    case policy(PolicyOption)
    case limit

    static var allCases: [ReplayOption] { [.limit] + PolicyOption.allCases.map { .policy($0) } }

    var letter: Character? {
        switch self {
        case .policy(let option): option.letter
        case .limit: "n"
        }
    }

    var name: String? {
        switch self {
        case .policy(let option): option.name
        case .limit: "limit"
        }
    }

    var value: String? {
        switch self {
        case .policy(let option): option.value
        case .limit: "N"
        }
    }

    var help: String {
        switch self {
        case .policy(let option): option.help
        case .limit: "N kinds of decisions of each outcome; 0 for all (20 in text, else all)"
        }
    }
}
