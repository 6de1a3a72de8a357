/// How much work is spent on finding suggestions: whatever a log and a policy hold, it ends. What was left out is told.
public struct SuggestionLimits: Hashable, Sendable {
    /// Denied accesses that are looked at: those that were seen most often.
    public var accesses = 512
    /// Calls of interfaces that are expanded, and weighed.
    public var calls = 4_096
    /// Compilations of the source with a change.
    public var compilations = 256
    /// Steps to compare two policies, and to look through the types of an assertion.
    public var steps = 1 << 24
    /// Decisions about contexts for an assertion, and for all flows in one policy.
    public var decisions = 200_000
    /// Types of each change from which flows are looked for.
    public var flowSources = 8

    public init() {}
}
