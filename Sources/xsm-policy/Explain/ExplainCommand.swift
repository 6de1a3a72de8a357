import Arguments
import Commands
import PolicyAnalysis
import PolicyReports
import Reports

/// `xsm-policy explain`: whether a source may do something to a target, and why.
struct ExplainCommand: Subcommand {
    static let manual = Manual(
        "[OPTION…] POLICY SUBJECT OBJECT CLASS PERMISSION…",
        about: """
            Whether SUBJECT may do that to OBJECT, both with full contexts, and why: the rules that
            allow it, or each thing that stands against it: that there is no rule, a boolean, a
            constraint and which part of it, a role, a bound. Of a policy's source each statement
            comes with the lines that say it.
            """,
        examples: [
            "may one guest map a grant of another's?":
                "xsm-policy explain xenpolicy-4.17 user_1:vm_r:domU_t user_2:vm_r:domU_t grant map_read",
        ],
        statuses: ["0": "it is allowed", "1": "it is denied", "2": "it cannot be told"])

    /// The policy, the contexts of both, a class, and permissions.
    private var words: [String] = []
    private var booleans: [(name: String, value: Bool)] = []

    mutating func set(_ option: ExplainOption, to value: String) throws(UsageError) {
        booleans.append(try Self.setting(value))
    }

    static func kind(of option: ExplainOption) -> WordKind { .inventory([.booleans]) }

    static func kind(ofOperand operands: [String]) -> WordKind {
        switch operands.count {
        case 0: .file
        case 1, 2: .context
        case 3: .inventory([.classes])
        default: .permissions(ofClass: operands[3])
        }
    }

    mutating func take(_ operands: [String]) throws(UsageError) {
        let wanted = ["the policy", "the subject's context", "the object's context", "a class", "a permission"]
        guard operands.count >= wanted.count else {
            throw UsageError(
                message: "\(wanted[operands.count]) is missing: `xsm-policy explain POLICY SUBJECT OBJECT CLASS PERMISSION…`")
        }
        words = operands
    }

    static func setting(_ text: String) throws(UsageError) -> (String, Bool) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, ["on", "off", "true", "false", "1", "0"].contains(parts[1]) else {
            throw UsageError(message: "`--set` is `BOOLEAN=on` or `BOOLEAN=off`, not `\(text)`")
        }
        return (parts[0], ["on", "true", "1"].contains(parts[1]))
    }

    func run(_ input: InputOptions, _ format: TextFormat) throws(CommandFailure) -> CommandAnswer {
        let policy = try PolicyFile(words[0]).read(input)
        do throws(QuestionMistake) {
            let question = try policy.accessQuestion(
                source: words[1], target: words[2], objectClass: words[3], permissions: Array(words[4...]), booleans: booleans)
            let explanation = try policy.explanation(of: question)
            let report = ExplainReport(words: Array(words[1...3]), explanation: explanation, policy: policy)
            return CommandAnswer(explanation.isAllowed ? .answered : .otherOutcome, report, format)
        } catch {
            throw .question(error)
        }
    }
}
