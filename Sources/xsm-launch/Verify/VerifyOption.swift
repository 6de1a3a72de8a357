import Arguments

/// An option of `xsm-launch verify`.
enum VerifyOption: CommandOption {
    case format, plan, profile, quiet, help

    var letter: Character? {
        switch self {
        case .quiet: "q"
        case .help: "h"
        default: nil
        }
    }

    var name: String? {
        switch self {
        case .format: "format"
        case .plan: "plan"
        case .profile: "profile"
        case .quiet: "quiet"
        case .help: "help"
        }
    }

    var value: String? {
        switch self {
        case .format: "text|json"
        case .plan, .profile: "FILE"
        case .quiet, .help: nil
        }
    }

    var help: String {
        switch self {
        case .format: "how what was found is told (text)"
        case .plan: "what the process is to be, as `xsm-launch plan --format json` writes it"
        case .profile: "the kernel's filters are tried against this profile, call by call"
        case .quiet: "as text, tell only what is different, and what was waived"
        case .help: "print this"
        }
    }
}
