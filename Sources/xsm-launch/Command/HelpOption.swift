import Arguments

/// An option of the commands that have none but `--help`.
enum HelpOption: CommandOption {
    case help

    var name: String? { "help" }
    var value: String? { nil }
    var help: String { "print this" }
}
