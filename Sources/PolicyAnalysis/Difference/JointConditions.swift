import Flask

/// The conditions of two policies as functions of their booleans.
struct JointConditions {
    typealias Function = DecisionDiagram.Function

    private let booleans: JointSymbols
    private(set) var diagram = DecisionDiagram()
    /// How the policies write a function: made where it is told.
    private var texts: [Function: (expression: Expression, isNegated: Bool)] = [:]
    /// Only booleans in conditions are variables, in the order of their first use.
    private var variables: [Int: Int] = [:]
    private var booleanOfVariable: [Int] = []

    /// An expression as a policy writes it.
    struct Expression {
        /// About how long the text is: it is not made where that is too much.
        let length: Int
        let text: () -> String
    }

    /// Ways to satisfy a condition that are told, where no policy writes it.
    private static let toldWays = 16

    init(_ booleans: JointSymbols) {
        self.booleans = booleans
    }

    /// The function of an expression whose booleans are numbered by `index`.
    mutating func function(
        of conditional: Conditional, _ expression: Expression, index: (UInt32) -> Int
    ) throws(QuestionMistake) -> (whenTrue: Function, whenFalse: Function) {
        var stack: [Function] = []
        for term in conditional.expression {
            if term.operation == .boolean {
                stack.append(try diagram.variable(variable(index(term.boolean))))
                continue
            }
            // A condition that cannot be evaluated holds in neither branch.
            guard let right = stack.popLast() else { return (DecisionDiagram.never, DecisionDiagram.never) }
            if term.operation == .not {
                stack.append(try diagram.not(right))
                continue
            }
            guard let left = stack.popLast() else { return (DecisionDiagram.never, DecisionDiagram.never) }
            switch term.operation {
            case .or: stack.append(try diagram.or(left, right))
            case .and: stack.append(try diagram.and(left, right))
            case .equal: stack.append(try diagram.not(diagram.exclusiveOr(left, right)))
            default: stack.append(try diagram.exclusiveOr(left, right))
            }
        }
        guard stack.count == 1, let function = stack.first else { return (DecisionDiagram.never, DecisionDiagram.never) }
        let opposite = try diagram.not(function)
        if texts[function] == nil { texts[function] = (expression, false) }
        if texts[opposite] == nil { texts[opposite] = (expression, true) }
        return (function, opposite)
    }

    private mutating func variable(_ boolean: Int) -> Int {
        if let known = variables[boolean] { return known }
        variables[boolean] = booleanOfVariable.count
        booleanOfVariable.append(boolean)
        return booleanOfVariable.count - 1
    }

    /// `(a && b)` without its parentheses.
    private static func unwrapped(_ text: String) -> String {
        guard text.hasPrefix("("), text.hasSuffix(")") else { return text }
        var depth = 0
        for (place, character) in text.utf8.enumerated() {
            if character == UInt8(ascii: "(") { depth += 1 }
            if character == UInt8(ascii: ")") { depth -= 1 }
            if depth == 0, place < text.utf8.count - 1 { return text }
        }
        return String(text.dropFirst().dropLast())
    }

    mutating func or(_ a: Function, _ b: Function) throws(QuestionMistake) -> Function { try diagram.or(a, b) }
    mutating func difference(_ a: Function, _ b: Function) throws(QuestionMistake) -> Function { try diagram.difference(a, b) }

    /// Values of booleans, by joint index, with which a function is true.
    func solution(_ function: Function) -> [(boolean: Int, value: Bool)]? {
        diagram.solution(function)?.map { (booleanOfVariable[$0.variable], $0.value) }
    }

    /// As a policy writes it, or else by the ways to satisfy it. Throws where a policy writes more than an answer may have.
    func text(_ function: Function) throws(QuestionMistake) -> String {
        if function == DecisionDiagram.always { return "true" }
        if function == DecisionDiagram.never { return "false" }
        if let (expression, isNegated) = texts[function] {
            guard expression.length <= SearchAnswer.maximumLength else { throw .tooLong(limit: SearchAnswer.maximumLength) }
            let text = Self.unwrapped(expression.text())
            return isNegated ? (text.contains(" ") ? "! (\(text))" : "! \(text)") : text
        }
        let (ways, isComplete) = diagram.solutions(function, limit: Self.toldWays)
        let told = ways.map { way in
            let parts = way.map { ($0.value ? "" : "! ") + booleans.name(booleanOfVariable[$0.variable]).description }
            return parts.count == 1 || ways.count == 1 ? parts.joined(separator: " && ") : "(\(parts.joined(separator: " && ")))"
        }
        return told.joined(separator: " || ") + (isComplete ? "" : " || …")
    }
}

extension Policy {
    /// About how many bytes the text of a condition has: names, operators and parentheses.
    func textLength(of conditional: Conditional) -> Int {
        conditional.expression.reduce(0) { length, term in
            let index = Int(term.boolean) - 1
            let isName = term.operation == .boolean && booleans.indices.contains(index)
            return length + 8 + (isName ? booleans[index].name.bytes.count : 0)
        }
    }
}
