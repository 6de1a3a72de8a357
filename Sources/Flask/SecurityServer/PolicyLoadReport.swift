/// What is to be said about a policy that was loaded.
public struct PolicyLoadReport: Hashable, Sendable {
    /// Initial SIDs of the release to which the policy gives no context: they behave as unlabelled.
    public var missingInitialSIDs: [String] = []
    /// Initial SIDs of the policy that the release does not have. Xen gives none of their numbers to another context, but
    /// they hint at a policy of another release, in which all numbers have another meaning.
    public var surplusInitialSIDs: [UInt32] = []
    /// Bytes behind the policy, which nobody reads.
    public var trailingByteCount = 0
    /// Numbers that had a context under the policy before and have none now.
    public var invalidated: [SecurityIdentifier] = []
    /// Numbers whose context is not valid now and which keep it, because nothing is enforced.
    public var keptInvalid: [SecurityIdentifier] = []

    /// Whether it is what a strict server takes.
    var isSpotless: Bool { missingInitialSIDs.isEmpty && surplusInitialSIDs.isEmpty && trailingByteCount == 0 }
}
