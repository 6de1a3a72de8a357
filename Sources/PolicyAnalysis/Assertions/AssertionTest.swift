public import Diagnostics

/// Assertions that have a name together.
public struct AssertionTest: Sendable {
    /// Empty for the assertions before the first `test` of a file.
    public let name: String
    public let span: Span
    public internal(set) var assertions: [Assertion] = []
}
