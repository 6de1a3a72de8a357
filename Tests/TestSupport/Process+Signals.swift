public import Foundation

extension Process {
    /// Has it run a program that has no signals blocked, whatever the thread has blocked that starts it: Python takes them out of the mask, and
    /// becomes the program.
    public func setUnblocked(_ program: URL, _ arguments: [String]) {
        executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        let script = "import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); os.execv(sys.argv[1], sys.argv[1:])"
        self.arguments = ["-c", script, program.path] + arguments
    }
}
