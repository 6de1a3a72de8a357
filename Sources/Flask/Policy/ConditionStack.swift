/// The machine that evaluates a condition's expression, step by step.
public struct ConditionStack: Sendable {
    private var values: [Bool] = []

    public init() {}

    /// Takes the value of a boolean; false when there are too many.
    public mutating func push(_ value: Bool) -> Bool {
        guard values.count < Conditional.maximumDepth else { return false }
        values.append(value)
        return true
    }

    /// Applies an operator to the last values; false when there are too few.
    public mutating func apply(_ operation: Conditional.Operator) -> Bool {
        guard let right = values.popLast() else { return false }
        guard operation != .not else {
            values.append(!right)
            return true
        }
        guard let left = values.popLast() else { return false }
        switch operation {
        case .or: values.append(left || right)
        case .and: values.append(left && right)
        case .xor, .notEqual: values.append(left != right)
        case .equal: values.append(left == right)
        case .boolean, .not: return false
        }
        return true
    }

    /// What is left at the end; nil when that is not one value.
    public var result: Bool? { values.count == 1 ? values[0] : nil }
}
