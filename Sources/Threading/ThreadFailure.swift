/// The system had no thread to give.
public struct ThreadFailure: Error, Hashable, Sendable {
    /// The system's error number.
    public let number: Int32
}
