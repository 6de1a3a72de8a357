import Arguments
import Commands
import DMRestrict
import Files
import Glibc

/// `xsm-launch exec`: a program under everything, and its exit status.
struct ExecCommand: Subcommand {
    typealias Option = LaunchOption

    static let manual = Manual(
        "--user UID:GID [OPTION…] PROGRAM [ARGUMENT…]",
        about: """
            Runs a program so that it can touch what it was given and nothing else: as a user of its own, in a tree and in namespaces of its
            own, without capabilities, under Landlock, limits and a filter of system calls.
            """,
        examples: [
            "a program that sees its own folder only":
                "xsm-launch exec --user 1400001:1400001 --profile minimal.policy --bind /usr/bin:x --bind /lib:x --bind /lib64:x --verify /usr/bin/sleep 20",
        ],
        statuses: ["N": "what the program exits with; 128 and a signal's number where one ended it", "125": "it was not launched", "2": "the command line is wrong"])
    static let statusOfFailure: Int32 = 125

    private let arguments: LaunchArguments

    init?(_ words: [String]) throws(UsageError) {
        guard let arguments = try LaunchArguments(words) else { return nil }
        self.arguments = arguments
    }

    /// The exit status: the program's own, 125 when it was not launched, 128 and the signal's number when one ended it.
    func run() throws(CommandFailure) -> Int32 {
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
