import DMRestrict
import Files
import Glibc

/// `xsm-launch plan`: what would be done.
struct PlanCommand {
    let arguments: LaunchArguments

    /// The exit status.
    func run() -> Int32 {
        do throws(CommandFailure) {
            tell(try arguments.plan().text, STDOUT_FILENO)
            return 0
        } catch {
            tell("error: \(error.message)\n", STDERR_FILENO)
            return 125
        }
    }
}
