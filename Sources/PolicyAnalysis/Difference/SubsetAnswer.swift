/// Whether a policy grants nothing that another does not.
public struct SubsetAnswer: Sendable {
    /// What was found, up to ``limit`` for each way of granting.
    public let counterexamples: [SubsetCounterexample]

    public static let limit = 20

    public var holds: Bool { counterexamples.isEmpty }
}
