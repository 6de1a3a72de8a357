/// A line that a profile would need for what a program did.
public struct ProposedRule: Hashable, Sendable {
    public let phase: SystemCallProfile.Phase
    /// Without a reason, which its author is to give.
    public let rule: SystemCallRule
    public let tally: CallTally
    /// Why no line is written of it; nil where one is.
    public let obstacle: String?
}
