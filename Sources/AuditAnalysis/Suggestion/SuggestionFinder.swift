public import AuditLog
import Diagnostics
import Flask
public import PolicyAnalysis
public import PolicyCompiler

/// Finds what would allow what a log says was denied: the smallest change of a policy's source, in its author's own terms.
///
/// Where only a rule is missing, that is a call of an interface that the tree has, or else the rule itself; where a boolean is off, its value.
/// Constraints, bounds, roles and neverallow rules are never worked around. Each suggestion is tried before it is told: the source is compiled
/// with it for the same release, neverallow rules and bounds included, and everything that was denied is decided again from the result.
public struct SuggestionFinder<Reader: SourceReader> {
    /// The policy as it is.
    public let policy: AnalysedPolicy
    let build: SourceBuild<Reader>
    let assertions: AssertionFile?
    let limits: SuggestionLimits

    /// Reads the source, and throws for one that does not compile, or that breaks its own neverallow rules. What a change does to where
    /// information can go is told by assertions where there are some, and by comparing all flows otherwise.
    public init(
        _ source: PolicySource, reader: Reader, options: InputOptions = InputOptions(), assertions: AssertionFile? = nil,
        limits: SuggestionLimits = SuggestionLimits()
    ) throws(InputFailure) {
        build = SourceBuild(source, reader, options)
        policy = try build.compile([])
        self.assertions = assertions
        self.limits = limits
    }

    /// What can be done about the cells of a log, in an order that depends on nothing but them and the source. Throws for a policy from which
    /// nothing can be decided.
    public func suggestions(for cells: [DenialCell]) throws(QuestionMistake) -> SuggestionReport {
        var search = try SuggestionSearch(self, cells)
        return search.run()
    }
}

extension SuggestionFinder: Sendable where Reader: Sendable {}
