public import Flask

/// A policy that cannot be the one by which a log's decisions were made: it is for other releases of Xen than the one that printed the log.
public struct ReleaseMismatch: Hashable, Sendable {
    /// Which releases the log can be of, oldest first, and by which signs.
    public let logReleases: [XenRelease]
    public let signs: [ReleaseSign]
    /// Which releases take the policy and understand it, oldest first.
    public let policyReleases: [XenRelease]
}
