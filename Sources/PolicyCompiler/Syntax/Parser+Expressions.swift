import Diagnostics
import Flask

extension Parser {
    // MARK: Constraints

    /// An expression of a constraint, appended in reverse Polish order.
    mutating func constraintExpression() throws(Failure) -> ExpressionRange {
        let first = UInt32(syntax.constraintTerms.count)
        try constraintOr()
        return ExpressionRange(first: first, count: UInt32(syntax.constraintTerms.count) - first)
    }

    private mutating func constraintOr() throws(Failure) {
        try constraintAnd()
        while token.kind == .or || token.kind == .keyword(.or) {
            let offset = token.offset
            advance()
            try constraintAnd()
            appendConstraint(.or, offset)
        }
    }

    private mutating func constraintAnd() throws(Failure) {
        try constraintNot()
        while token.kind == .and || token.kind == .keyword(.and) {
            let offset = token.offset
            advance()
            try constraintNot()
            appendConstraint(.and, offset)
        }
    }

    private mutating func constraintNot() throws(Failure) {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting < Self.maximumNesting else { throw tooDeep("expressions") }
        if token.kind == .not || token.kind == .keyword(.not) {
            let offset = token.offset
            advance()
            try constraintNot()
            appendConstraint(.not, offset)
        } else if token.kind == .leftParenthesis {
            let open = token
            advance()
            try constraintOr()
            try close(open)
        } else {
            try constraintTerm()
        }
    }

    /// A parenthesis that closes an expression. Where it is missing at the end, what follows is read as if it were there.
    private mutating func close(_ open: Token) throws(Failure) {
        if take(.rightParenthesis) { return }
        guard token.kind == .semicolon || token.kind == .leftBrace || beginsNextStatement else { throw unexpected("`)`") }
        diagnostics.report(
            .error, "unexpected-token", "expected `)` before `\(spelling(token))`", at: endOfLast,
            labels: [.init(span(open), "to close this")], suggestion: .init(endOfLast, ")"))
    }

    private mutating func appendConstraint(
        _ kind: Constraint.Term.Kind, _ offset: UInt32, _ attribute: Constraint.Attribute = [],
        _ comparison: Constraint.Term.Comparison = .none, names: NameList = .empty
    ) {
        syntax.constraintTerms.append(
            .init(kind: kind, attribute: attribute, comparison: comparison, names: names, offset: offset))
    }

    private mutating func constraintTerm() throws(Failure) {
        let start = token
        guard case .keyword(let keyword) = start.kind else { throw unexpected("a condition such as `t1 == t2`") }
        switch keyword {
        case .u1: try comparison(.user, partner: .u2, ordered: false)
        case .u2: try comparison([.user, .target], partner: nil, ordered: false)
        case .u3: try comparison([.user, .relabellingProcess], partner: nil, ordered: false)
        case .r1: try comparison(.role, partner: .r2, ordered: true)
        case .r2: try comparison([.role, .target], partner: nil, ordered: false)
        case .r3: try comparison([.role, .relabellingProcess], partner: nil, ordered: false)
        case .t1: try comparison(.type, partner: .t2, ordered: false)
        case .t2: try comparison([.type, .target], partner: nil, ordered: false)
        case .t3: try comparison([.type, .relabellingProcess], partner: nil, ordered: false)
        case .sameuser:
            advance()
            appendConstraint(.attribute, start.offset, .user, .equal)
        case .source, .target:
            advance()
            let target: Constraint.Attribute = keyword == .target ? .target : []
            if take(.keyword(.role)) {
                appendConstraint(.names, start.offset, target.union(.role), .equal, names: try constraintNames())
            } else if take(.keyword(.type)) {
                appendConstraint(.names, start.offset, target.union(.type), .equal, names: try constraintNames())
            } else {
                throw unexpected("`role` or `type`", after: "`\(keyword.rawValue)`")
            }
        case .role:
            advance()
            let comparison = try self.comparison(ordered: true)
            appendConstraint(.attribute, start.offset, .role, comparison)
        case .l1, .h1, .l2: try levelComparison(keyword)
        default: throw unexpected("a condition such as `t1 == t2`")
        }
    }

