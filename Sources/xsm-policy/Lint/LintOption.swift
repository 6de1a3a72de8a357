import Arguments

/// An option of `xsm-policy lint`.
enum LintOption: String, CommandOption {
    case exclude, deny

    var letter: Character? { nil }
    var name: String? { rawValue }
    var value: String? { "CODE" }

    var help: String {
        switch self {
        case .exclude: "do not tell findings of this code, such as unused-type"
        case .deny: "findings of this code are errors, also notes"
        }
    }
}
