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

/// What keeps this tool's commands from answering.
extension CommandFailure {
    static func log(_ failure: LogFileFailure) -> CommandFailure { CommandFailure(failure.message) }

    static func file(_ error: FileError) -> CommandFailure { CommandFailure(error.whyUnread) }

    /// A policy cannot be read; a source's mistakes are told as the compiler tells them.
    static func policy(_ failure: InputFailure) -> CommandFailure {
        if case .source(let diagnostics, let map) = failure { return text(diagnostics, map, failure.message) }
        return CommandFailure(failure.message)
    }

    static func question(_ mistake: QuestionMistake) -> CommandFailure { CommandFailure(mistake.message) }

    /// A text beside the policy has mistakes.
    static func text(_ diagnostics: [Diagnostic], _ map: SourceMap, _ message: String = "it has mistakes") -> CommandFailure {
        CommandFailure(message, told: SourceMistakes.text(diagnostics, in: map, isColoured: Files.mayUseColour(STDERR_FILENO)))
    }

    static func store(_ error: StoreError) -> CommandFailure { CommandFailure(error.description) }

    static func server(_ failure: PageServerFailure) -> CommandFailure { CommandFailure(failure.description) }

    /// What is to be secret is not.
    static func secret(_ failure: SecretFile.Failure) -> CommandFailure { CommandFailure(failure.description) }

    /// A file of names and passwords.
    static func credentials(_ failure: CredentialsFailure) -> CommandFailure { CommandFailure(failure.description) }

    /// An option is missing without which there is nothing to do.
    static func usage(_ error: UsageError) -> CommandFailure { CommandFailure(error.message + "\nsee `xsm-audit --help`") }
}
