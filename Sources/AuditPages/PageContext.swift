public import AuditAnalysis
public import AuditLog
public import Flask
public import PolicyAnalysis

/// What pages know beside the decisions.
public struct PageContext: Sendable {
    /// The policy by which decisions are explained, how it is called, and values that its booleans are to have instead of its own.
    public var policy: AnalysedPolicy?
    public var policyName: String
    public var booleans: [Boolean]
    /// What domains are called.
    public var names: DomainNames
    /// Finds what would allow some decisions; nil where there is no source. It takes a processor for seconds: nil for an answer says that somebody else
    /// is being answered.
    public var suggest: (@Sendable ([DenialCell]) -> Result<SuggestionReport, QuestionMistake>?)?
    /// How often a live page is loaded anew.
    public var refreshSeconds: Int

    public init(
        policy: AnalysedPolicy? = nil, policyName: String = "", booleans: [Boolean] = [], names: DomainNames = DomainNames(),
        suggest: (@Sendable ([DenialCell]) -> Result<SuggestionReport, QuestionMistake>?)? = nil, refreshSeconds: Int = 5
    ) {
        self.policy = policy
        self.policyName = policyName
        self.booleans = booleans
        self.names = names
        self.suggest = suggest
        self.refreshSeconds = refreshSeconds
    }
}
