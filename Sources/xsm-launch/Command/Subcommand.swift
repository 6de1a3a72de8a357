import Arguments
import Commands
import Files
import Glibc

/// A command of this tool with options of its own.
protocol Subcommand: RunnableCommand {
    /// The exit status of one that could not be done. It is 1; where the status is that of what was launched, 125: nothing was.
    static var statusOfFailure: Int32 { get }
}

extension Subcommand {
    static var statusOfFailure: Int32 { 1 }

    /// The exit status of what is done, or of its failure, which is told.
    func attempt(_ body: () throws(CommandFailure) -> Int32) -> Int32 {
        do throws(CommandFailure) {
            return try body()
        } catch {
            tell("error: \(error.message)\(Privileges.advice(on: error.message))\n", STDERR_FILENO)
            return Self.statusOfFailure
        }
    }
}
