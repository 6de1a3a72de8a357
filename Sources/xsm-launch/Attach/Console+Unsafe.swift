import CLinux
import CSandbox
import Commands
import Files
import Glibc

// SAFETY: a path is passed to a call that copies it before it returns.

/// A serial port of a guest's, connected to this terminal.
struct Console: ~Copyable {
    private let descriptor: Int32

    enum End {
        /// There is nothing more behind it.
        case ended
        /// Its user went away.
        case left
        /// This process was told to end.
        case told
    }

    /// Connects to a device model's socket. Only one at a time has it: another one waits for its turn.
    init(at path: String) throws(CommandFailure) {
        descriptor = unsafe linux_connect(path, 0)
        guard descriptor >= 0 else {
            throw CommandFailure(
                -descriptor == ENOENT
                    ? "it has no console: its serial port leads elsewhere"
                    : "cannot connect to its console, `\(path)`: \(FileError(path: path, number: -descriptor).reason)")
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Until one end has enough.
    func attach() -> End {
        if isatty(STDIN_FILENO) == 1 { tell("connected: Control-] leaves it\n", STDERR_FILENO) }
        switch Int(sandbox_console(descriptor)) {
        case SANDBOX_CONSOLE_ENDED: return .ended
        case SANDBOX_CONSOLE_TOLD: return .told
        default: return .left
        }
    }
}
