import Arguments
import Commands
import Files
import Flask
import Glibc
import PolicyAnalysis
import PolicyReports
import Reports

/// `xsm-policy diff`: what two policies do not mean alike.
struct DiffCommand: Subcommand {
    static let manual = Manual(
        "[OPTION…] A B",
        about: """
            What differs between two policies, each a binary, a policy.conf or a policy tree, in what
            they mean: order, layout, image version and attributes behind rules do not count. `+` is
            only in B, `-` only in A, `~` in both, and not the same. Of a policy's source each
            statement comes with the lines that say it.

            With --assert-subset: whether B grants nothing that A does not, and otherwise who may do
            in B what he may not in A.
            """,
        examples: [
            "what is new":
                "xsm-policy diff --xen-release 4.17 xenpolicy-4.17 Policies/reference",
            "may it go into production?":
                "xsm-policy diff --assert-subset --xen-release 4.17 xenpolicy-4.17 Policies/reference",
        ],
        statuses: ["0": "they mean the same, or B grants nothing more", "1": "they differ, or it does", "2": "it cannot be told"])

    private var files = (PolicyFile("-"), PolicyFile("-"))
    private var assertsSubset = false

    mutating func set(_ option: DiffOption, to value: String) { assertsSubset = true }

    static func kind(of option: DiffOption) -> WordKind { .other }

    static func kind(ofOperand operands: [String]) -> WordKind { .file }

    mutating func take(_ operands: [String]) throws(UsageError) {
        guard operands.count == 2 else {
            throw UsageError(
                message: operands.count < 2
                    ? "two policies are compared: `xsm-policy diff A B`" : "there are more than two policies")
        }
        guard operands != ["-", "-"] else { throw UsageError(message: "only one policy can be the standard input") }
        files = (PolicyFile(operands[0]), PolicyFile(operands[1]))
    }

    func run(_ input: InputOptions, _ format: TextFormat) throws(CommandFailure) -> CommandAnswer {
        let first = try files.0.read(input)
        let second = try files.1.read(input)
        if input.release == nil { tellRelease(first, second) }
        do throws(QuestionMistake) {
            if assertsSubset {
                let answer = second.policy == first.policy ? .ofTheSame : try second.isSubset(of: first)
                return CommandAnswer(answer.holds ? .answered : .otherOutcome, SubsetReport(answer: answer), format)
            }
            let difference = try first.difference(to: second)
            return CommandAnswer(difference.isEmpty ? .answered : .otherOutcome, DiffReport(difference: difference), format)
        } catch {
            throw .question(error)
        }
    }

    /// Says for which release a tree was built that is compared with something else, where nobody has said it.
    private func tellRelease(_ first: AnalysedPolicy, _ second: AnalysedPolicy) {
        for (file, policy, other) in [(files.0, first, second), (files.1, second, first)] where policy.form == .tree && other.form != .tree {
            guard let release = policy.release else { continue }
            tell(
                "note: `\(file.path)` is built for Xen \(release), because nothing says another: `--xen-release R` does, where the other is of it\n",
                STDERR_FILENO)
        }
    }
}
