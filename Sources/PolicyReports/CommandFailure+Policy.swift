public import Commands
public import Diagnostics
import Files
import Glibc
public import PolicyAnalysis

/// What keeps a command from answering about a policy.
extension CommandFailure {
    /// A policy cannot be read; a source's mistakes are told as the compiler tells them.
    public static func policy(_ failure: InputFailure) -> CommandFailure {
        if case .source(let diagnostics, let map) = failure { return text(diagnostics, map, failure.message) }
        return CommandFailure(failure.message)
    }

    public static func question(_ mistake: QuestionMistake) -> CommandFailure { CommandFailure(mistake.message) }

    /// A text beside the policy has mistakes.
    public static func text(_ diagnostics: [Diagnostic], _ map: SourceMap, _ message: String = "it has mistakes") -> CommandFailure {
        CommandFailure(message, told: SourceMistakes.text(diagnostics, in: map, isColoured: Files.mayUseColour(STDERR_FILENO)))
    }
}
