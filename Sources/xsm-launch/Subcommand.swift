import Arguments
import Glibc

/// A command of this tool with options of its own.
protocol Subcommand {
    associatedtype Option: CommandOption

    /// Nil where only its help is wanted.
    init?(_ words: [String]) throws(UsageError)
    /// The exit status.
    func run() -> Int32
}

extension Subcommand {
    /// Does it, or says how it is used.
    static func execute(_ words: [String]) throws(UsageError) -> Never {
        guard let command = try Self(words) else { help(Option.helpText) }
        exit(command.run())
    }
}
