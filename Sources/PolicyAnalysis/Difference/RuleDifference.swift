public import Flask

/// What the rules of two policies do not say alike, for each of some sources with each of some targets.
public struct RuleDifference: Sendable {
    /// When something is allowed, or reported, in one of the policies.
    public enum When: Hashable, Sendable {
        case never
        case always
        /// While the expression over booleans is true.
        case condition(String)
    }

    public struct Part: Sendable {
        /// The names of permissions, or the numbers of extended ones as they are written.
        public let permissions: [Name]
        public let before: When
        public let after: When

        public var isAddition: Bool { before == .never }
        public var isRemoval: Bool { after == .never }
    }

    public let group: DifferenceGroup
    /// Types, sorted.
    public let sources: [Name]
    public let targets: [Name]
    /// An attribute that has exactly the types, where there are several.
    public let sourceAttribute: Name?
    public let targetAttribute: Name?
    public let objectClass: Name
    /// `ioctl` or `nlmsg` for extended permissions.
    public let operation: String?
    public let parts: [Part]
    public let change: DifferenceEntry.Change
    /// The rules of the second policy that say what is more, and those of the first that say what is less, where there is a
    /// source.
    public internal(set) var added: [DifferenceEntry.Statement] = []
    public internal(set) var removed: [DifferenceEntry.Statement] = []
}
