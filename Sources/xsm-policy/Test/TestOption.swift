import Arguments

/// An option of `xsm-policy test`.
enum TestOption: String, CommandOption {
    case only, quiet

    var letter: Character? { self == .quiet ? "q" : nil }
    var name: String? { rawValue }
    var value: String? { self == .only ? "NAME" : nil }

    var help: String {
        switch self {
        case .only: "only the tests of this name, or whose names /EXPRESSION/ matches"
        case .quiet: "as text, tell only tests that fail"
        }
    }
}
