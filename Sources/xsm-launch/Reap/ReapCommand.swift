import Arguments
import Commands
import DMRestrict
import Files
import Glibc

/// `xsm-launch reap`: ends everything that a user runs.
struct ReapCommand: Subcommand {
    typealias Option = ReapOption

    static let manual = Manual(
        "UID --reaper UID [OPTION…]",
        about: """
            Ends everything that a user runs, whatever it forks meanwhile: another user, who is kept for this, is the only one who may
            send it signals.
            """,
        examples: [
            "what a device model left":
                "xsm-launch reap 1879048193 --reaper 1879113729",
        ],
        statuses: ["0": "nothing of the user's runs any more", "1": "something does", "2": "the command line is wrong"],
        files: [
            "/run/xsm-reaper.lock": "what reapers take turns by",
        ])

    private let reaper: Reaper

    init?(_ words: [String]) throws(UsageError) {
        var parser = OptionParser<ReapOption>(words)
        var printsHelp = false
        var (subject, other, lock, limit): (UInt32?, UInt32?, String?, Int64?) = (nil, nil, nil, nil)
        while let item = try parser.next() {
            switch item {
            case .operand(let word):
                guard subject == nil, let number = UInt32(word) else { throw UsageError(message: "`\(word)` is no number of a user") }
                subject = number
            case .option(.reaper, let value):
                guard let number = UInt32(value) else { throw UsageError(message: "`\(value)` is no number of a user") }
                other = number
            case .option(.lock, let value): lock = value
            case .option(.timeout, let value):
                guard let seconds = Int64(value), (1...3_600).contains(seconds) else {
                    throw UsageError(message: "`--timeout` is a number of seconds from 1 to 3600, not `\(value)`")
                }
                limit = seconds
            case .option(.help, _): printsHelp = true
            }
        }
        guard !printsHelp else { return nil }
        guard let user = subject, let reaperUser = other else {
            throw UsageError(message: "say whose processes, and who reaps them: `xsm-launch reap UID --reaper UID`")
        }
        var reaper = Reaper(user: user, reaper: reaperUser)
        if let lock { reaper.lock = lock }
        if let limit { reaper.limit = .seconds(limit) }
        self.reaper = reaper
    }

    /// The exit status: 0 when nothing of the user's runs any more.
    func run() throws(CommandFailure) -> Int32 {
        do throws(ReapFailure) {
            let report = try reaper.reap()
            if !report.zombies.isEmpty {
                tell(
                    "ended, but not yet asked for by their parents: \(report.zombies.map { "\($0)" }.joined(separator: " "))\n",
                    STDOUT_FILENO)
            }
            return 0
        } catch {
            throw CommandFailure(error.text)
        }
    }
}
