import Arguments
import DMRestrict
import Files
import Glibc

/// `xsm-launch exec`: a program under everything, and its exit status.
struct ExecCommand: Subcommand {
    typealias Option = LaunchOption
    static let statusOfFailure: Int32 = 125

    private let arguments: LaunchArguments

    init?(_ words: [String]) throws(UsageError) {
        guard let arguments = try LaunchArguments(words) else { return nil }
        self.arguments = arguments
    }

    /// The exit status: the program's own, 125 when it was not launched, 128 and the signal's number when one ended it.
    func run() -> Int32 {
        attempt { () throws(CommandFailure) in
            let plan = try arguments.plan()
            let process = try plan.start(passing: .standardStreams, held: arguments.verifies)
            if arguments.verifies {
                try plan.verify(process) { if arguments.tells { $0.report() } }
            }
            if arguments.isNamed { plan.register(process) }
            defer { LaunchRegister.ofThisHost.forget(process.number) }
            return plan.outcome(of: process).status
        }
    }
}
