public import Flask

/// What a release of Xen does with a policy.
public enum ReleaseVerdict: Hashable, Sendable {
    case loads
    /// It loads it, and takes initial SIDs for others.
    case misreads([MisreadInitialSID])
    /// The first reason that it meets.
    case refuses(PolicyLoadError)

    public var loadsRightly: Bool { self == .loads }

    /// The word for programs.
    public var word: String {
        switch self {
        case .loads: "loads"
        case .misreads: "misreads"
        case .refuses: "refuses"
        }
    }
}
