public import Flask

/// What to compile a policy into.
public struct CompileOptions: Hashable, Sendable {
    /// Whose kernel the policy is for; nil decides by the policy's classes.
    public var target: Policy.Target?
    /// The image's version; nil takes the best that the target loads.
    public var version: UInt32?
    /// The Xen release whose tables the policy must fit; nil finds the fitting ones.
    public var release: XenRelease?
    public var isMLS: Bool
    public var handleUnknown: Policy.HandleUnknown
    public var layout: ImageLayout
    /// Whether neverallow rules and bounds are checked.
    public var checksAssertions: Bool
    /// Whether to look for what compiles and then misbehaves.
    public var lints: Bool
    /// Whether rules that others imply are left out.
    public var optimizes: Bool
    /// Whether object contexts are sorted.
    public var sortsContexts: Bool
    /// Whether `role r types t;` declares a role that nothing else does. checkpolicy once did that, and trees of Xen 4.0
    /// and 4.1 count on it.
    public var declaresRolesByTheirTypes = false
    /// Whether it is an error, not a warning, that Xen would refuse the policy: for a release that the user named.
    public var refusesWhatXenRejects = false
    /// After so many errors the compiler stops; nil finds all.
    public var errorLimit: Int?

    public init(
        target: Policy.Target? = nil, version: UInt32? = nil, release: XenRelease? = nil, isMLS: Bool = false,
        handleUnknown: Policy.HandleUnknown = .deny, layout: ImageLayout = .checkpolicy3_6,
        checksAssertions: Bool = true, lints: Bool = true, optimizes: Bool = false, sortsContexts: Bool = false,
        errorLimit: Int? = 100
    ) {
        self.target = target
        self.version = version
        self.release = release
        self.isMLS = isMLS
        self.handleUnknown = handleUnknown
        self.layout = layout
        self.checksAssertions = checksAssertions
        self.lints = lints
        self.optimizes = optimizes
        self.sortsContexts = sortsContexts
        self.errorLimit = errorLimit
    }
}

/// The target and version that a compilation came to.
struct Goal: Hashable, Sendable {
    let target: Policy.Target
    /// For Xen nil until the policy's classes tell the releases that it fits.
    let version: UInt32?

    /// Policies for Linux have classes that no hypervisor has.
    init(_ options: CompileOptions, _ syntax: Syntax) {
        target = options.target ?? (options.release != nil ? .xen : syntax.looksLikeSELinux ? .selinux : .xen)
        switch target {
        case .selinux: version = options.version ?? (options.layout == .checkpolicy3_5 ? 33 : 35)
        case .xen: version = options.version ?? options.release?.policyVersion
        }
    }
}

extension Syntax {
    /// Whether the classes are Linux's.
    fileprivate var looksLikeSELinux: Bool {
        var found: Set<String> = []
        for node in nodes {
            guard case .objectClass(let name) = node.statement else { continue }
            found.insert(identifiers.text(of: name.identifier))
        }
        return found.contains("process") && found.contains("file")
    }
}
