import Arguments
import CSandbox
import Commands
import DMRestrict
import Files
import Glibc

/// `xsm-launch stop`: ends what runs restricted, gently and then not.
struct StopCommand: Subcommand {
    typealias Option = StopOption

    static let manual = Manual(
        "PID|NAME [OPTION…]",
        about: """
            Ends what runs restricted: gently, and where it does not end in time, by force.
            """,
        examples: [
            "a guest and what serves it":
                "xsm-launch stop web",
        ],
        statuses: ["0": "it runs no more", "1": "there is none, or it does not end", "2": "the command line is wrong"],
        files: [
            "/run/xsm-launch/": "what runs, a file each, and its sockets",
        ])

    private let word: String
    private let limit: Int64

    init?(_ words: [String]) throws(UsageError) {
        var parser = OptionParser<StopOption>(words)
        var limit: Int64 = 10
        let operands = try parser.operands(["what to stop, by its number or its name: `xsm-launch list` has them"]) { (_, value) throws(UsageError) in
            guard let seconds = Int64(value), (0...3_600).contains(seconds) else {
                throw UsageError(message: "`--timeout` is a number of seconds from 0 to 3600, not `\(value)`")
            }
            limit = seconds
        }
        guard let word = operands?.first else { return nil }
        (self.word, self.limit) = (word, limit)
    }

    /// The exit status: 0 when it runs no more, 1 when there is none or it does not end.
    func run() throws(CommandFailure) -> Int32 {
        Leftovers.removeAll()
        try stop(LaunchRegister.ofThisHost.record(of: word))
        return 0
    }

    private func stop(_ record: LaunchRecord) throws(CommandFailure) {
        let process = sandbox_process(record.process)
        // Between the two its number may have become another's.
        guard process >= 0, LaunchRegister.start(of: record.process) == record.start else { return }
        defer { close(process) }
        // The first of its namespace ends by a signal only where it has a handler for it.
        for (signal, patience) in [(SIGTERM, limit * 1_000), (SIGKILL, 10_000)] {
            _ = sandbox_signal(process, signal)
            guard sandbox_await(process, 0, Int32(clamping: patience)) == 1 else { continue }
            // Its launcher has yet to hear of its end, and until then it would be in the list: who is told that it runs no more finds it there no more.
            if LaunchRegister.start(of: record.process) == record.start { LaunchRegister.ofThisHost.forget(record.process) }
            return
        }
        throw CommandFailure("`\(record.plan.name)` does not end: process \(record.process) is in a call that cannot be interrupted")
    }
}
