import Arguments
import AuditFleet
import AuditStore
import Diagnostics
import Files
import Glibc
import LogFiles
import PolicyAnalysis
import PolicyReports

/// Why a command has no answer.
enum CommandFailure: Error {
    case log(LogFileFailure)
    /// The answer cannot be written.
    case unwritable(FileError)
    case file(FileError)
    case policy(InputFailure)
    case question(QuestionMistake)
    /// A text beside the policy has mistakes.
    case text([Diagnostic], SourceMap)
    case store(StoreError)
    /// A file of names and passwords.
    case credentials(CredentialsFailure)
    /// An option is missing without which there is nothing to do.
    case usage(UsageError)

    /// Says it on the standard error.
    func report() {
        switch self {
        case .log(let failure): tell("error: \(failure.message)\n", STDERR_FILENO)
        case .unwritable(let error): tell("error: `\(error.path)` cannot be written: \(error.reason)\n", STDERR_FILENO)
        case .policy(.source(let diagnostics, let map)), .text(let diagnostics, let map):
            try? Files.write(SourceMistakes.text(diagnostics, in: map, isColoured: Files.mayUseColour(STDERR_FILENO)), to: STDERR_FILENO)
        case .policy(let failure): tell("error: \(failure.message)\n", STDERR_FILENO)
        case .question(let mistake): tell("error: \(mistake.message)\n", STDERR_FILENO)
        case .store(let error): tell("error: \(error)\n", STDERR_FILENO)
        case .credentials(let error): tell("error: \(error)\n", STDERR_FILENO)
        case .usage(let error): tell("error: \(error.message)\nsee `xsm-audit --help`\n", STDERR_FILENO)
        case .file(let error): tell("error: `\(error.path)` cannot be read: \(error.reason)\n", STDERR_FILENO)
        }
    }
}
