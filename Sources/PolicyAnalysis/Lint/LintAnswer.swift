public import Diagnostics

/// What a linter found in a policy, in the order of the source, and the map that shows where it stands.
public struct LintAnswer: Sendable {
    public let findings: [Diagnostic]
    public let map: SourceMap

    /// Whether there is more than notes.
    public var hasWarnings: Bool { findings.contains { $0.severity > .note } }
}
