import Arguments

/// An option of `xsm-policy compat`.
enum CompatOption: String, CommandOption {
    case on, each

    var letter: Character? { nil }
    var name: String? { rawValue }
    var value: String? { self == .on ? "R" : nil }

    var help: String {
        switch self {
        case .on: "ask about this release of Xen only, or about `master`; with all changes"
        case .each: "build a tree for each release, and tell which releases load the build"
        }
    }
}
