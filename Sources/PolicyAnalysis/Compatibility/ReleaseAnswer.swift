/// What one release of Xen does with a policy.
public struct ReleaseAnswer: Sendable {
    /// See ``ReleaseTables/name``.
    public let release: String
    public let verdict: ReleaseVerdict
    /// What would have to be changed for the release to load it rightly, the first reason first.
    public let changes: [PolicyChange]
    /// What the release takes and does not do as it is said.
    public let remarks: [CompatibilityRemark]

    /// Whether another release's answer says the same.
    public func saysTheSame(as other: ReleaseAnswer) -> Bool {
        verdict == other.verdict && changes == other.changes && remarks == other.remarks
    }
}
