import Commands
import Diagnostics
import Files
import Glibc
import PolicyAnalysis
import PolicyReports

/// What keeps this tool's commands from answering.
extension CommandFailure {
    /// A policy cannot be read; a source's mistakes are told as the compiler tells them.
    static func input(_ failure: InputFailure) -> CommandFailure {
        if case .source(let diagnostics, let map) = failure { return text(diagnostics, map) }
        return CommandFailure(failure.message)
    }

    static func question(_ mistake: QuestionMistake) -> CommandFailure { CommandFailure(mistake.message) }

    static func label(_ mistake: LabelMistake) -> CommandFailure { CommandFailure(mistake.message) }

    /// A text beside the policy has mistakes.
    static func text(_ diagnostics: [Diagnostic], _ map: SourceMap) -> CommandFailure {
        CommandFailure("it has mistakes", told: SourceMistakes.text(diagnostics, in: map, isColoured: Files.mayUseColour(STDERR_FILENO)))
    }

    /// A file is no table of permissions.
    static func table(path: String, _ mistake: FlowPermissionsMistake) -> CommandFailure {
        CommandFailure("\(path)\(mistake.line > 0 ? ":\(mistake.line)" : ""): \(mistake.reason)")
    }
}
