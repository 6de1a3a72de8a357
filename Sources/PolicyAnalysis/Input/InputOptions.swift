public import Flask
public import PolicyCompiler

/// How a policy's source is to be read. An image needs none of it, but for the release, by which its initial SIDs are called.
public struct InputOptions: Sendable {
    /// Whether the MLS part of a tree is in. A policy.conf shows by itself whether it has one.
    public var isMLS = false
    /// The release of Xen that a tree is for; nil takes what the tree, or the policy's tables, tell.
    public var release: XenRelease?
    /// Macros to define for a tree.
    public var definitions: [(name: String, value: String)] = []
    /// The modules of a tree.
    public var modules = ModuleSelection.asConfigured

    /// Whose kernel a policy.conf is for, and in which version; nil decides by its classes, and takes the best.
    public var target: Policy.Target?
    public var version: UInt32?

    /// Whether the compiler looks for what compiles and then misbehaves, and keeps what it has to say.
    public var isLinted = false
    /// Whether a policy that allows what a neverallow rule forbids, or exceeds a bound, is refused as checkpolicy does.
    public var checksAssertions = false

    public init() {}
}
