import Arguments
import PolicyReports

/// An option of `xsm-audit suggest`: one of its own, or one about how the policy is read.
enum SuggestOption: CommandOption {
    case policy, assertions, patch
    case input(InputOption)

    static var allCases: [SuggestOption] { [.policy, .assertions, .patch] + InputOption.allCases.map(Self.input) }

    var letter: Character? {
        switch self {
        case .policy: "p"
        case .assertions, .patch: nil
        case .input(let option): option.letter
        }
    }

    var name: String? {
        switch self {
        case .policy: "policy"
        case .assertions: "assertions"
        case .patch: "patch"
        case .input(let option): option.name
        }
    }

    var value: String? {
        switch self {
        case .policy: "TREE"
        case .assertions: "FILE"
        case .patch: "OUT"
        case .input(let option): option.value
        }
    }

    var help: String {
        switch self {
        case .policy: "the policy's source: a tree, or a policy.conf"
        case .assertions: "what no change may break (the file `assertions` of a tree)"
        case .patch: "write all suggestions that break nothing as a patch"
        case .input(let option): option.help
        }
    }
}
