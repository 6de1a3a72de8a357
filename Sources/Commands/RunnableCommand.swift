public import Arguments

/// A command that is understood first and then done.
public protocol RunnableCommand: ToolCommand {
    associatedtype Option: CommandOption

    /// Nil where only its help is wanted. Throws `UsageError` for a command line that cannot be understood.
    init?(_ words: [String]) throws(UsageError)
    /// Does it. Gives the exit status.
    func run() -> Int32
}

extension RunnableCommand {
    public static var options: [OptionDescription] { Option.allCases.map { OptionDescription($0) } }

    public static func execute(_ words: [String]) throws(UsageError) -> Int32? { try Self(words)?.run() }
}
