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
    /// For each that was refused the rule of a policy that would allow it, or what else keeps it from being allowed.
    public let missingRules: [String]
    public let isAsExpected: Bool
}
