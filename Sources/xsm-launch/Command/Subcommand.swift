import Commands

/// A command of this tool with options of its own.
protocol Subcommand: RunnableCommand {}

extension Subcommand {
    /// Most failures for want of permission have the same reason.
    static func advice(on failure: CommandFailure) -> String { Privileges.advice(on: failure.message) }
}
