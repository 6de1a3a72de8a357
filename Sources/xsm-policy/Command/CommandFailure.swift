import Commands
import Diagnostics
import Files
import Glibc
import PolicyAnalysis
import PolicyReports

/// Why a command has no answer.
enum CommandFailure: CommandFailing {
    case input(InputFailure)
    case question(QuestionMistake)
    case label(LabelMistake)
    /// A text beside the policy has mistakes.
    case text([Diagnostic], SourceMap)
    /// The answer cannot be written.
    case unwritable(FileError)
    /// A file is no table of permissions.
    case table(path: String, FlowPermissionsMistake)

    /// Says it on the standard error; a source's mistakes as the compiler does.
    func report() {
        switch self {
        case .input(.source(let diagnostics, let map)), .text(let diagnostics, let map):
            try? Files.write(SourceMistakes.text(diagnostics, in: map, isColoured: Files.mayUseColour(STDERR_FILENO)), to: STDERR_FILENO)
        case .input(let failure): tell("error: \(failure.message)\n", STDERR_FILENO)
        case .unwritable(let error): tell("error: `\(error.path)` cannot be written: \(error.reason)\n", STDERR_FILENO)
        case .table(let path, let mistake):
            tell("error: \(path)\(mistake.line > 0 ? ":\(mistake.line)" : ""): \(mistake.reason)\n", STDERR_FILENO)
        case .question(let mistake): tell("error: \(mistake.message)\n", STDERR_FILENO)
        case .label(let mistake): tell("error: \(mistake.message)\n", STDERR_FILENO)
        }
    }
}
