import Flask

/// A rule that says which type results, in joint indices.
struct JointTypeRule {
    struct Key: Hashable {
        let kind: UInt16
        let source: Int
        let target: Int
        let objectClass: Int
    }

    let kind: Rule.Kind
    let source: Int
    let target: Int
    let objectClass: Int
    let result: Int
    /// When it holds.
    let condition: DecisionDiagram.Function
    /// As it stands in the policy, and where.
    let rule: Rule
    let place: RuleCondition?

    var key: Key { Key(kind: kind.rawValue, source: source, target: target, objectClass: objectClass) }

    func says(_ other: JointTypeRule) -> Bool { key == other.key && result == other.result && condition == other.condition }
}
