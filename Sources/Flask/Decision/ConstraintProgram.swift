/// The constraints of a policy, checked once and laid out for evaluation.
///
/// Xen stops the machine at an expression that it cannot evaluate; here there is none, because such a policy is not
/// loaded (Xen, xen/xsm/flask/ss/services.c: `constraint_expr_eval`).
struct ConstraintProgram: Sendable {
    struct Constraint: Sendable {
        /// The permissions that need the condition; 0 for a validatetrans.
        let permissions: UInt32
        let steps: Range<UInt32>
    }

    private struct Step: Sendable {
        let operation: Operation
        let comparison: Flask.Constraint.Term.Comparison
        /// For names: whose attribute is looked at.
        let subject: Subject
        /// A stretch of ``words``.
        let names: Range<UInt32>
    }

    private enum Operation: UInt8, Sendable {
        case not, and, or
        case users, roles, types
        case lowLow, lowHigh, highLow, highHigh, sourceLowHigh, targetLowHigh
        case userNames, roleNames, typeNames
    }

    private enum Subject: UInt8, Sendable { case source, target, process }

    private var steps: [Step] = []
    private var words: [Bitmap.Word] = []
    private var constraints: [Constraint] = []
    /// By class index: where its constraints begin, and where its validatetrans; one more pair at the end.
    private var starts: [UInt32] = []
    private let dominatedRoles: [Bitmap]

    init(_ policy: Policy) throws(PolicyLoadError) {
        dominatedRoles = policy.roles.map { $0?.dominates ?? [] }
        for entry in policy.classes {
            for list in [entry.constraints, entry.validateTransitions] {
                starts.append(UInt32(constraints.count))
                for constraint in list {
                    let start = UInt32(steps.count)
                    guard compile(constraint.expression) else { throw .malformedConstraint(objectClass: entry.name) }
                    constraints.append(Constraint(permissions: constraint.permissions, steps: start..<UInt32(steps.count)))
                }
            }
        }
        starts.append(UInt32(constraints.count))
    }

    // MARK: Compiling

    /// Lays out an expression; false when it cannot be evaluated.
    private mutating func compile(_ expression: [Flask.Constraint.Term]) -> Bool {
        var depth = 0
        for term in expression {
            guard let step = step(term) else { return false }
            switch step.operation {
            case .not: guard depth > 0 else { return false }
            case .and, .or:
                guard depth > 1 else { return false }
                depth -= 1
            default:
                guard depth < Flask.Constraint.maximumDepth else { return false }
                depth += 1
            }
            steps.append(step)
        }
        return depth == 1
    }

    private mutating func step(_ term: Flask.Constraint.Term) -> Step? {
        guard term.hasValidAttribute, term.hasValidComparison, let operation = operation(of: term) else { return nil }
        let subject: Subject =
            term.attribute.contains(.target) ? .target : term.attribute.contains(.relabellingProcess) ? .process : .source
        let start = UInt32(words.count)
        if term.kind == .names { words += term.names.words }
        return Step(
            operation: operation, comparison: term.comparison, subject: subject, names: start..<UInt32(words.count))
    }

    private func operation(of term: Flask.Constraint.Term) -> Operation? {
        switch term.kind {
        case .not: .not
        case .and: .and
        case .or: .or
        case .attribute: operation(comparing: term.attribute)
        case .names:
            term.attribute.contains(.user) ? .userNames : term.attribute.contains(.role) ? .roleNames : .typeNames
        }
    }

    private func operation(comparing attribute: Flask.Constraint.Attribute) -> Operation? {
        switch attribute {
        case .user: .users
        case .role: .roles
        case .type: .types
        case .lowLow: .lowLow
        case .lowHigh: .lowHigh
        case .highLow: .highLow
        case .highHigh: .highHigh
        case .sourceLowHigh: .sourceLowHigh
        case .targetLowHigh: .targetLowHigh
        default: nil
        }
    }

    // MARK: Evaluating

