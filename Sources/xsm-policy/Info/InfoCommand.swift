import Arguments
import Commands
import PolicyAnalysis
import PolicyReports
import Reports

/// `xsm-policy info`: what a policy is and what it holds.
struct InfoCommand: Subcommand {
    static let manual = Manual(
        "[OPTION…] POLICY",
        about: """
            Without a list: what the policy is, how much it holds, its booleans, and its initial
            SIDs with their contexts. With lists: what it holds of each kind, all or those that
            NAME names: a name, or /EXPRESSION/, a regular expression (POSIX extended).
            """,
        examples: [
            "what it is":
                "xsm-policy info xenpolicy-4.17",
            "all types of domains, with their attributes":
                "xsm-policy info --types=/^dom/ -x xenpolicy-4.17",
        ],
        statuses: ["0": "it is told", "1": "nothing has such a name", "2": "it cannot be told"])

    private var file = PolicyFile("-")
    private var lists: [(kind: InventoryKind, pattern: String)] = []
    private var isExpanded = false

    mutating func set(_ option: InfoOption, to value: String) {
        switch option {
        case .list(let kind): lists.append((kind, value))
        case .expand: isExpanded = true
        }
    }

    static func kind(of option: InfoOption) -> WordKind {
        if case .list(let kind) = option { .inventory([kind]) } else { .other }
    }

    mutating func take(_ operands: [String]) throws(UsageError) { file = try PolicyFile(only: operands) }

    func run(_ input: InputOptions, _ format: TextFormat) throws(CommandFailure) -> CommandAnswer {
        let policy = try file.read(input)
        guard !lists.isEmpty else {
            return CommandAnswer(.answered, InfoReport.summary(policy.summary()), format)
        }
        var answers: [InfoReport.List] = []
        do throws(QuestionMistake) {
            for list in lists {
                let pattern = list.pattern.isEmpty ? nil : try NamePattern(list.pattern)
                answers.append(.init(kind: list.kind, entries: try policy.inventory(of: list.kind, pattern)))
            }
        } catch {
            throw .question(error)
        }
        // A kind of which there is nothing has been answered; a pattern that nothing matches has found nothing.
        let isFound = zip(lists, answers).contains { $0.pattern.isEmpty || !$1.entries.isEmpty }
        return CommandAnswer(isFound ? .answered : .otherOutcome, InfoReport.lists(answers, isExpanded: isExpanded), format)
    }
}
