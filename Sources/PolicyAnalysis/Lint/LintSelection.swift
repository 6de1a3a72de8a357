public import Diagnostics

/// Which findings are told, and how much they weigh.
public struct LintSelection: Sendable {
    /// These are not told.
    public var excluded: Set<Diagnostic.Code> = []
    /// These are errors.
    public var denied: Set<Diagnostic.Code> = []

    public init() {}
}
