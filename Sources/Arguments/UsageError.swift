/// What is wrong with a command line.
public struct UsageError: Error, Hashable, Sendable {
    public let message: String
    public var status: Int32
    /// The command that it was to be, whose help says more.
    public var command: String?

    /// With the status to exit with, 2 where no other program's has to be matched.
    public init(message: String, status: Int32 = 2) {
        self.message = message
        self.status = status
    }
}
