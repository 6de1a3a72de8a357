import Arguments

/// An option of `xsm-launch stop`.
enum StopOption: CommandOption {
    case timeout, help

    var name: String? { self == .help ? "help" : "timeout" }
    var value: String? { self == .help ? nil : "SECONDS" }
    var help: String { self == .help ? "print this" : "how long it may take to end by itself, 0 to 3600 (10)" }
}
