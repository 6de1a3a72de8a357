import Arguments
import PolicyReports

/// An option about the policy that is asked.
enum PolicyOption: CaseIterable {
    case policy, set
    case input(InputOption)

    static var allCases: [PolicyOption] { [.policy, .set] + InputOption.allCases.map { .input($0) } }

    var letter: Character? {
        switch self {
        case .policy: "p"
        case .set: nil
        case .input(let option): option.letter
        }
    }

    var name: String? {
        switch self {
        case .policy: "policy"
        case .set: "set"
        case .input(let option): option.name
        }
    }

    var value: String? {
        switch self {
        case .policy: "POLICY"
        case .set: "BOOLEAN=on|off"
        case .input(let option): option.value
        }
    }

    var help: String {
        switch self {
        case .policy: "the policy that is asked: a binary, a policy.conf or a policy tree"
        case .set: "with this value of a boolean instead of the policy's"
        case .input(let option): option.help
        }
    }
}
