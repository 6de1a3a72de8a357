import DMRestrict
import Files
import Glibc
import JSON

/// `xsm-launch plan`: what would be done.
struct PlanCommand {
    let arguments: LaunchArguments

    /// The exit status.
    func run() -> Int32 {
        do throws(CommandFailure) {
            let plan = try arguments.plan()
            switch arguments.format {
            case .text: tell(plan.text, STDOUT_FILENO)
            case .json: tell(String(decoding: plan.json.bytes(indented: true), as: UTF8.self) + "\n", STDOUT_FILENO)
            }
            return 0
        } catch {
            tell("error: \(error.message)\n", STDERR_FILENO)
            return 125
        }
    }
}
