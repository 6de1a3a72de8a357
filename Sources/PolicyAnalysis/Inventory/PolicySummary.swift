public import Flask

/// What a policy is and how much it holds.
public struct PolicySummary: Sendable {
    public struct Count: Hashable, Sendable {
        public let what: String
        public let count: Int
    }

    public struct InitialSID: Hashable, Sendable {
        public let number: UInt32
        public let name: Name
        /// In the policy language, as bytes.
        public let context: [UInt8]
    }

    public let form: AnalysedPolicy.Form
    public let target: Policy.Target
    public let version: UInt32
    public let isMLS: Bool
    public let handleUnknown: Policy.HandleUnknown
    /// Symbols, then rules, then constraints, then contexts.
    public let counts: [Count]
    /// With their values, by name.
    public let booleans: [Boolean]
    /// By number.
    public let initialSIDs: [InitialSID]
    /// The release of Xen by which they are called; nil where the source names them, and for Linux.
    public let release: XenRelease?
    public let capabilities: [String]
}
