import Diagnostics
import Flask

extension Parser {
    /// `if (expression) { rules } else { rules }`
    mutating func conditional(_ start: Token) throws(Failure) {
        advance()
        let expression: ExpressionRange
        do {
            expression = try condition()
        } catch {
            skipBranches()
            return
        }
        append(.ifBegin(expression), start)
        try conditionalBranch()
        if token.kind == .keyword(.else) {
            append(.ifElse, token)
            advance()
            try conditionalBranch()
        }
        append(.ifEnd, start)
    }

    /// Reads the branches of an `if` whose condition cannot be read, for their mistakes.
    private mutating func skipBranches() {
        while token.kind != .leftBrace {
            if token.kind == .end || beginsNextStatement { return }
            let kind = token.kind
            advance()
            if kind == .semicolon { return }
        }
        let count = syntax.nodes.count
        do {
            try conditionalBranch()
            if take(.keyword(.else)) { try conditionalBranch() }
        } catch {
            // It is reported.
        }
        syntax.nodes.removeLast(syntax.nodes.count - count)
    }

    private mutating func conditionalBranch() throws(Failure) {
        isInConditional = true
        defer { isInConditional = false }
        let open = token
        guard take(.leftBrace) else {
            // The block must be closed whatever happens, or the rest of the text would belong to it.
            let failure = unexpected("`{`", help: "the rules of an `if` stand in braces, also a single one")
            append(.ifEnd, token)
            throw failure
        }
        // In a block that is never closed, what does not belong there is no mistake of its own.
        let isClosed = isClosed(open)
        while token.kind != .rightBrace {
            let start = token
            guard case .keyword(let keyword) = token.kind, keyword.isAllowedInConditional else {
                if token.kind == .end || (!isClosed && token.isForeignToConditional) {
                    reportUnclosed(open)
                    return
                }
                reportInConditional()
                skipInBlock(from: start)
                continue
            }
            statementStart = Int(start.offset)
            do {
                if keyword == .require {
                    try requireBlock()
                } else {
                    try ruleStatement(keyword, start)
                }
            } catch {
                skipInBlock(from: start)
            }
        }
        advance()
    }

    private mutating func reportInConditional() {
        guard case .keyword(let keyword) = token.kind, keyword.beginsStatement else {
            _ = unexpected("a rule or `}`")
            return
        }
        diagnostics.report(
            .error, "not-in-conditional", "`\(spelling(token))` may not stand in an `if` block", at: span(token),
            help: "only allow, auditallow, auditdeny, dontaudit and type_* rules depend on booleans")
    }

    /// `optional { … } else { … }`
    mutating func optional(_ start: Token) throws(Failure) {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting < Self.maximumNesting else { throw tooDeep("optional blocks") }
        advance()
        append(.optionalBegin, start)
        try optionalBranch()
        if token.kind == .keyword(.else) {
            append(.optionalElse, token)
            advance()
            try optionalBranch()
        }
        append(.optionalEnd, start)
    }

    private mutating func optionalBranch() throws(Failure) {
        let open = token
        guard take(.leftBrace) else {
            let failure = unexpected("`{`", after: "`optional`")
            append(.optionalEnd, token)
            throw failure
        }
        var isEmpty = true
        var hasUsers = false
        while token.kind != .rightBrace {
            let start = token
            if token.kind == .end || (token.isForeignToOptional && !isClosed(open)) {
                reportUnclosed(open)
                return
            }
            let isUser = token.kind == .keyword(.user)
            if isUser ? isEmpty : hasUsers { reportMisplacedUser(isFirst: isEmpty) }
            hasUsers = hasUsers || isUser
            statementStart = Int(start.offset)
            do {
                switch token.kind {
                case .semicolon: advance()
                case .keyword(.require): try requireBlock()
                case .keyword(.user): try user(start)
                case .keyword(let keyword) where keyword.standsAmongRules && keyword != .policycap:
                    try ruleStatement(keyword, start)
                case .keyword(let keyword) where keyword.beginsStatement:
                    diagnostics.report(
                        .error, "not-in-optional", "`\(keyword.rawValue)` may not stand in an `optional` block", at: span(token),
                        help: "move it out of the block")
                    throw Failure()
                default: try parseStatement()
                }
            } catch {
                skipInBlock(from: start)
            }
            isEmpty = false
        }
        if isEmpty {
            diagnostics.report(.error, "empty-block", "an `optional` block must not be empty", at: span(open),
                help: "remove the block")
        }
        advance()
    }

    /// Users stand at the end of a branch, and not alone.
    private mutating func reportMisplacedUser(isFirst: Bool) {
        diagnostics.report(
            .error, "misplaced-user",
            isFirst
                ? "an `optional` block must not begin with a user"
                : "`\(spelling(token))` stands behind a user in an `optional` block",
            at: span(token),
            help: isFirst
                ? "put the block's `require`, or another statement, before it" : "users belong at the end of the block")
    }

    /// Reads `require { … }`; without its names where it has no meaning.
    mutating func requireBlock(readsNames: Bool = true) throws(Failure) {
        let count = syntax.nodes.count
        defer { if !readsNames { syntax.nodes.removeLast(syntax.nodes.count - count) } }
        advance()
        try expect(.leftBrace, "`{`", after: "`require`")
        repeat {
            let start = token
            guard case .keyword(let keyword) = token.kind else {
                throw unexpected("a kind of symbol, such as `type`, or `}`")
            }
            if keyword == .class {
                advance()
                let objectClass = try name("class name")
                let permissions = try nameSet("permission")
                try finishRule(.requireClass(objectClass, permissions: permissions), start)
                continue
            }
            guard let kind = keyword.requiredSymbol else {
                throw unexpected("a kind of symbol, such as `type`, or `}`")
            }
            advance()
            let names = try commaList(keyword.rawValue)
            try semicolon()
            for reference in syntax[names] { append(.require(kind, reference), start) }
        } while token.kind != .rightBrace
        advance()
    }
}

extension Token {
    /// Whether it shows that an `if` block should have ended before it.
    fileprivate var isForeignToConditional: Bool {
        switch kind {
        case .end: true
        case .keyword(let keyword): keyword.beginsStatement && !keyword.isAllowedInConditional
        default: false
        }
    }

    /// Whether it shows that an `optional` block should have ended before it.
    fileprivate var isForeignToOptional: Bool {
        switch kind {
        case .end: true
        case .keyword(let keyword):
            keyword.beginsStatement && !keyword.standsAmongRules && keyword != .require && keyword != .user
        default: false
        }
    }
}

extension Keyword {
    fileprivate var isAllowedInConditional: Bool {
        switch self {
        case .allow, .auditallow, .auditdeny, .dontaudit, .allowxperm, .auditallowxperm, .dontauditxperm, .typeTransition,
            .typeMember, .typeChange, .require:
            true
        default: false
        }
    }

    fileprivate var requiredSymbol: Statement.RequiredSymbol? {
        switch self {
        case .role: .role
        case .type: .type
        case .attribute: .attribute
        case .attributeRole: .attributeRole
        case .user: .user
        case .bool: .boolean
        case .tunable: .tunable
        case .sensitivity: .sensitivity
        case .category: .category
        default: nil
        }
    }
}
