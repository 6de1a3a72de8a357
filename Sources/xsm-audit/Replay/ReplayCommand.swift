import Arguments
import AuditAnalysis
import AuditLog
import Commands
import PolicyAnalysis
import PolicyReports
import Reports

/// `xsm-audit replay`: a whole log against another policy.
struct ReplayCommand: Subcommand {
    static let manual = Manual(
        "[OPTION…] --policy POLICY LOG … | --store STORE",
        about: """
            What POLICY would do with the decisions of logs: what it would deny still, or newly, what
            in part, what no more, and what it cannot be asked about because it lacks a context, a
            class or a permission. Grants are known where rules told of them (auditallow).
            """,
        examples: [
            "does the mended policy allow what was denied?":
                "xsm-audit replay --policy Policies/reference --xen-release 4.17 hypervisor.log",
        ],
        statuses: ["0": "nothing would be denied", "1": "something would, or might be", "2": "a log or the policy cannot be read"])

    private var question = PolicyQuestion()
    private var limit: Int?

    static var takesStores: Bool { true }

    mutating func set(_ option: ReplayOption, to value: String) throws(UsageError) {
        switch option {
        case .policy(let option): try question.set(option, to: value)
        case .limit: limit = try option.count(value) ?? .max
        }
    }

    func run(_ logs: Logs, _ format: TextFormat) throws(CommandFailure) -> CommandAnswer {
        guard let policy = try question.policy() else {
            throw .usage(UsageError(message: "there is no policy: name a binary, a policy.conf or a policy tree with `--policy`"))
        }
        let names = try logs.names()
        let (tally, summaries) = try logs.tally()
        do throws(QuestionMistake) {
            let replay = try LogReplay(tally.all, log: LogOrigin(tally), against: policy, booleans: question.booleans)
            let log = LogReport(logs: summaries, tally: tally, groups: [], shown: 0, names: names, isFull: false)
            let report = ReplayReport(log: log, replay: replay, untold: tally.untold, limit: limit ?? (format == .text ? 20 : .max), policy: policy)
            return CommandAnswer(replay.wouldDeny || tally.untold > 0 ? .otherOutcome : .answered, report, format)
        } catch {
            throw .question(error)
        }
    }
}
