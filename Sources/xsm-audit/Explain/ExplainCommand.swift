import Arguments
import AuditAnalysis
import AuditLog
import Commands
import Flask
import PolicyAnalysis
import PolicyReports
import Reports

/// `xsm-audit explain`: what was tried, what a policy says of it, and why.
struct ExplainCommand: Subcommand {
    static let manual = Manual(
        "[OPTION…] [--policy POLICY] LOG … | --store STORE",
        about: """
            What each denial was about: the hypercalls that ask for the permission, what POLICY says
            of it now, and the cause: a rule that is missing, a boolean and the value that would
            allow, a constraint and which part of it, levels, a bound, a role, hardware without a
            label, or a policy that cannot be the one that decided. Of a policy's source each
            statement comes with the lines that say it.
            """,
        examples: [
            "why, by the source of the policy":
                "xl dmesg | xsm-audit explain --policy Policies/reference --xen-release 4.17 -",
        ],
        statuses: ["0": "something was denied", "1": "nothing was", "2": "a log or the policy cannot be read"])

    private var question = PolicyQuestion()
    private var limit: Int?
    private var showsGranted = false

    static var takesStores: Bool { true }

    mutating func set(_ option: ExplainOption, to value: String) throws(UsageError) {
        switch option {
        case .policy(let option): try question.set(option, to: value)
        case .limit: limit = try option.count(value) ?? .max
        case .granted: showsGranted = true
        }
    }

    func run(_ logs: Logs, _ format: TextFormat) throws(CommandFailure) -> CommandAnswer {
        let policy = try question.policy()
        let names = try logs.names()
        let (tally, summaries) = try logs.tally()
        let cells = tally.groups().flatMap(\.cells).filter { showsGranted || $0.record.verdict == .denied }
        let limit = limit ?? (format == .text ? 20 : .max)
        let shown = cells.prefix(limit)
        let origin = LogOrigin(tally)
        do throws(QuestionMistake) {
            var explainer = try DenialExplainer(policy, log: origin, booleans: question.booleans)
            let log = LogReport(logs: summaries, tally: tally, groups: [], shown: 0, names: names, isFull: false)
            let report = ExplainReport(
                log: log, policy: policy, origin: origin, mismatch: explainer.mismatch,
                entries: shown.map { ExplainReport.Entry(cell: $0, explanation: explainer.explanation(of: $0)) }, omitted: cells.count - shown.count)
            return CommandAnswer(cells.contains { $0.record.verdict == .denied } ? .answered : .otherOutcome, report, format)
        } catch {
            throw .question(error)
        }
    }
}
