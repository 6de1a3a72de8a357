import Arguments
import AuditAnalysis
import AuditLog
import AuditReports
import Commands
import Files
import PolicyAnalysis
import PolicyReports
import Reports

/// `xsm-audit suggest`: the smallest changes of a policy that allow what was denied.
struct SuggestCommand: Subcommand {
    static let manual = Manual(
        "--policy TREE [OPTION…] LOG … | --store STORE",
        about: """
            What would allow what was denied, in the words of the policy's author: a call of an
            interface that the tree has, or else a rule, where it belongs; or the value of a boolean.
            Each change was compiled, and the log decided again from the result; what else it allows
            comes with it. What a constraint, a bound, a role or a neverallow rule forbids gets no
            rule, and it is said why.
            """,
        examples: [
            "a patch, to be read before it is applied":
                "xsm-audit suggest --policy Policies/reference --patch allow.patch hypervisor.log",
            "and applied":
                "patch -p1 -d Policies/reference <allow.patch",
        ],
        statuses: ["0": "there is a suggestion", "1": "there is none", "2": "a log or the policy cannot be read"])

    private var policy: String?
    private var assertions: String?
    private var patch: String?
    private var input = InputOptions()

    static var takesStores: Bool { true }

    mutating func set(_ option: SuggestOption, to value: String) throws(UsageError) {
        switch option {
        case .policy: policy = value
        case .assertions: assertions = value
        case .patch: patch = value
        case .input(let option): try input.set(option, value)
        }
    }

    func run(_ logs: Logs, _ format: TextFormat) throws(CommandFailure) -> CommandAnswer {
        guard let policy else { throw .usage(UsageError(message: "there is no policy: name its source by `--policy`")) }
        let source = try SuggestionSource(policy, input, assertions: assertions)
        let (tally, _) = try logs.tally()
        let found: SuggestionReport
        do throws(QuestionMistake) { found = try source.finder.suggestions(for: tally.all) } catch { throw .question(error) }
        if let patch {
            do throws(FileError) { try Files.write(found.patch?.bytes ?? [], to: patch) } catch { throw .unwritable(error) }
        }
        let report = SuggestReport(found: found, untold: tally.untold, patch: patch, isChecked: source.isChecked)
        return CommandAnswer(found.suggestions.isEmpty ? .otherOutcome : .answered, report, format)
    }
}
