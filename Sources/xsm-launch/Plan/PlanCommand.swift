import Arguments
import Commands
import DMRestrict
import Files
import Glibc
import Reports

/// `xsm-launch plan`: what would be done.
struct PlanCommand: Subcommand {
    typealias Option = LaunchOption

    static let manual = Manual(
        "--user UID:GID [OPTION…] PROGRAM [ARGUMENT…]",
        about: """
            Says what `exec` would do with the same command line, step by step, and what each step defends against.
            """,
        examples: [
            "to compare with what runs":
                "xsm-launch plan --format json --user 1400001:1400001 --profile minimal.policy /usr/bin/sleep 20 >plan.json",
        ],
        statuses: ["0": "there is a plan", "1": "there is none", "2": "the command line is wrong"])

    private let arguments: LaunchArguments

    init?(_ words: [String]) throws(UsageError) {
        guard let arguments = try LaunchArguments(words) else { return nil }
        self.arguments = arguments
    }

    /// The exit status: 0, or 1 when there is no plan.
    func run() throws(CommandFailure) -> Int32 {
        let plan = try arguments.plan()
        switch arguments.format {
        case .text: try answer(plan.text)
        case .json: try answer(plan.json)
        }
        return 0
    }
}
