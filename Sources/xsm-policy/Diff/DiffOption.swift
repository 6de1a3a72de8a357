import Arguments

/// An option of `xsm-policy diff`.
enum DiffOption: String, CommandOption {
    case assertSubset = "assert-subset"

    var letter: Character? { nil }
    var name: String? { rawValue }
    var value: String? { nil }
    var help: String { "ask instead whether the second grants nothing that the first does not" }
}
