public import Arguments

/// A command of a tool, or a tool without commands: it describes itself, and does what a command line says.
public protocol ToolCommand {
    static var manual: Manual { get }
    static var options: [OptionDescription] { get }

    /// Does what the words behind its name say. Gives the exit status; nil where its help is wanted and nothing else.
    /// Throws `UsageError` for a command line that cannot be understood.
    static func execute(_ words: [String]) throws(UsageError) -> Int32?

    /// What the value of an option is, for a shell to complete.
    static func kind(of option: OptionDescription) -> WordKind
    /// What the operand behind others is.
    static func kind(ofOperand operands: [String]) -> WordKind
}

extension ToolCommand {
    public static func kind(of option: OptionDescription) -> WordKind { option.choices.map(WordKind.choice) ?? .file }
    public static func kind(ofOperand operands: [String]) -> WordKind { .file }
}
