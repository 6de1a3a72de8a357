public import Flask

/// What a policy says to a question of access, and why.
public struct AccessExplanation: Sendable {
    /// One of the permissions that were asked for.
    public struct Permission: Sendable {
        public let name: Name
        public let isAllowed: Bool
        /// Whether the grant, or the denial, would be reported.
        public let isAudited: Bool
        /// The allow rules in force that give it: what they say about it, and where a source says that.
        public let rules: [SearchAnswer.Entry]
        /// What stands against it: empty exactly where it is allowed.
        public let obstacles: [AccessObstacle]
    }

    public let permissions: [Permission]
    /// Whether the source's type is permissive, so that what is denied is done all the same.
    public let isPermissive: Bool
    /// The type transitions that make the source's type, and the target's: where contexts came from that nobody has written.
    public let sourceOrigins: [SearchAnswer.Entry]
    public let targetOrigins: [SearchAnswer.Entry]

    public var isAllowed: Bool { permissions.allSatisfy(\.isAllowed) }
}
