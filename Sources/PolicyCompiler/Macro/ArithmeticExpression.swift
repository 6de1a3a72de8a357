/// The integer expressions of `eval`: 32-bit numbers that wrap around.
struct ArithmeticExpression {
    enum Failure: Error, Hashable {
        case syntax(String)
        case divisionByZero
        case negativeExponent
    }

    /// The value, and whether `=` stood for `==`, which deserves a warning.
    static func evaluate(_ text: [UInt8]) throws(Failure) -> (value: Int32, usedAssignment: Bool) {
        var evaluation = ArithmeticExpression(text: text)
        return (try evaluation.run(), evaluation.usedAssignment)
    }

    /// An operand. One without a value fails only when nothing makes the value irrelevant, as in `1 || 1 / 0`.
    private enum Value {
        case number(Int32)
        /// The failure, and where the token begins at which it showed. m4 goes on reading from there once the value
        /// turned out to be irrelevant, and finds a syntax error when the operand did not end there.
        case failure(Failure, at: Int)
    }

    private enum Token: Equatable {
        case number(Int32), open, close, end
        case binary(Operator)
        /// `+` and `-` are binary where an operand went before.
        case plus, minus, complement, not
    }

    private enum Operator: Equatable {
        case power, times, divide, modulo, add, subtract, shiftLeft, shiftRight, greater, greaterOrEqual
        case less, lessOrEqual, equal, unequal, and, exclusiveOr, or, logicalAnd, logicalOr

        var precedence: Int {
            switch self {
            case .power: 11
            case .times, .divide, .modulo: 10
            case .add, .subtract: 9
            case .shiftLeft, .shiftRight: 8
            case .greater, .greaterOrEqual, .less, .lessOrEqual: 7
            case .equal, .unequal: 6
            case .and: 5
            case .exclusiveOr: 4
            case .or: 3
            case .logicalAnd: 2
            case .logicalOr: 1
            }
        }
    }

    /// What waits for its right operand.
    private enum Waiting: Equatable {
        case open
        case binary(Operator)
        case prefix(Token)
    }

    private let text: [UInt8]
    private var place = 0
    private var usedAssignment = false
    private var values: [Value] = []
    private var waiting: [Waiting] = []
    /// Where the token in hand begins.
    private var tokenPlace = 0

    private init(text: [UInt8]) {
        self.text = text
    }

    private mutating func run() throws(Failure) -> Int32 {
        var wantsOperand = true
        while true {
            let token = try nextToken()
            if wantsOperand {
                switch token {
                case .number(let number):
                    values.append(.number(number))
                    applyPrefixes()
                    wantsOperand = false
                case .open: waiting.append(.open)
                case .plus, .minus, .complement, .not: waiting.append(.prefix(token))
                case .end: throw .syntax("an operand is missing at the end")
                default: throw .syntax("an operand is missing")
                }
                continue
            }
            switch token {
            case .end:
                try applyWaiting(above: 0)
                guard waiting.isEmpty else { throw .syntax("a `)` is missing") }
                switch values[0] {
                case .number(let number): return number
                case .failure(let failure, _): throw failure
                }
            case .close:
                try applyWaiting(above: 0)
                guard waiting.popLast() == .open else { throw .syntax("a `)` has no `(`") }
                applyPrefixes()
            case .plus: try push(.add)
            case .minus: try push(.subtract)
            case .binary(let binary): try push(binary)
            default: throw .syntax("an operator is missing")
            }
            wantsOperand = token != .close
        }
    }

    private mutating func push(_ binary: Operator) throws(Failure) {
        // Powers group from the right, everything else from the left.
        try applyWaiting(above: binary == .power ? binary.precedence + 1 : binary.precedence)
        waiting.append(.binary(binary))
    }

    /// Applies the operators that bind at least as strongly as `precedence`, up to an open parenthesis.
    private mutating func applyWaiting(above precedence: Int) throws(Failure) {
        while case .binary(let binary)? = waiting.last, binary.precedence >= precedence {
            waiting.removeLast()
            guard let right = values.popLast(), let left = values.popLast() else {
                throw .syntax("an operand is missing")
            }
            values.append(try apply(binary, left, right))
        }
    }

    private mutating func applyPrefixes() {
        while case .prefix(let prefix)? = waiting.last, let operand = values.popLast() {
            waiting.removeLast()
            guard case .number(let value) = operand else {
                values.append(operand)
                continue
            }
            switch prefix {
            case .minus: values.append(.number(0 &- value))
            case .complement: values.append(.number(~value))
            case .not: values.append(Self.truth(value == 0))
            default: values.append(operand)
            }
        }
    }

