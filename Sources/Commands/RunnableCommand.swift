public import Arguments

/// A command that is understood first and then done.
public protocol RunnableCommand: ToolCommand {
    associatedtype Option: CommandOption

    /// The exit status of one that could not be done.
    static var statusOfFailure: Int32 { get }

    /// What to do about a failure, where this tool knows more of it than the failure: a line feed and a line, or nothing.
    static func advice(on failure: CommandFailure) -> String

    /// Nil where only its help is wanted. Throws `UsageError` for a command line that cannot be understood.
    init?(_ words: [String]) throws(UsageError)
    /// Does it. Gives the exit status.
    func run() throws(CommandFailure) -> Int32
}

extension RunnableCommand {
    public static var statusOfFailure: Int32 { 1 }

    public static func advice(on failure: CommandFailure) -> String { "" }

    public static var options: [OptionDescription] { Option.allCases.map { OptionDescription($0) } }

    public static func execute(_ words: [String]) throws(UsageError) -> Int32? {
        guard let command = try Self(words) else { return nil }
        do throws(CommandFailure) {
            return try command.run()
        } catch {
            error.report(advice(on: error))
            return statusOfFailure
        }
    }
}
