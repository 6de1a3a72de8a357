public import Flask

/// Something that is not as an assertion says, and why.
public struct AssertionFailure: Sendable {
    /// What is so: `dom0_t may not pause domU_t:domain`.
    public let text: String
    /// Values of booleans with which it is so, where they are others than the policy's.
    public let settings: [Boolean]
    /// The rules that are to blame: those that allow it, or that make what it becomes.
    public let rules: [SearchAnswer.Entry]
    /// Of what is denied, and of all that is about contexts.
    public let explanation: AccessExplanation?
    /// The steps by which information goes where it must not.
    public let path: [FlowStep]

    init(
        text: String, settings: [Boolean], rules: [SearchAnswer.Entry], explanation: AccessExplanation?, path: [FlowStep] = []
    ) {
        self.text = text
        self.settings = settings
        self.rules = rules
        self.explanation = explanation
        self.path = path
    }
}
