/// A call to the system that failed while the server was set up or a store was kept.
public struct XenStoreServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was to be done, and with which file.
    public let action: String
    /// The system's error number.
    public let number: Int32

    init(_ action: String, _ number: Int32) {
        self.action = action
        self.number = number
    }

    public var description: String { "\(action): \(systemMessage(number))" }
}
