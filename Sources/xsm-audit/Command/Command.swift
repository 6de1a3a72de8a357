import Commands

/// What this tool can be asked, by the word that asks it.
enum Command: String, Tool {
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

    var command: any ToolCommand.Type {
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

    static let name = "xsm-audit"
    static let summary = "understand what Flask denied"
    static let about = """
        Reads what a hypervisor's Flask denied. LOG is what `xl dmesg` prints, a capture of the serial console, a file of syslog or an
        export of the journal, plain or compressed by gzip or zstd; `-` is the standard input. Each command has `--format json` for
        programs.
        """
    static let statuses: KeyValuePairs = [
        "0": "there is an answer",
        "1": "it is the other outcome, which the help of a command names",
        "2": "the command line, a log or a policy is wrong",
    ]
    static let examples: KeyValuePairs = [
        "who was denied what?": "xl dmesg | xsm-audit report -",
        "why, and what would allow it?": "xl dmesg | xsm-audit suggest --policy Policies/reference --xen-release 4.17 -",
    ]
}
