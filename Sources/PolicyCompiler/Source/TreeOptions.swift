public import Flask

/// What to make of a policy tree.
public struct TreeOptions: Sendable {
    /// Whether the MLS part is in: defines `enable_mls`.
    public var isMLS: Bool
    /// Macros to define besides, in order; a later one wins.
    public var definitions: [(name: String, value: String)]
    /// Changes to `modules.conf`: modules to switch on or off.
    public var modules: ModuleSelection
    /// The release that the policy is for; nil lets the hypervisor's lists in the tree decide.
    public var release: XenRelease?
    /// Whether the text gets `#line` lines, as checkpolicy wants them.
    public var syncLines: Bool
    /// Whether it is told what in the tree has no effect.
    public var lints: Bool

    public init(
        isMLS: Bool = false, definitions: [(name: String, value: String)] = [], modules: ModuleSelection = .asConfigured,
        release: XenRelease? = nil, syncLines: Bool = false, lints: Bool = false
    ) {
        self.isMLS = isMLS
        self.definitions = definitions
        self.modules = modules
        self.release = release
        self.syncLines = syncLines
        self.lints = lints
    }
}
