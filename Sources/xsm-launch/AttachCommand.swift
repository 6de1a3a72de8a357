import DMRestrict
import Files
import Glibc

/// `xsm-launch attach`: a guest's console, at this terminal.
struct AttachCommand: OperandCommand {
    static let questions = ["whose console, by a process's number or a guest's name: `xsm-launch list` has them"]

    let operands: [String]

    /// The exit status: 0 when it was left or has ended, 125 when there is none.
    func run() -> Int32 {
        do throws(CommandFailure) {
            let console = try Console(at: LaunchRegister.ofThisHost.record(of: operands[0]).sockets().console())
            _ = console.attach()
            return 0
        } catch {
            tell("error: \(error.message)\n", STDERR_FILENO)
            return 125
        }
    }
}
