import Arguments
import DMRestrict

/// An option of `xsm-launch trace`: one of `exec`'s, or one of its own.
enum TraceOption: CommandOption {
    case launch(LaunchOption)
    case output, report, method, missingOnly

    /// What it refuses does not end anybody, so that there is no choice of what it does.
    static let allCases: [TraceOption] =
        [.output, .report, .method, .missingOnly] + LaunchOption.allCases.filter { $0 != .refusal }.map { .launch($0) }

    var letter: Character? {
        switch self {
        case .launch(let option): option.letter
        case .output: "o"
        case .report, .method, .missingOnly: nil
        }
    }

    var name: String? {
        switch self {
        case .launch(let option): option.name
        case .output: "output"
        case .report: "report"
        case .method: "by"
        case .missingOnly: "missing-only"
        }
    }

    var value: String? {
        switch self {
        case .launch(let option): option.value
        case .output, .report: "FILE"
        case .method: "notify|log"
        case .missingOnly: nil
        }
    }

    var help: String {
        switch self {
        case .launch(.profile): "the system calls that it is thought to need"
        case .launch(.format): "how the difference is told (text)"
        case .launch(let option): option.help
        case .output: "a new file gets the profile with the lines that it would need, each to be given a reason before it is one"
        case .report: "a new file gets the difference, in place of the standard error"
        case .method: "by what calls are found out: they wait for the launcher, or the kernel's log has them, without arguments (notify)"
        case .missingOnly: 
            "look only at calls that the profile does not have: the others are as fast as ever, and no signal breaks one off\n"
                + String(repeating: " ", count: 30) + "that it would not; which lines were not used is not known then"
        }
    }
}
