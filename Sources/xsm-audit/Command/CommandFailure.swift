import Diagnostics
import Files
import Glibc
import LogFiles
import PolicyAnalysis

/// Why a command has no answer.
enum CommandFailure: Error {
    case log(LogFileFailure)
    /// The answer cannot be written.
    case unwritable(FileError)
    case file(FileError)
    case input(InputFailure)
    case question(QuestionMistake)
    /// The command needs a policy, and none was named.
    case noPolicy
    /// A text beside the policy has mistakes.
    case text([Diagnostic], SourceMap)

    /// Says it on the standard error; a source's mistakes as the compiler does.
    func report() {
        switch self {
        case .input(.source(let diagnostics, let map)), .text(let diagnostics, let map):
            var list = DiagnosticList(errorLimit: 20)
            for diagnostic in diagnostics where diagnostic.severity == .error { list.append(diagnostic) }
            let renderer = TextRenderer(style: Files.mayUseColour(STDERR_FILENO) ? .ansi : .plain)
            let text = renderer.render(list.sorted, in: map) + renderer.summary(of: list.counts)
            try? Files.write(text + [UInt8(ascii: "\n")], to: STDERR_FILENO)
        case .input(let failure): tell("error: \(failure.message)\n", STDERR_FILENO)
        case .noPolicy: tell("error: there is no policy: name its source by `--policy`\n", STDERR_FILENO)
        case .question(let mistake): tell("error: \(mistake.message)\n", STDERR_FILENO)
        case .log(let failure): tell("error: \(failure.message)\n", STDERR_FILENO)
        case .unwritable(let error): tell("error: `\(error.path)` cannot be written: \(error.reason)\n", STDERR_FILENO)
        case .file(let error): tell("error: `\(error.path)` cannot be read: \(error.reason)\n", STDERR_FILENO)
        }
    }
}
