import Diagnostics
import Flask

extension PolicyLinter {
    /// Constraints that hold whatever the contexts are, or never: by what `and`, `or` and `not` make of their comparisons, and of sets
    /// that are empty. That two comparisons go together or not is not looked at.
    mutating func lintConstraints() {
        for (index, entry) in policy.classes.enumerated() {
            for (constraints, isTransition) in [(entry.constraints, false), (entry.validateTransitions, true)] {
                for (place, constraint) in constraints.enumerated() {
                    guard let value = constantValue(constraint.expression) else { continue }
                    let statement = FoundStatement(.constraint(constraint, objectClass: index + 1, place: place))
                    let what = isTransition ? "validatetrans" : "constraint"
                    let effect = value ? "it takes nothing away" : isTransition ? "nothing is relabelled" : "nobody has these permissions"
                    find(
                        "constant-constraint", .warning, "this \(what) of class `\(entry.name)` \(value ? "always" : "never") holds: \(effect)",
                        about: .statements([statement]), notes: texts([statement]))
                }
            }
        }
    }

    /// A comparison without its sense: `==` and `!=` of the same are one, and each the opposite of the other.
    private struct Comparison: Hashable {
        let kind: Constraint.Term.Kind
        let attribute: Constraint.Attribute
        let comparison: Constraint.Term.Comparison
        let names: Bitmap
    }

    /// More comparisons are not tried.
    private static let triedComparisons = 10

    private mutating func constantValue(_ expression: [Constraint.Term]) -> Bool? {
        var known: [Comparison: Int] = [:]
        var steps: [(operation: Constraint.Term.Kind, place: Int?, isNegated: Bool)] = []
        for term in expression {
            guard term.kind == .names || term.kind == .attribute else {
                steps.append((term.kind, nil, false))
                continue
            }
            let isNegated = term.comparison == .notEqual
            // A set without names equals nothing.
            if term.kind == .names, term.names.isEmpty {
                steps.append((term.kind, nil, isNegated))
                continue
            }
            let key = Comparison(
                kind: term.kind, attribute: term.attribute, comparison: isNegated ? .equal : term.comparison,
                names: term.kind == .names ? term.names : Bitmap())
            let place = known[key] ?? known.count
            known[key] = place
            steps.append((term.kind, place, isNegated))
        }
        guard known.count <= Self.triedComparisons, remainingSteps > 0 else { return nil }
        var first: Bool?
        for set in 0..<(1 << known.count) {
            remainingSteps -= steps.count
            var stack: [Bool] = []
            for step in steps {
                switch step.operation {
                case .not:
                    guard let operand = stack.popLast() else { return nil }
                    stack.append(!operand)
                case .and, .or:
                    guard let right = stack.popLast(), let left = stack.popLast() else { return nil }
                    stack.append(step.operation == .and ? left && right : left || right)
                case .attribute, .names: stack.append((step.place.map { set >> $0 & 1 == 1 } ?? false) != step.isNegated)
                }
            }
            guard stack.count == 1, let value = stack.first else { return nil }
            if let first, first != value { return nil }
            first = value
        }
        return first
    }
}
