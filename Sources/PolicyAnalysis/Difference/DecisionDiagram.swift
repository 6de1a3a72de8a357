/// Functions of booleans, as reduced ordered binary decision diagrams: two are the same exactly when their numbers are.
///
/// Bryant, "Graph-Based Algorithms for Boolean Function Manipulation", 1986.
struct DecisionDiagram: Sendable {
    typealias Function = UInt32

    static let never: Function = 0
    static let always: Function = 1

    /// More nodes than this are not made: functions whose diagrams are larger are not compared.
    static let maximumNodes = 1 << 19
    /// Steps to make them: functions of few nodes may take many, because what is known is forgotten now and then.
    static let maximumSteps = 1 << 20
    /// The recursion is as deep as there are variables.
    static let maximumVariables = 1 << 11

    private struct Node: Hashable {
        /// The lowest is that of the topmost variable.
        let level: UInt32
        let low: Function
        let high: Function
    }

    private struct Choice: Hashable {
        let condition: Function
        let then: Function
        let otherwise: Function
    }

    /// The first two stand for the constants.
    private var nodes = [Node(level: .max, low: 0, high: 0), Node(level: .max, low: 1, high: 1)]
    private var numbers: [Node: Function] = [:]
    private var known: [Choice: Function] = [:]
    private var steps = 0

    // MARK: Making

    /// Who comes later stands above: an expression is mostly made of what it was, an operator and one more operand, and its
    /// diagram then of what it was and one more node.
    private static func level(_ number: Int) -> UInt32 { UInt32(maximumVariables - 1 - number) }

    private static func number(_ level: UInt32) -> Int { maximumVariables - 1 - Int(level) }

    mutating func variable(_ number: Int) throws(QuestionMistake) -> Function {
        guard number < Self.maximumVariables else {
            throw .tooMany(what: "booleans or comparisons", limit: Self.maximumVariables)
        }
        return try node(Self.level(number), Self.never, Self.always)
    }

    mutating func not(_ function: Function) throws(QuestionMistake) -> Function { try choose(function, Self.never, Self.always) }

    mutating func and(_ a: Function, _ b: Function) throws(QuestionMistake) -> Function { try choose(a, b, Self.never) }

    mutating func or(_ a: Function, _ b: Function) throws(QuestionMistake) -> Function { try choose(a, Self.always, b) }

    mutating func exclusiveOr(_ a: Function, _ b: Function) throws(QuestionMistake) -> Function { try choose(a, not(b), b) }

    /// What is true of the first and not of the second.
    mutating func difference(_ a: Function, _ b: Function) throws(QuestionMistake) -> Function { try choose(b, Self.never, a) }

    private mutating func node(_ level: UInt32, _ low: Function, _ high: Function) throws(QuestionMistake) -> Function {
        if low == high { return low }
        let node = Node(level: level, low: low, high: high)
        if let number = numbers[node] { return number }
        guard nodes.count < Self.maximumNodes else { throw .tooMany(what: "cases of its conditions", limit: Self.maximumNodes) }
        nodes.append(node)
        numbers[node] = Function(nodes.count - 1)
        return Function(nodes.count - 1)
    }

    private mutating func choose(
        _ condition: Function, _ then: Function, _ otherwise: Function
    ) throws(QuestionMistake) -> Function {
        if condition == Self.always { return then }
        if condition == Self.never { return otherwise }
        if then == otherwise { return then }
        if then == Self.always, otherwise == Self.never { return condition }
        let choice = Choice(condition: condition, then: then, otherwise: otherwise)
        if let result = known[choice] { return result }
        guard steps < Self.maximumSteps else {
            throw .tooMany(what: "steps through its conditions", limit: Self.maximumSteps)
        }
        steps += 1
        let level = [condition, then, otherwise].reduce(UInt32.max) { min($0, nodes[Int($1)].level) }
        func half(_ function: Function, _ value: Bool) -> Function {
            let node = nodes[Int(function)]
            return node.level == level ? (value ? node.high : node.low) : function
        }
        let low = (half(condition, false), half(then, false), half(otherwise, false))
        let high = (half(condition, true), half(then, true), half(otherwise, true))
        let result = try node(level, choose(low.0, low.1, low.2), choose(high.0, high.1, high.2))
        if known.count >= Self.maximumNodes { known.removeAll(keepingCapacity: true) }
        known[choice] = result
        return result
    }

    // MARK: Asking

    func value(_ function: Function, _ isTrue: (Int) -> Bool) -> Bool {
        var function = function
        while function > Self.always {
            let node = nodes[Int(function)]
            function = isTrue(Self.number(node.level)) ? node.high : node.low
        }
        return function == Self.always
    }

    /// Values with which it is true, of those variables that matter; nil where there are none.
    func solution(_ function: Function) -> [(variable: Int, value: Bool)]? {
        guard function != Self.never else { return nil }
        var function = function
        var values: [(Int, Bool)] = []
        while function > Self.always {
            let node = nodes[Int(function)]
            // A reduced diagram has no way that leads only to `never` but that one itself.
            values.append((Self.number(node.level), node.low == Self.never))
            function = node.low == Self.never ? node.high : node.low
        }
        return values
    }

    /// The ways on which it becomes true, up to a number of them; whether these are all.
    func solutions(_ function: Function, limit: Int) -> (ways: [[(variable: Int, value: Bool)]], isComplete: Bool) {
        var ways: [[(variable: Int, value: Bool)]] = []
        var open: [(function: Function, way: [(variable: Int, value: Bool)])] = [(function, [])]
        while let (function, way) = open.popLast() {
            if function == Self.never { continue }
            if function == Self.always {
                guard ways.count < limit else { return (ways, false) }
                ways.append(way)
                continue
            }
            let node = nodes[Int(function)]
            open.append((node.low, way + [(Self.number(node.level), false)]))
            open.append((node.high, way + [(Self.number(node.level), true)]))
        }
        return (ways, true)
    }
}
