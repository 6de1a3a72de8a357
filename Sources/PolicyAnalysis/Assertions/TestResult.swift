/// What came of the assertions of a test.
public struct TestResult: Sendable {
    public let test: AssertionTest
    public internal(set) var results: [AssertionResult] = []

    /// It fails with one of its assertions, and is passed over with all of them.
    public var outcome: AssertionResult.Outcome {
        if results.contains(where: { $0.outcome == .fails }) { return .fails }
        return results.allSatisfy { $0.outcome == .skipped } ? .skipped : .holds
    }
}
