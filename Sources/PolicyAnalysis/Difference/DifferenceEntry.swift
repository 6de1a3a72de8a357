public import Flask

/// Something that is in one of two policies only, or in both and not the same; of rules about permissions see ``RuleDifference``.
public struct DifferenceEntry: Sendable {
    public enum Change: String, Hashable, Sendable {
        case added, removed, changed
    }

    /// What says it in one of the policies.
    public struct Statement: Sendable {
        /// In the policy language, as bytes, because names are bytes.
        public let text: [UInt8]
        /// When it holds; nil for always.
        public let condition: String?
        /// Where the source says it; nil where there is none, or where it does not tell.
        public let places: [StatementPlace]?
    }

    /// Members of a set, such as the types of an attribute, that are in one policy only.
    public struct Members: Sendable {
        public let what: String
        public let added: [Name]
        public let removed: [Name]
    }

    public let group: DifferenceGroup
    public let change: Change
    /// The name of what it is about, or what else tells it from others.
    public let name: Name
    /// What the first policy says, and the second; empty where nothing does.
    public let before: [Statement]
    public let after: [Statement]
    public let members: [Members]
}
