import Arguments
import Files
import Glibc
import Reports

do throws(UsageError) {
    let words = Array(CommandLine.arguments.dropFirst())
    guard let first = words.first else { throw UsageError(message: "there is no command: there are \(Command.list)") }
    if ["--help", "-h", "help"].contains(first) {
        tell(Command.usage + ExitStatus.help, STDOUT_FILENO)
        exit(0)
    }
    guard let command = Command(rawValue: first) else {
        throw UsageError(message: "there is no command `\(first)`: there are \(Command.list)")
    }
    try command.execute(Array(words.dropFirst()))
} catch {
    tell("error: \(error.message)\nsee `xsm-audit --help`\n", STDERR_FILENO)
    exit(error.status)
}
