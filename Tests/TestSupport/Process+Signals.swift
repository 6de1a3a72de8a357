public import Foundation

extension Process {
    /// Has it run a program that has no signals blocked or ignored, whatever the thread has blocked that starts it and whoever runs the tests
    /// ignores, as a shell does for what runs behind it: Python takes that back, and becomes the program.
    public func setUnblocked(_ program: URL, _ arguments: [String]) {
        executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        let script =
            "import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); "
            + "[signal.signal(number, signal.SIG_DFL) for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}]; os.execv(sys.argv[1], sys.argv[1:])"
        self.arguments = ["-c", script, program.path] + arguments
    }
}
