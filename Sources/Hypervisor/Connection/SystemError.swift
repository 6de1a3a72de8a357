/// What a call of the system failed with.
public struct SystemError: Error, Hashable, Sendable {
    /// `errno`.
    public let number: Int32
}
