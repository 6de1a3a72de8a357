/// Whether a policy grants nothing that another does not.
public struct SubsetAnswer: Sendable {
    /// What was found, up to ``limit`` for each way of granting.
    public let counterexamples: [SubsetCounterexample]

    public static let limit = 20

    public var holds: Bool { counterexamples.isEmpty }

    /// Of a policy and itself: what cannot be proved of its parts, as with bounds that hide permissions, is plain of the whole.
    public static let ofTheSame = SubsetAnswer(counterexamples: [])
}