    /// `x1 == x2` or `x1 == names`; only roles can be compared by dominance, and only with each other.
    private mutating func comparison(
        _ attribute: Constraint.Attribute, partner: Keyword?, ordered: Bool
    ) throws(Failure) {
        let start = token
        advance()
        let comparisonToken = token
        let comparison = try self.comparison(ordered: ordered)
        if let partner, take(.keyword(partner)) {
            appendConstraint(.attribute, start.offset, attribute, comparison)
            return
        }
        guard comparison == .equal || comparison == .notEqual else {
            diagnostics.report(
                .error, "unexpected-token", "`\(spelling(comparisonToken))` compares `r1` with `r2` only", at: span(comparisonToken))
            throw Failure()
        }
        appendConstraint(.names, start.offset, attribute, comparison, names: try constraintNames())
    }

    private mutating func comparison(ordered: Bool) throws(Failure) -> Constraint.Term.Comparison {
        let result: Constraint.Term.Comparison
        switch token.kind {
        case .equal, .keyword(.eq): result = .equal
        case .notEqual: result = .notEqual
        case .keyword(.dom) where ordered: result = .dominates
        case .keyword(.domby) where ordered: result = .dominatedBy
        case .keyword(.incomp) where ordered: result = .incomparable
        default: throw unexpected(ordered ? "`==`, `!=`, `dom`, `domby` or `incomp`" : "`==` or `!=`")
        }
        advance()
        return result
    }

    private mutating func levelComparison(_ left: Keyword) throws(Failure) {
        let start = token
        advance()
        let comparison = try self.comparison(ordered: true)
        let attribute: Constraint.Attribute
        switch (left, token.kind) {
        case (.l1, .keyword(.l2)): attribute = .lowLow
        case (.l1, .keyword(.h2)): attribute = .lowHigh
        case (.h1, .keyword(.l2)): attribute = .highLow
        case (.h1, .keyword(.h2)): attribute = .highHigh
        case (.l1, .keyword(.h1)): attribute = .sourceLowHigh
        case (.l2, .keyword(.h2)): attribute = .targetLowHigh
        default: throw unexpected(left == .l2 ? "`h2`" : left == .l1 ? "`l2`, `h2` or `h1`" : "`l2` or `h2`")
        }
        advance()
        appendConstraint(.attribute, start.offset, attribute, comparison)
    }

    /// A name, or names in braces; `*`, `~` and `-` have no place in a constraint.
    private mutating func constraintNames() throws(Failure) -> NameList {
        switch token.kind {
        case .star, .tilde, .minus:
            diagnostics.report(
                .error, "unexpected-token", "`\(spelling(token))` is not allowed in a constraint", at: span(token),
                help: "name the types, or give them an attribute and name that")
            throw Failure()
        case .leftBrace:
            return try bracedNames("type, role or user")
        default:
            let first = beginList()
            // A word of another pair, such as `u1 == r2`, is meant as it stands.
            guard token.kind == .identifier else { throw unexpected("a type, role or user name") }
            syntax.names.append(takeReference())
            return endList(first)
        }
    }

    // MARK: Conditions

    /// The expression of an `if`, appended in reverse Polish order.
    mutating func condition() throws(Failure) -> ExpressionRange {
        let first = UInt32(syntax.conditionTerms.count)
        try condition(above: 0)
        return ExpressionRange(first: first, count: UInt32(syntax.conditionTerms.count) - first)
    }

    /// Binary operators by precedence: or, xor, and; not; then == and !=, which bind tightest.
    private mutating func condition(above minimum: Int) throws(Failure) {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting < Self.maximumNesting else { throw tooDeep("expressions") }
        try conditionOperand()
        while let (operation, precedence) = binaryOperator, precedence > minimum {
            advance()
            try condition(above: precedence)
            syntax.conditionTerms.append(
                .init(operation: operation, boolean: NameReference(identifier: .minus, offset: token.offset)))
        }
    }

    private var binaryOperator: (Conditional.Operator, Int)? {
        switch token.kind {
        case .or, .keyword(.or): (.or, 1)
        case .xor, .keyword(.xor): (.xor, 2)
        case .and, .keyword(.and): (.and, 3)
        case .equal, .keyword(.eq): (.equal, 5)
        case .notEqual: (.notEqual, 5)
        default: nil
        }
    }

    private mutating func conditionOperand() throws(Failure) {
        if token.kind == .not || token.kind == .keyword(.not) {
            let offset = token.offset
            advance()
            try condition(above: 4)
            syntax.conditionTerms.append(
                .init(operation: .not, boolean: NameReference(identifier: .minus, offset: offset)))
        } else if token.kind == .leftParenthesis {
            let open = token
            advance()
            try condition(above: 0)
            try close(open)
        } else {
            syntax.conditionTerms.append(.init(operation: .boolean, boolean: try name("boolean name")))
        }
    }
}
