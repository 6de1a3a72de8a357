import Arguments

/// An option of `xsm-policy explain`.
enum ExplainOption: String, CommandOption {
    case set

    var letter: Character? { nil }
    var name: String? { rawValue }
    var value: String? { "BOOLEAN=on|off" }
    var help: String { "ask with this value of a boolean instead of the policy's" }
}
