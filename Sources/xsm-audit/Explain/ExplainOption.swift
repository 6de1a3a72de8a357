import Arguments

/// An option of `xsm-audit explain`.
enum ExplainOption: CommandOption {
    case policy(PolicyOption)
    case limit, granted

    static var allCases: [ExplainOption] { [.limit, .granted] + PolicyOption.allCases.map { .policy($0) } }

    var letter: Character? {
        switch self {
        case .policy(let option): option.letter
        case .limit: "n"
        case .granted: nil
        }
    }

    var name: String? {
        switch self {
        case .policy(let option): option.name
        case .limit: "limit"
        case .granted: "granted"
        }
    }

    var value: String? {
        switch self {
        case .policy(let option): option.value
        case .limit: "N"
        case .granted: nil
        }
    }

    var help: String {
        switch self {
        case .policy(let option): option.help
        case .limit: "the N kinds of decisions that come most often; 0 for all (20 in text, else all)"
        case .granted: "what was granted and told of, too"
        }
    }
}
