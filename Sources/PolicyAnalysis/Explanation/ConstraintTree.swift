import Flask

/// The expression of a constraint as a tree, evaluated for two contexts.
///
/// It follows Xen's evaluation (xen/xsm/flask/ss/services.c: `constraint_expr_eval`), term by term and with nothing prepared, which is
/// slow and shows each part; what decides is `LoadedPolicy`. Nothing here calls itself: only the width of an expression has a limit, not
/// how deep it nests to the left.
struct ConstraintTree {
    struct Node {
        let term: Constraint.Term
        let isTrue: Bool
        /// The places of its operands: two of an `and` or `or`, one of a `not`.
        fileprivate let operands: (first: Int, second: Int?)?
    }

    /// Operands before what joins them: the whole is the last one.
    private var nodes: [Node] = []

    /// Nil for an expression that cannot be evaluated: no policy with one is loaded.
    init?(_ expression: [Constraint.Term], source: SecurityContext, target: SecurityContext, _ policy: Policy) {
        var stack: [Int] = []
        for term in expression {
            switch term.kind {
            case .not:
                guard let operand = stack.popLast() else { return nil }
                nodes.append(Node(term: term, isTrue: !nodes[operand].isTrue, operands: (operand, nil)))
            case .and, .or:
                guard let right = stack.popLast(), let left = stack.popLast() else { return nil }
                let isTrue = term.kind == .and ? nodes[left].isTrue && nodes[right].isTrue : nodes[left].isTrue || nodes[right].isTrue
                nodes.append(Node(term: term, isTrue: isTrue, operands: (left, right)))
            case .attribute, .names:
                nodes.append(Node(term: term, isTrue: Self.holds(term, source, target, policy), operands: nil))
            }
            stack.append(nodes.count - 1)
        }
        guard stack.count == 1 else { return nil }
    }

    var isTrue: Bool { nodes.last?.isTrue == true }

    /// The comparisons because of which the whole is not true: of an `and` that is false those that are, of an `or` all. In the order in
    /// which they stand, and no more than so many.
    func culprits(limit: Int) -> [Node] {
        guard !nodes.isEmpty else { return [] }
        var found: [Node] = []
        var open = [(place: nodes.count - 1, wanted: true)]
        while let (place, wanted) = open.popLast(), found.count < limit {
            let node = nodes[place]
            guard node.isTrue != wanted else { continue }
            guard let (first, second) = node.operands else {
                found.append(node)
                continue
            }
            if let second { open.append((second, wanted)) }
            open.append((first, second == nil ? !wanted : wanted))
        }
        return found
    }

    // MARK: Comparisons

    private static func holds(
        _ term: Constraint.Term, _ source: SecurityContext, _ target: SecurityContext, _ policy: Policy
    ) -> Bool {
        let attribute = term.attribute
        if term.kind == .names {
            let subject = attribute.contains(.target) ? target : source
            let number = attribute.contains(.user) ? subject.user : attribute.contains(.role) ? subject.role : subject.type
            return term.names.contains(Int(number) - 1) == (term.comparison == .equal)
        }
        switch attribute {
        case .user: return (source.user == target.user) == (term.comparison == .equal)
        case .type: return (source.type == target.type) == (term.comparison == .equal)
        case .role:
            return compare(
                term.comparison, isEqual: source.role == target.role, dominates(source.role, target.role, policy),
                dominates(target.role, source.role, policy))
        case .lowLow: return compare(term.comparison, source.range.low, target.range.low)
        case .lowHigh: return compare(term.comparison, source.range.low, target.range.high)
        case .highLow: return compare(term.comparison, source.range.high, target.range.low)
        case .highHigh: return compare(term.comparison, source.range.high, target.range.high)
        case .sourceLowHigh: return compare(term.comparison, source.range.low, source.range.high)
        default: return compare(term.comparison, target.range.low, target.range.high)
        }
    }

    private static func dominates(_ role: UInt32, _ other: UInt32, _ policy: Policy) -> Bool {
        let index = Int(role) - 1
        return policy.roles.indices.contains(index) && policy.roles[index]?.dominates.contains(Int(other) - 1) == true
    }

    private static func compare(_ comparison: Constraint.Term.Comparison, _ first: MLSLevel, _ second: MLSLevel) -> Bool {
        compare(comparison, isEqual: first == second, first.dominates(second), second.dominates(first))
    }

    private static func compare(
        _ comparison: Constraint.Term.Comparison, isEqual: Bool, _ dominates: Bool, _ isDominated: Bool
    ) -> Bool {
        switch comparison {
        case .equal: isEqual
        case .notEqual: !isEqual
        case .dominates: dominates
        case .dominatedBy: isDominated
        case .incomparable: !dominates && !isDominated
        case .none: false
        }
    }
}
