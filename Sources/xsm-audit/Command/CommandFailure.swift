import Arguments
import AuditFleet
import AuditStore
import Commands
import Diagnostics
import Files
import Glibc
import LogFiles
import PageServer
import PolicyAnalysis
import PolicyReports

/// Why a command has no answer.
enum CommandFailure: CommandFailing {
    case log(LogFileFailure)
    /// The answer cannot be written.
    case unwritable(FileError)
    case file(FileError)
    case policy(InputFailure)
    case question(QuestionMistake)
    /// A text beside the policy has mistakes.
    case text([Diagnostic], SourceMap)
    case store(StoreError)
    case server(PageServerFailure)
    /// What is to be secret is not.
    case secret(SecretFile.Failure)
    /// A file of names and passwords.
    case credentials(CredentialsFailure)
    /// An option is missing without which there is nothing to do.
    case usage(UsageError)

    /// In a line, where it is one.
    var message: String {
        switch self {
        case .log(let failure): failure.message
        case .unwritable(let error): "`\(error.path)` cannot be written: \(error.reason)"
        case .policy(let failure): failure.message
        case .text: "it has mistakes"
        case .question(let mistake): mistake.message
        case .store(let error): error.description
        case .server(let error): error.description
        case .secret(let error): error.description
        case .credentials(let error): error.description
        case .usage(let error): error.message + "\nsee `xsm-audit --help`"
        case .file(let error): error.whyUnread
        }
    }

    /// Says it on the standard error.
    func report() {
        switch self {
        case .policy(.source(let diagnostics, let map)), .text(let diagnostics, let map):
            try? Files.write(SourceMistakes.text(diagnostics, in: map, isColoured: Files.mayUseColour(STDERR_FILENO)), to: STDERR_FILENO)
        default: tell("error: \(message)\n", STDERR_FILENO)
        }
    }
}
