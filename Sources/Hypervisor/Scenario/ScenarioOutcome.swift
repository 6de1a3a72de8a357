/// What came of a step.
public struct ScenarioOutcome: Hashable, Sendable {
    /// What the policy was asked on the way, in order.
    public struct Question: Hashable, Sendable {
        public let source: String
        public let target: String
        public let objectClass: String
        public let permissions: [String]
        public let isGranted: Bool
    }

    public let step: Scenario.Step
    /// What came of it, in the words of an expectation.
    public let actual: String
    /// What the console said of it, line by line.
    public let messages: [String]
    public let questions: [Question]
    public let isAsExpected: Bool
}
