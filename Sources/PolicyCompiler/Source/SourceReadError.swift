/// A file that exists and cannot be read.
public struct SourceReadError: Error, Hashable, Sendable {
    public let path: String
    /// What the system said, in lower case and without a final period.
    public let reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }
}
