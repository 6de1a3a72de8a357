public import Flask

/// An access by which information goes: who does what to whom.
public struct FlowAccess: Sendable {
    public struct Permission: Hashable, Sendable {
        public let name: Name
        public let weight: UInt8
        /// Whether the table names it; otherwise it counts because it may be anything.
        public let isKnown: Bool
    }

    /// The type that acts, and the one that is acted upon.
    public let source: Name
    public let target: Name
    public let objectClass: Name
    /// Whether information goes with the access, from source to target, or against it.
    public let isWrite: Bool
    /// Those that are possible, and carry information this way, the weightiest first.
    public let permissions: [Permission]
    /// The allow rules that give them, narrowed to them, with their places in a source; there need be none where the source is permissive.
    public let rules: [SearchAnswer.Entry]
    /// Contexts of the two for which the first of the permissions is allowed: nil where it is for any, or where it was not decided.
    public let contexts: (source: String, target: String)?
    /// Whether more contexts would have had to be tried than may be: it was taken for possible.
    public let isAssumed: Bool
    /// Whether the source is permissive: what it is denied it does all the same.
    public let isPermissive: Bool
}
