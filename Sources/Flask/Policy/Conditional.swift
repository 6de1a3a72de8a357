/// Rules that hold while an expression over booleans is true, and others that hold while it is false.
public struct Conditional: Hashable, Sendable {
    public enum Operator: UInt32, Hashable, Sendable {
        case boolean = 1
        case not = 2
        case or = 3
        case and = 4
        case xor = 5
        case equal = 6
        case notEqual = 7
    }

    /// One step of the expression, in reverse Polish order.
    public struct Term: Hashable, Sendable {
        public var operation: Operator
        /// The boolean's number; 0 for operators.
        public var boolean: UInt32

        public init(_ operation: Operator, boolean: UInt32 = 0) {
            self.operation = operation
            self.boolean = boolean
        }
    }

    /// The expression's value with the booleans' first values; nil when it cannot be evaluated.
    public var state: Bool?
    public var expression: [Term]
    public var whenTrue: [Rule]
    public var whenFalse: [Rule]

    public init(state: Bool?, expression: [Term], whenTrue: [Rule] = [], whenFalse: [Rule] = []) {
        self.state = state
        self.expression = expression
        self.whenTrue = whenTrue
        self.whenFalse = whenFalse
    }

    /// The deepest stack that an expression may need (Xen, xen/xsm/flask/ss/conditional.h: `COND_EXPR_MAXDEPTH`).
    public static let maximumDepth = 10
}
