/// What came of a traced run.
public struct TraceOutcome: Hashable, Sendable {
    public let proposal: ProfileProposal
    /// How the program has ended; nil where its launcher did not tell.
    public let end: LaunchedProcess.End?

    public init(proposal: ProfileProposal, end: LaunchedProcess.End?) {
        self.proposal = proposal
        self.end = end
    }
}
