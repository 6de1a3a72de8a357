/// Why there is no filter of a profile: libseccomp did not take it.
public struct FilterFailure: Error, Hashable, Sendable {
    /// The system's error number.
    public let number: Int32
    /// The rule that it stopped at, where it was one.
    public let rule: SystemCallRule?
}
