import Flask

/// What checkpolicy compares two conditions by: the booleans in the order of first use, and the value for each of
/// their combinations (libsepol, src/conditional.c: `cond_normalize_expr`, `cond_expr_equal`).
struct ConditionSignature: Hashable, Sendable {
    /// Up to five booleans.
    private var booleans: [Int] = []
    /// How many booleans there are; with more than five, uses count instead.
    private var count = 0
    /// Bit n is the value of the expression when the booleans have the values of n's bits.
    private var table: UInt32 = 0

    static let maximumBooleans = 5

    init(_ expression: [ResolvedConditional.Term]) {
        for term in expression where term.operation == .boolean {
            if count <= Self.maximumBooleans, booleans.prefix(count).contains(term.boolean) { continue }
            if count < Self.maximumBooleans { booleans.append(term.boolean) }
            count += 1
        }
        guard count <= Self.maximumBooleans else { return }
        for combination in 0..<(1 << count) {
            let value = expression.value { boolean in
                guard let place = booleans.firstIndex(of: boolean) else { return false }
                return combination >> place & 1 == 1
            }
            if value == true { table |= 1 << UInt32(combination) }
        }
    }

    /// Whether checkpolicy takes both for the same condition.
    static func areMerged(
        _ a: (ConditionSignature, [ResolvedConditional.Term]), _ b: (ConditionSignature, [ResolvedConditional.Term])
    ) -> Bool {
        guard a.0.count == b.0.count else { return false }
        if a.0.count <= maximumBooleans {
            return a.0.table == b.0.table && a.0.booleans.allSatisfy(b.0.booleans.contains)
        }
        return a.1 == b.1
    }

    /// Whether two conditions that are merged really mean the same: checkpolicy compares the tables without regard to
    /// the order of the booleans.
    func means(_ other: ConditionSignature, _ expression: [ResolvedConditional.Term]) -> Bool {
        guard count <= Self.maximumBooleans, booleans != other.booleans else { return true }
        for combination in 0..<(1 << count) {
            let value = expression.value { boolean in
                guard let place = booleans.firstIndex(of: boolean) else { return false }
                return combination >> place & 1 == 1
            }
            if (value == true) != (table >> UInt32(combination) & 1 == 1) { return false }
        }
        return true
    }
}

extension [ResolvedConditional.Term] {
    /// The expression's value; nil when its stack runs over or under.
    func value(_ isTrue: (Int) -> Bool) -> Bool? {
        var stack = ConditionStack()
        for term in self {
            guard term.operation == .boolean ? stack.push(isTrue(term.boolean)) : stack.apply(term.operation) else { return nil }
        }
        return stack.result
    }
}
