/// What came of an assertion.
public struct AssertionResult: Sendable {
    public enum Outcome: String, Sendable {
        case holds, fails, skipped
    }

    public let assertion: Assertion
    public let outcome: Outcome
    /// Why it was passed over.
    public let reason: String?
    /// The first of what is not as it says.
    public let failures: [AssertionFailure]
    /// How much of it there is.
    public let failureCount: Int
    /// No more failures of one assertion are explained.
    public static let explained = 8

    init(_ assertion: Assertion, failures: [AssertionFailure], count: Int) {
        self.assertion = assertion
        outcome = count == 0 ? .holds : .fails
        reason = nil
        self.failures = failures
        failureCount = count
    }

    init(_ assertion: Assertion, skipped reason: String) {
        self.assertion = assertion
        outcome = .skipped
        self.reason = reason
        failures = []
        failureCount = 0
    }
}
