import Arguments

/// An option of `xsm-launch reap`.
enum ReapOption: CommandOption {
    case reaper, lock, timeout, help

    var name: String? {
        switch self {
        case .reaper: "reaper"
        case .lock: "lock"
        case .timeout: "timeout"
        case .help: "help"
        }
    }

    var value: String? {
        switch self {
        case .reaper: "UID"
        case .lock: "FILE"
        case .timeout: "SECONDS"
        case .help: nil
        }
    }

    var help: String {
        switch self {
        case .reaper: "a user that is kept for this and runs nothing else"
        case .lock: "what reapers lock to take turns (/run/xsm-reaper.lock)"
        case .timeout: "how long it may take, 1 to 3600 (10)"
        case .help: "print this"
        }
    }
}
