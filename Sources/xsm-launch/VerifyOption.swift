import Arguments

/// An option of `xsm-launch verify`.
enum VerifyOption: CommandOption {
    case format, plan, profile, help

    var name: String? {
        switch self {
        case .format: "format"
        case .plan: "plan"
        case .profile: "profile"
        case .help: "help"
        }
    }

    var value: String? {
        switch self {
        case .format: "text|json"
        case .plan, .profile: "FILE"
        case .help: nil
        }
    }

    var help: String {
        switch self {
        case .format: "how it is told (text)"
        case .plan: "what the process is to be, as `xsm-launch plan --format json` writes it"
        case .profile: "the kernel's filters are tried against this profile, call by call"
        case .help: "print this"
        }
    }
}
