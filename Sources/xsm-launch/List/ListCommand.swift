import Arguments
import Commands
import DMRestrict
import Files
import Glibc
import JSON
import Reports

/// `xsm-launch list`: what runs restricted on this host.
struct ListCommand: Subcommand {
    typealias Option = ListOption

    static let manual = Manual(
        "[OPTION…]",
        about: """
            Says what runs restricted on this host, and what of its restriction was waived.
            """,
        examples: [
            "what runs":
                "xsm-launch list",
        ],
        statuses: ["0": "it is told", "2": "the command line is wrong"],
        files: [
            "/run/xsm-launch/": "what runs, a file each, and its sockets",
        ])

    private var format = TextFormat.text

    init?(_ words: [String]) throws(UsageError) {
        var parser = OptionParser<ListOption>(words)
        var printsHelp = false
        while let item = try parser.next() {
            switch item {
            case .operand(let word): throw UsageError(message: "`list` has no operands: `\(word)`")
            case .option(.format, let value): format = try ListOption.format.choice(value)
            case .option(.help, _): printsHelp = true
            }
        }
        guard !printsHelp else { return nil }
    }

    /// The exit status: 0, or 1 when the list cannot be written.
    func run() throws(CommandFailure) -> Int32 {
        Leftovers.removeAll()
        let records = LaunchRegister.ofThisHost.records()
        switch format {
        case .json:
            let list: JSONValue = ["version": 1, "running": .array(records.map(\.json))]
            try answer(list)
        case .text:
            let lines = records.map { record in
                let waived = record.plan.waivers.map { "WAIVED \($0.step): \($0.reason)" }.joined(separator: ", ")
                return "\(record.process)\t\(record.plan.name)\t\(record.plan.program)\(waived.isEmpty ? "" : "\t" + waived)\n"
            }
            try answer(lines.joined())
        }
        return 0
    }
}
