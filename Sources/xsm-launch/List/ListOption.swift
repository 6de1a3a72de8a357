import Arguments

/// An option of `xsm-launch list`.
enum ListOption: CommandOption {
    case format, help

    var name: String? { self == .help ? "help" : "format" }
    var value: String? { self == .help ? nil : "text|json" }
    var help: String { self == .help ? "print this" : "how it is told (text)" }
}
