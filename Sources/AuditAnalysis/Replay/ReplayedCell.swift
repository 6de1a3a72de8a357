public import AuditLog
public import Flask

/// Decisions that are alike, and what another policy does with them.
public struct ReplayedCell: Sendable {
    /// One of the permissions.
    public struct Permission: Hashable, Sendable {
        public let name: Name
        /// Nil where the policy cannot be asked.
        public let isAllowed: Bool?
    }

    public let cell: DenialCell
    public let verdict: ReplayVerdict
    /// Of each once, in the line's order.
    public let permissions: [Permission]
    /// Why it is undecided: what the policy lacks of the line.
    public let lacks: [DenialCause]
}
