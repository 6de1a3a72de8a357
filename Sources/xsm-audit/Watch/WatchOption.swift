import Arguments

enum WatchOption: CommandOption {
    case rule, command, syslog, webhook, fromStart, silence, once, quiet

    var letter: Character? { self == .quiet ? "q" : nil }

    var name: String? {
        switch self {
        case .rule: "alert"
        case .command: "command"
        case .syslog: "syslog"
        case .webhook: "webhook"
        case .fromStart: "from-start"
        case .silence: "silence"
        case .once: "once"
        case .quiet: "quiet"
        }
    }

    var value: String? {
        switch self {
        case .rule: "RULE"
        case .command: "COMMAND"
        case .webhook: "URL"
        case .silence: "SECONDS"
        case .syslog, .fromStart, .once, .quiet: nil
        }
    }

    var help: String {
        switch self {
        case .rule:
            "what to be alerted of; several may be given: `new`, `rate=COUNT/SECONDS`,\n"
                + "                              `access=CLASS[:PERMISSION,…]`, `notice=KIND` (a few by default)"
        case .command: "what /bin/sh runs for each alert, with the alert as JSON on its standard input"
        case .syslog: "say each alert to the system's log"
        case .webhook: "where each alert is posted as JSON, by curl"
        case .fromStart: "what the logs hold already is watched too, not only known"
        case .silence: "how long a rule is silent about a group it has spoken of (300)"
        case .once: "end at the end of the logs"
        case .quiet: "alerts alone, no view of decisions"
        }
    }
}
