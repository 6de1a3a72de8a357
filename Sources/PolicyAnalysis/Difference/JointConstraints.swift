import Flask

/// The constraints of two policies as functions of the comparisons that they are made of, each of which may be true or false
/// whatever the others are: so what is the same function means the same, and what is not may still.
struct JointConstraints {
    typealias Function = DecisionDiagram.Function

    /// A constraint of a class in one of the policies.
    struct Entry {
        let function: Function
        /// Joint permissions; all bits for a validatetrans.
        let permissions: UInt64
        /// Its place among the class's.
        let place: Int
    }

    /// A comparison with which expressions begin. Its opposite is the same, negated.
    private struct Comparison: Hashable {
        let attribute: UInt32
        let comparison: Constraint.Term.Comparison
        let names: Bitmap
        let isAboutNames: Bool
        /// Which policy's order of roles or sensitivities it means, where they have different ones.
        let policy: Int
    }

    private let pair: PolicyPair
    private(set) var diagram = DecisionDiagram()
    private var variables: [Comparison: Int] = [:]
    private let hasSameRoleOrder: Bool
    private let hasSameLevelOrder: Bool

    init(_ pair: PolicyPair) {
        self.pair = pair
        hasSameRoleOrder = (0..<pair.roles.count).allSatisfy { joint in
            guard joint < pair.roles.firstCount, let index = pair.roles.inSecond[joint] else { return false }
            return pair.first.roles[joint]?.dominates == pair.second.roles[index].map { pair.roles.joint($0.dominates) }
        }
        let order = pair.sensitivityOrders
        hasSameLevelOrder = order.first == order.second
    }

    /// Those of a class of one policy, by its joint index.
    mutating func entries(ofClass joint: Int, ofFirst isFirst: Bool, validateTransitions: Bool) throws(QuestionMistake) -> [Entry]
    {
        guard let index = isFirst ? (joint < pair.classes.firstCount ? joint : nil) : pair.classes.inSecond[joint] else {
            return []
        }
        let objectClass = (isFirst ? pair.first : pair.second).classes[index]
        var entries: [Entry] = []
        for (place, constraint) in (validateTransitions ? objectClass.validateTransitions : objectClass.constraints).enumerated()
        {
            let permissions = pair.permissions[joint]
            let vector =
                validateTransitions
                ? .max
                : isFirst ? permissions.joint(first: constraint.permissions) : permissions.joint(second: constraint.permissions)
            guard vector != 0 else { continue }
            entries.append(
                Entry(function: try function(of: constraint.expression, ofFirst: isFirst), permissions: vector, place: place))
        }
        return entries
    }

    /// What all constraints of some permissions together demand.
    mutating func demand(_ entries: [Entry], _ permission: UInt64) throws(QuestionMistake) -> Function {
        var result = DecisionDiagram.always
        for entry in entries where entry.permissions & permission != 0 { result = try diagram.and(result, entry.function) }
        return result
    }

    mutating func difference(_ a: Function, _ b: Function) throws(QuestionMistake) -> Function { try diagram.difference(a, b) }

    private mutating func function(of expression: [Constraint.Term], ofFirst isFirst: Bool) throws(QuestionMistake) -> Function {
        var stack: [Function] = []
        for term in expression {
            switch term.kind {
            case .not:
                guard let operand = stack.popLast() else { return DecisionDiagram.never }
                stack.append(try diagram.not(operand))
            case .and, .or:
                guard let right = stack.popLast(), let left = stack.popLast() else { return DecisionDiagram.never }
                stack.append(try term.kind == .and ? diagram.and(left, right) : diagram.or(left, right))
            case .names: stack.append(try names(term, isFirst))
            case .attribute: stack.append(try comparison(term, isFirst))
            }
        }
        return stack.count == 1 ? stack[0] : DecisionDiagram.never
    }

    private mutating func variable(_ comparison: Comparison) throws(QuestionMistake) -> Function {
        let number = variables[comparison] ?? variables.count
        variables[comparison] = number
        return try diagram.variable(number)
    }

    private mutating func names(_ term: Constraint.Term, _ isFirst: Bool) throws(QuestionMistake) -> Function {
        let symbols = term.attribute.contains(.user) ? pair.users : term.attribute.contains(.role) ? pair.roles : pair.types
        let names = isFirst ? term.names : symbols.joint(term.names)
        let isIn =
            names.isEmpty
            ? DecisionDiagram.never
            : try variable(
                Comparison(attribute: term.attribute.rawValue, comparison: .equal, names: names, isAboutNames: true, policy: 0))
        return term.comparison == .notEqual ? try diagram.not(isIn) : isIn
    }

    /// A comparison of two contexts that is no negation of another.
    private mutating func variable(
        _ term: Constraint.Term, _ comparison: Constraint.Term.Comparison, _ isFirst: Bool
    ) throws(QuestionMistake) -> Function {
        let isOrdered = comparison != .equal && !(term.attribute == .role ? hasSameRoleOrder : hasSameLevelOrder)
        return try variable(
            Comparison(
                attribute: term.attribute.rawValue, comparison: comparison, names: [], isAboutNames: false,
                policy: isOrdered ? (isFirst ? 1 : 2) : 0))
    }

    /// Of levels, to be equal is to dominate each other.
    private mutating func comparison(_ term: Constraint.Term, _ isFirst: Bool) throws(QuestionMistake) -> Function {
        switch term.comparison {
        case .none: return DecisionDiagram.never
        case .dominates, .dominatedBy: return try variable(term, term.comparison, isFirst)
        case .incomparable:
            let (dominates, isDominated) = (try variable(term, .dominates, isFirst), try variable(term, .dominatedBy, isFirst))
            return try diagram.not(diagram.or(dominates, isDominated))
        case .equal, .notEqual:
            var isEqual: Function
            if [.user, .role, .type].contains(term.attribute) {
                isEqual = try variable(term, .equal, isFirst)
            } else {
                let (dominates, isDominated) = (
                    try variable(term, .dominates, isFirst), try variable(term, .dominatedBy, isFirst)
                )
                isEqual = try diagram.and(dominates, isDominated)
            }
            return term.comparison == .notEqual ? try diagram.not(isEqual) : isEqual
        }
    }
}