    /// What must hold for permissions of a class, by its number.
    func constraints(ofClass number: UInt16) -> ArraySlice<Constraint> {
        let index = Int(number - 1) * 2
        return constraints[Int(starts[index])..<Int(starts[index + 1])]
    }

    /// What must hold when an object of the class gets another context.
    func validateTransitions(ofClass number: UInt16) -> ArraySlice<Constraint> {
        let index = Int(number - 1) * 2 + 1
        return constraints[Int(starts[index])..<Int(starts[index + 1])]
    }

    /// Whether a constraint is fulfilled. For a validatetrans the source is the context before, the target that after,
    /// and the process who relabels; elsewhere there is none, and nothing looks at it.
    func holds(
        _ constraint: Constraint, source: borrowing SecurityContext, target: borrowing SecurityContext,
        process: borrowing SecurityContext? = nil
    ) -> Bool {
        var stack: UInt32 = 0
        for index in constraint.steps {
            let step = steps[Int(index)]
            let value: Bool
            switch step.operation {
            case .not:
                stack ^= 1
                continue
            case .and:
                stack = stack >> 1 & (stack | ~1)
                continue
            case .or:
                stack = stack >> 1 | stack & 1
                continue
            case .users: value = (source.user == target.user) == (step.comparison == .equal)
            case .types: value = (source.type == target.type) == (step.comparison == .equal)
            case .roles: value = compare(source.role, target.role, step.comparison)
            case .lowLow: value = Self.compare(source.range.low, target.range.low, step.comparison)
            case .lowHigh: value = Self.compare(source.range.low, target.range.high, step.comparison)
            case .highLow: value = Self.compare(source.range.high, target.range.low, step.comparison)
            case .highHigh: value = Self.compare(source.range.high, target.range.high, step.comparison)
            case .sourceLowHigh: value = Self.compare(source.range.low, source.range.high, step.comparison)
            case .targetLowHigh: value = Self.compare(target.range.low, target.range.high, step.comparison)
            case .userNames, .roleNames, .typeNames:
                let number: UInt32
                switch step.subject {
                case .source: number = Self.number(step.operation, source)
                case .target: number = Self.number(step.operation, target)
                case .process:
                    // The reader takes these in a validatetrans only.
                    guard let process = copy process else { return false }
                    number = Self.number(step.operation, process)
                }
                value = contains(step.names, number) == (step.comparison == .equal)
            }
            stack = stack << 1 | (value ? 1 : 0)
        }
        return stack & 1 == 1
    }

    private static func number(_ operation: Operation, _ context: borrowing SecurityContext) -> UInt32 {
        switch operation {
        case .userNames: context.user
        case .roleNames: context.role
        default: context.type
        }
    }

    private func contains(_ names: Range<UInt32>, _ number: UInt32) -> Bool {
        let start = (number - 1) & ~63
        for index in names {
            let word = words[Int(index)]
            if word.start == start { return word.bits >> UInt64((number - 1) & 63) & 1 == 1 }
            if word.start > start { return false }
        }
        return false
    }

    private func compare(_ source: UInt32, _ target: UInt32, _ comparison: Flask.Constraint.Term.Comparison) -> Bool {
        var dominates: Bool { dominatedRoles[Int(source) - 1].contains(Int(target) - 1) }
        var isDominated: Bool { dominatedRoles[Int(target) - 1].contains(Int(source) - 1) }
        return switch comparison {
        case .equal: source == target
        case .notEqual: source != target
        case .dominates: dominates
        case .dominatedBy: isDominated
        case .incomparable: !dominates && !isDominated
        case .none: false
        }
    }

    private static func compare(_ first: MLSLevel, _ second: MLSLevel, _ comparison: Flask.Constraint.Term.Comparison) -> Bool {
        switch comparison {
        case .equal: first == second
        case .notEqual: first != second
        case .dominates: first.dominates(second)
        case .dominatedBy: second.dominates(first)
        case .incomparable: !first.dominates(second) && !second.dominates(first)
        case .none: false
        }
    }
}
