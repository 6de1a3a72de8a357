/// What a profile would have to have for what a program did, and what of it was not used: to be judged by its author. Nothing of it is a
/// profile before each new line has been given a reason.
public struct ProfileProposal: Hashable, Sendable {
    public let profile: SystemCallProfile
    /// In the order in which the calls were first made, those of the start before the others.
    public let needed: [ProposedRule]
    public let refused: [RefusedForGood]
    /// Lines of the profile under which nothing was done in this run; nil where not every call was looked at. They stay: one run does
    /// not do everything.
    public let unused: [SystemCallRule]?
    /// Names of calls of which more different ones were made than are kept.
    public let omitted: [String]
    /// How often there was more than is kept.
    public let omittedCount: UInt64
    /// How many calls were looked at.
    public let count: UInt64
    /// How it was found out. By the log nothing was refused, and it may have lost some.
    public let method: SystemCallProfile.TraceMethod
    /// Whether the kernel says that its log has lost some meanwhile, which may have been of this run.
    public let hasLosses: Bool

    /// Whether the profile had everything.
    public var isSufficient: Bool { needed.isEmpty && refused.isEmpty && omittedCount == 0 && !hasLosses }

    /// Lines that are written.
    public var written: [ProposedRule] { needed.filter { $0.obstacle == nil } }
}
