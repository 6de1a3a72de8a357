import Arguments
import AuditLog
import Commands
import Flask
import Reports

/// `xsm-audit report`: what was denied, grouped and counted.
struct ReportCommand: Subcommand {
    typealias Format = ReportFormat

    static let manual = Manual(
        "[OPTION…] LOG … | --store STORE",
        about: """
            Who was denied what, grouped by the types of both and the class, as rules are: how often,
            by which permission and which domains, when first and last, and when most. All logs are
            counted together. What could not be read of them is counted and shown.
            """,
        examples: [
            "of the hypervisor that runs here":
                "xl dmesg | xsm-audit report -",
            "a page for a colleague":
                "xsm-audit report --format html /var/log/xen/console/hypervisor.log* >denials.html",
        ],
        statuses: ["0": "something was denied", "1": "nothing was", "2": "a log cannot be read"])

    private var limit: Int?
    private var isFull = false
    private var showsGranted = false

    static var takesStores: Bool { true }

    mutating func set(_ option: ReportOption, to value: String) throws(UsageError) {
        switch option {
        case .limit: limit = try option.count(value) ?? .max
        case .full: isFull = true
        case .granted: showsGranted = true
        }
    }

    func run(_ logs: Logs, _ format: ReportFormat) throws(CommandFailure) -> CommandAnswer {
        let names = try logs.names()
        let (tally, summaries) = try logs.tally()
        var groups = tally.groups()
        if !showsGranted { groups.removeAll { $0.verdict == .granted } }
        let limit = limit ?? (format == .text ? 50 : .max)
        let report = LogReport(
            logs: summaries, tally: tally, groups: groups, shown: min(limit, groups.count), names: names, isFull: isFull)
        let bytes =
            switch format {
            case .text: report.text
            case .json: report.json
            case .csv: report.csv
            case .html: report.html
            }
        return CommandAnswer(groups.contains { $0.verdict == .denied } ? .answered : .otherOutcome, bytes)
    }
}
