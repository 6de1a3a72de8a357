import Diagnostics
import Flask

/// An `if` whose end has not come yet.
struct ConditionalInProgress {
    let expression: [ResolvedConditional.Term]?
    let node: UInt32
    let isTunable: Bool
    var isInElse = false
    /// The rules of each statement, in source order.
    var whenTrue: [[ResolvedRule]] = []
    var whenFalse: [[ResolvedRule]] = []

    mutating func append(_ rules: [ResolvedRule]) {
        guard !rules.isEmpty else { return }
        if isInElse { whenFalse.append(rules) } else { whenTrue.append(rules) }
    }
}

extension Resolver {
    mutating func beginConditional(_ range: ExpressionRange) {
        var expression: [ResolvedConditional.Term] = []
        var isComplete = true
        var tunables = 0
        var booleans = 0
        var depth = 0
        for term in syntax.conditionTerms[range.range] {
            guard term.operation == .boolean else {
                if term.operation != .not { depth -= 1 }
                expression.append(.init(operation: term.operation, boolean: 0))
                continue
            }
            depth += 1
            if depth > Conditional.maximumDepth {
                report(
                    "expression-too-deep", "the expression needs more than \(Conditional.maximumDepth) values at a time",
                    at: term.boolean, help: "regroup it so that it nests less to the right")
                isComplete = false
                break
            }
            guard let index = boolean(term.boolean) else {
                isComplete = false
                continue
            }
            if result.booleans[index].isTunable { tunables += 1 } else { booleans += 1 }
            expression.append(.init(operation: .boolean, boolean: index))
        }
        if tunables > 0, booleans > 0 {
            let node = syntax.nodes[Int(currentNode)]
            report(
                "mixed-condition", "booleans and tunables may not stand in one condition", at: node.offset, length: 2,
                notes: ["tunables are decided when the policy is compiled, booleans while it is in force"],
                help: "declare all of them with `bool`, or all with `tunable`")
            isComplete = false
        }
        conditional = ConditionalInProgress(
            expression: isComplete ? expression : nil, node: currentNode, isTunable: tunables > 0)
    }

    private mutating func boolean(_ name: NameReference) -> Int? {
        guard let index = result.booleans.index(of: name.identifier) else {
            reportUnknown(.boolean, name, among: result.booleans)
            return nil
        }
        guard isInScope(index, result.booleans) else {
            reportOutOfScope("boolean", name, declaredAt: result.booleans.visibility(of: index).offset)
            return nil
        }
        return index
    }

    mutating func endConditional() {
        defer { conditional = nil }
        guard let block = conditional, var expression = block.expression else { return }
        // A later statement's rules come first.
        var whenTrue = block.whenTrue.reversed().flatMap { $0 }
        var whenFalse = block.whenFalse.reversed().flatMap { $0 }
        if whenTrue.isEmpty {
            if whenFalse.isEmpty { return }
            swap(&whenTrue, &whenFalse)
            expression.append(.init(operation: .not, boolean: 0))
        }
        let new = ResolvedConditional(
            expression: expression, whenTrue: whenTrue, whenFalse: whenFalse, node: block.node, isTunable: block.isTunable
        ).normalized()
        merge(new)
    }

    /// Adds the rules to an `if` of the same scope that checkpolicy takes for the same, or makes a new one.
    private mutating func merge(_ new: ResolvedConditional) {
        let scope = Int(scope.current)
        for index in result.contents[scope].conditionals.indices {
            let old = result.contents[scope].conditionals[index]
            guard ConditionSignature.areMerged((new.signature, new.expression), (old.signature, old.expression)) else {
                continue
            }
            if !new.signature.means(old.signature, old.expression) {
                diagnostics.report(
                    .warning, "conditions-merged",
                    "this condition is taken for another one that is not the same", at: span(ofNode: new.node),
                    labels: [.init(span(ofNode: old.node), "taken for this one")],
                    notes: ["checkpolicy compares conditions without regard to the order of their booleans, and this compiler writes what checkpolicy writes"],
                    help: "use the booleans in the same order in both conditions")
            }
            result.contents[scope].conditionals[index].whenTrue += new.whenTrue
            result.contents[scope].conditionals[index].whenFalse += new.whenFalse
            return
        }
        result.contents[scope].conditionals.insert(new, at: 0)
    }
}

extension ResolvedConditional {
    /// Without a `!` at the top: the branches change places instead.
    func normalized() -> ResolvedConditional {
        guard expression.last?.operation == .not, expression.count > 1 else { return self }
        return ResolvedConditional(
            expression: expression.dropLast(), whenTrue: whenFalse, whenFalse: whenTrue, node: node, isTunable: isTunable)
    }
}
