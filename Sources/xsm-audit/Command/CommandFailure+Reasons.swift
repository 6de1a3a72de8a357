import Arguments
import AuditFleet
import AuditStore
import Commands
import Files
import LogFiles
import PageServer

/// What keeps this tool's commands from answering.
extension CommandFailure {
    static func log(_ failure: LogFileFailure) -> CommandFailure { CommandFailure(failure.message) }

    static func file(_ error: FileError) -> CommandFailure { CommandFailure(error.whyUnread) }

    static func store(_ error: StoreError) -> CommandFailure { CommandFailure(error.description) }

    static func server(_ failure: PageServerFailure) -> CommandFailure { CommandFailure(failure.description) }

    /// What is to be secret is not.
    static func secret(_ failure: SecretFile.Failure) -> CommandFailure { CommandFailure(failure.description) }

    /// A file of names and passwords.
    static func credentials(_ failure: CredentialsFailure) -> CommandFailure { CommandFailure(failure.description) }

    /// An option is missing without which there is nothing to do.
    static func usage(_ error: UsageError) -> CommandFailure { CommandFailure(error.message + "\nsee `xsm-audit --help`") }
}
