public import Arguments
public import Reports

/// What the options say that commands of a tool share.
public protocol SharedOptions {
    associatedtype Option: CommandOption

    init()
    /// Throws `UsageError` for a value that is none.
    mutating func set(_ option: Option, _ value: String) throws(UsageError)
    /// How a command ends that has answered.
    func status(of answer: CommandAnswer) -> ExitStatus
}

extension SharedOptions {
    public func status(of answer: CommandAnswer) -> ExitStatus { answer.status }
}
