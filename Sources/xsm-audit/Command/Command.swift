import Arguments

/// What this tool can be asked, by the word that asks it.
enum Command: String, CaseIterable {
    case report, explain, suggest, replay, watch, ingest, prune, ship, serve

    /// What it answers, in a line.
    var summary: String {
        switch self {
        case .report: "who was denied what, how often, when: as a table, JSON, CSV or a page"
        case .explain: "which operations were denied, and why, by a policy"
        case .replay: "what another policy would deny of it"
        case .suggest: "the smallest changes of a policy that allow it, each tried"
        case .watch: "decisions as they come, and alerts to a command, the system's log, an address"
        case .ingest: "logs into a database, in which each decision is once"
        case .prune: "old decisions out of a database"
        case .serve: "pages about a database, for a browser"
        case .ship: "a database's decisions to a server that gathers a fleet's"
        }
    }

    private var asked: any Subcommand.Type {
        switch self {
        case .report: ReportCommand.self
        case .explain: ExplainCommand.self
        case .replay: ReplayCommand.self
        case .suggest: SuggestCommand.self
        case .watch: WatchCommand.self
        case .ingest: IngestCommand.self
        case .prune: PruneCommand.self
        case .serve: ServeCommand.self
        case .ship: ShipCommand.self
        }
    }

    func execute(_ words: [String]) throws(UsageError) -> Never { try asked.execute(words) }

    /// All words, for a message.
    static var list: String {
        let names = allCases.map { "`\($0.rawValue)`" }
        return names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }

    static var usage: String {
        let width = 2 + (allCases.map(\.rawValue.count).max() ?? 0)
        let commands = allCases.map { command in
            "  " + command.rawValue + String(repeating: " ", count: width - command.rawValue.count) + command.summary + "\n"
        }
        return """
            usage: xsm-audit COMMAND [OPTION…] LOG …

            Reads what a hypervisor's Flask denied. LOG is what `xl dmesg` prints, a capture of the
            serial console, a file of syslog or an export of the journal, plain or compressed by
            gzip or zstd; `-` is the standard input.

            \(commands.joined())
            Each command takes `--help`, and `--format json` for programs.


            """
    }
}
