import Arguments

/// An option of `xsm-policy test`.
enum TestOption: String, CommandOption {
    case only

    var letter: Character? { nil }
    var name: String? { rawValue }
    var value: String? { "NAME" }
    var help: String { "only the tests of this name, or whose names /EXPRESSION/ matches" }
}
