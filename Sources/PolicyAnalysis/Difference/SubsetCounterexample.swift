public import Flask

/// Something that a policy grants and another does not, or of which that cannot be ruled out.
public struct SubsetCounterexample: Sendable {
    public enum Kind: String, Hashable, Sendable {
        /// Somebody may do something.
        case access
        case permissive
        case roleAllow = "role_allow"
        case roleTypes = "role-types"
        case userRoles = "user-roles"
        case userLevels = "user-levels"
        case levels
        /// What the policy does not know is allowed.
        case handleUnknown = "handle_unknown"
        /// Nothing was found that is granted, and it was not shown that there is nothing.
        case unproven
    }

    /// An access that was decided with both policies.
    public struct Access: Sendable {
        /// Contexts, as bytes.
        public let source: [UInt8]
        public let target: [UInt8]
        public let objectClass: Name
        public let permission: Name
        /// The booleans whose values matter, with those that were decided with.
        public let booleans: [Boolean]
    }

    public let kind: Kind
    /// What it is, in words.
    public let text: String
    public let access: Access?
    /// What grants it, with the lines of the source.
    public internal(set) var statements: [DifferenceEntry.Statement]
}
