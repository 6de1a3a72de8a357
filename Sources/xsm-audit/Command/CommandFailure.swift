import Files
import Glibc
import LogFiles

/// Why a command has no answer.
enum CommandFailure: Error {
    case log(LogFileFailure)
    /// The answer cannot be written.
    case unwritable(FileError)
    case file(FileError)

    /// Says it on the standard error.
    func report() {
        switch self {
        case .log(let failure): tell("error: \(failure.message)\n", STDERR_FILENO)
        case .unwritable(let error): tell("error: `\(error.path)` cannot be written: \(error.reason)\n", STDERR_FILENO)
        case .file(let error): tell("error: `\(error.path)` cannot be read: \(error.reason)\n", STDERR_FILENO)
        }
    }
}
