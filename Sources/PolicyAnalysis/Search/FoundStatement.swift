/// A statement that a search found, and the condition under which it holds.
public struct FoundStatement: Hashable, Sendable {
    public let statement: PolicyStatement
    /// Nil where it holds always.
    public let condition: RuleCondition?

    init(_ statement: PolicyStatement, _ condition: RuleCondition? = nil) {
        self.statement = statement
        self.condition = condition
    }
}
