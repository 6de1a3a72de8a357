/// What is wrong with a scenario's text.
public struct ScenarioMistake: Error, Hashable, Sendable {
    /// Counted from 1.
    public let line: Int
    public let message: String
}
