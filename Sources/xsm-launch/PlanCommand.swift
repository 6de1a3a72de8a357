import Arguments
import DMRestrict
import Files
import Glibc

/// `xsm-launch plan`: what would be done.
struct PlanCommand: Subcommand {
    typealias Option = LaunchOption

    private let arguments: LaunchArguments

    init?(_ words: [String]) throws(UsageError) {
        guard let arguments = try LaunchArguments(words) else { return nil }
        self.arguments = arguments
    }

    /// The exit status: 0, or 1 when there is no plan.
    func run() -> Int32 {
        attempt { () throws(CommandFailure) in
            let plan = try arguments.plan()
            switch arguments.format {
            case .text: try answer(plan.text)
            case .json: try answer(plan.json)
            }
            return 0
        }
    }
}
