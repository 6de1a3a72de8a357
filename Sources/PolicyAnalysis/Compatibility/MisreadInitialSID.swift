public import Flask

/// An initial SID that has another meaning for a release of Xen than for the policy. Images hold numbers only, and no release looks at
/// more.
public struct MisreadInitialSID: Hashable, Sendable {
    public let number: UInt32
    /// What the release calls it; nil for a number that it does not know.
    public let name: String?
    /// What the policy calls it; nil where that is not known, and where it has none of the number.
    public let intended: Name?
    /// The context that it gets, in the policy language; nil where the policy has none of the number.
    public let context: [UInt8]?
    /// Whether the release gives the number to the next new context, because the policy ends before it. A gap behaves as unlabelled.
    public let isGivenAway: Bool
}