    private func apply(_ binary: Operator, _ left: Value, _ right: Value) throws(Failure) -> Value {
        guard case .number(let a) = left else { return left }
        guard case .number(let b) = right else {
            guard binary == .logicalOr && a != 0 || binary == .logicalAnd && a == 0 else { return right }
            if case .failure(_, let place) = right, place != tokenPlace {
                throw .syntax("it goes on behind a value that cannot be computed")
            }
            return Self.truth(a != 0)
        }
        switch binary {
        case .power: return power(a, b)
        case .times: return .number(a &* b)
        case .divide:
            guard b != 0 else { return .failure(.divisionByZero, at: tokenPlace) }
            return .number(a.dividedReportingOverflow(by: b).partialValue)
        case .modulo:
            guard b != 0 else { return .failure(.divisionByZero, at: tokenPlace) }
            return .number(b == -1 ? 0 : a % b)
        case .add: return .number(a &+ b)
        case .subtract: return .number(a &- b)
        case .shiftLeft: return .number(a &<< (b & 31))
        case .shiftRight: return .number(a &>> (b & 31))
        case .greater: return Self.truth(a > b)
        case .greaterOrEqual: return Self.truth(a >= b)
        case .less: return Self.truth(a < b)
        case .lessOrEqual: return Self.truth(a <= b)
        case .equal: return Self.truth(a == b)
        case .unequal: return Self.truth(a != b)
        case .and: return .number(a & b)
        case .exclusiveOr: return .number(a ^ b)
        case .or: return .number(a | b)
        case .logicalAnd: return Self.truth(a != 0 && b != 0)
        case .logicalOr: return Self.truth(a != 0 || b != 0)
        }
    }

    private static func truth(_ condition: Bool) -> Value { .number(condition ? 1 : 0) }

    private func power(_ base: Int32, _ exponent: Int32) -> Value {
        guard exponent >= 0 else { return .failure(.negativeExponent, at: tokenPlace) }
        guard base != 0 || exponent != 0 else { return .failure(.divisionByZero, at: tokenPlace) }
        var result: Int32 = 1
        var square = base
        var left = exponent
        while left > 0 {
            if left & 1 != 0 { result = result &* square }
            square = square &* square
            left >>= 1
        }
        return .number(result)
    }

    // MARK: Tokens

    private mutating func nextToken() throws(Failure) -> Token {
        while place < text.count, DecimalNumber.isSpace(text[place]) { place += 1 }
        tokenPlace = place
        guard place < text.count else { return .end }
        if MacroSyntax.isDigit(text[place]) { return .number(try number()) }
        let byte = text[place]
        place += 1
        switch byte {
        case UInt8(ascii: "("): return .open
        case UInt8(ascii: ")"): return .close
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            // `- -1` is two operators; `--1` is the one of C, which changes variables, and there are none.
            guard place == text.count || text[place] != byte else {
                throw .syntax("`\(String(decoding: [byte, byte], as: UTF8.self))` is no operator")
            }
            return byte == UInt8(ascii: "+") ? .plus : .minus
        case UInt8(ascii: "~"): return .complement
        case UInt8(ascii: "!"): return skip("=") ? .binary(.unequal) : .not
        case UInt8(ascii: "*"): return .binary(skip("*") ? .power : .times)
        case UInt8(ascii: "/"): return .binary(.divide)
        case UInt8(ascii: "%"): return .binary(.modulo)
        case UInt8(ascii: "^"): return .binary(.exclusiveOr)
        case UInt8(ascii: "&"): return .binary(skip("&") ? .logicalAnd : .and)
        case UInt8(ascii: "|"): return .binary(skip("|") ? .logicalOr : .or)
        case UInt8(ascii: ">"): return .binary(skip("=") ? .greaterOrEqual : skip(">") ? .shiftRight : .greater)
        case UInt8(ascii: "<"): return .binary(skip("=") ? .lessOrEqual : skip("<") ? .shiftLeft : .less)
        case UInt8(ascii: "="):
            if !skip("=") { usedAssignment = true }
            return .binary(.equal)
        default:
            throw .syntax("`\(String(decoding: [byte], as: UTF8.self))` is no operator")
        }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard place < text.count, text[place] == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    /// A number: decimal, octal after `0`, and after `0x`, `0b` and `0r<radix>:` in other bases.
    private mutating func number() throws(Failure) -> Int32 {
        var base: UInt32 = 10
        if text[place] == UInt8(ascii: "0") {
            place += 1
            base = 8
            if place < text.count {
                switch text[place] | 0x20 {
                case UInt8(ascii: "x"): (base, place) = (16, place + 1)
                case UInt8(ascii: "b"): (base, place) = (2, place + 1)
                case UInt8(ascii: "r"):
                    place += 1
                    base = 0
                    while place < text.count, MacroSyntax.isDigit(text[place]), base <= 36 {
                        base = base * 10 + UInt32(text[place] - UInt8(ascii: "0"))
                        place += 1
                    }
                    guard (1...36).contains(base), skip(":") else { throw .syntax("a radix is from 1 to 36") }
                default: break
                }
            }
        }
        var value: UInt32 = 0
        while place < text.count {
            let byte = text[place]
            let digit: UInt32
            switch byte | 0x20 {
            case _ where MacroSyntax.isDigit(byte): digit = UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = UInt32((byte | 0x20) - UInt8(ascii: "a")) + 10
            default: return Int32(bitPattern: value)
            }
            if base == 1 {
                // In base 1 the number of ones is the value; leading zeros do not count.
                if digit == 1 { value &+= 1 } else if digit != 0 || value != 0 { break }
            } else if digit >= base {
                break
            } else {
                value = value &* base &+ digit
            }
            place += 1
        }
        return Int32(bitPattern: value)
    }
}
