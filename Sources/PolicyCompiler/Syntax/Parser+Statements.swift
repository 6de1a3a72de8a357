import Diagnostics
import Flask
import Spelling

extension Parser {
    /// Reads one statement of any section.
    mutating func parseStatement() throws(Failure) {
        let start = token
        statementStart = Int(start.offset)
        switch token.kind {
        case .semicolon:
            straySemicolon()
        case .keyword(let keyword):
            try parseStatement(keyword, start)
        case .rightBrace:
            diagnostics.report(
                .error, "unbalanced-brace", "this `}` closes nothing", at: span(token),
                help: "remove it, or look for a `{` that is missing before it")
            advance()
        case .identifier:
            try unknownStatement(start)
        default:
            throw unexpected("a statement")
        }
    }

    private mutating func unknownStatement(_ start: Token) throws(Failure) {
        let word = spelling(start)
        advance()
        if token.kind == .leftParenthesis {
            reportUndefinedMacro(start, word)
            skipArguments()
            noteUnread(from: Int(start.offset), to: Int(lastEnd))
            return
        }
        let nearest = Spelling.guess(word, among: Keyword.all.filter(\.beginsStatement).map(\.rawValue))
        let isKeyword = nearest?.name == word.lowercased()
        diagnostics.report(
            .error, "unknown-statement", "`\(word)` begins no statement", at: span(start),
            notes: isKeyword ? ["keywords are written in lower case, or in upper case, and not in both"] : [],
            help: nearest?.isCertain == true ? nil : nearest?.question, suggestion: nearest?.replacement(of: span(start)))
        throw Failure()
    }

    private mutating func reportUndefinedMacro(_ start: Token, _ word: String) {
        // In one call of a macro, an argument may come again and again.
        let call = map.stack(of: span(start).expansion).last?.call ?? .unknown
        guard undefinedMacros.insert(MacroUse(position: map.written(span(start)).start, call: call)).inserted else { return }
        if map.macroNames.contains(word) {
            // It was called elsewhere: so it has a definition, which m4 has not met here.
            diagnostics.report(
                .error, "undefined-macro", "`\(word)` is called like a macro, but is not defined here", at: span(start),
                help: "it is defined in a module that is read later: read this one behind it, or move the definition to an `.if` file, which all modules see")
            return
        }
        let nearest = Spelling.guess(word, among: map.macroNames)
        diagnostics.report(
            .error, "undefined-macro", "`\(word)` is called like a macro, but no macro of that name is defined", at: span(start),
            help: (nearest?.isCertain == false ? nearest?.question : nil)
                ?? "check its spelling, and that the module that defines it is enabled",
            suggestion: nearest?.replacement(of: span(start)))
    }

    /// Skips the arguments of a macro that nothing defines.
    private mutating func skipArguments() {
        var depth = 0
        repeat {
            switch token.kind {
            case .leftParenthesis: depth += 1
            case .rightParenthesis: depth -= 1
            case .end, .semicolon: return
            case .keyword(let keyword) where keyword.beginsStatement && beginsLine: return
            default: break
            }
            advance()
        } while depth > 0
    }

    mutating func append(_ statement: Statement, _ start: Token) {
        if isDamaged {
            isDamaged = false
            noteUnread(from: Int(start.offset), to: Int(lastEnd))
            return
        }
        syntax.nodes.append(.init(statement: statement, offset: start.offset, end: lastEnd))
    }

    /// Ends a statement that ends in a semicolon.
    private mutating func finish(_ statement: Statement, _ start: Token) throws(Failure) {
        try semicolon()
        append(statement, start)
    }

    private mutating func parseStatement(_ keyword: Keyword, _ start: Token) throws(Failure) {
        switch keyword {
        case .class: try objectClass(start)
        case .sid: try initialSID(start)
        case .common:
            enter(.commons, start)
            advance()
            let common = try name("common name")
            append(.common(common, permissions: try bracedNames("permission")), start)
        case .defaultUser: try objectDefault(.user, start)
        case .defaultRole: try objectDefault(.role, start)
        case .defaultType: try objectDefault(.type, start)
        case .defaultRange: try objectDefault(.range, start)
        case .sensitivity, .dominance, .category, .level, .mlsconstrain, .mlsvalidatetrans:
            try mlsStatement(keyword, start)
        case .constrain, .validatetrans:
            enter(.constraints, start)
            try constraint(start, isTransition: keyword == .validatetrans)
        case .user:
            enter(.users, start)
            try user(start)
        case .require:
            diagnostics.report(
                .error, "misplaced-require", "`require` may stand only inside `optional` or `if`", at: span(start),
                help: "leave it out: in a base policy every name is declared somewhere, and needs no `require`")
            try requireBlock(readsNames: false)
        case .module:
            diagnostics.report(
                .error, "module-policy", "this is the source of a policy module, not of a base policy", at: span(start),
                help: "compile it with checkmodule, or flatten it into a base policy")
            skipRest()
        case .pirqcon, .iomemcon, .ioportcon, .pcidevicecon, .devicetreecon:
            enter(.devices, start)
            try deviceContext(keyword, start)
        case .fsUseXattr, .fsUseTask, .fsUseTrans, .genfscon, .portcon, .netifcon, .nodecon, .ibpkeycon, .ibendportcon:
            try networkContext(keyword, start)
        default:
            guard keyword.standsAmongRules else { throw unexpected("a statement") }
            enter(.rules, start)
            try ruleStatement(keyword, start)
        }
    }

    // MARK: Classes and initial SIDs

    private mutating func objectClass(_ start: Token) throws(Failure) {
        advance()
        let objectClass = try name("class name")
        if take(.keyword(.inherits)) {
            enter(.accessVectors, start)
            let common = try name("common name")
            let permissions: NameList? = token.kind == .leftBrace ? try bracedNames("permission") : nil
            append(.accessVector(objectClass, inherits: common, permissions: permissions), start)
        } else if token.kind == .leftBrace {
            enter(.accessVectors, start)
            append(.accessVector(objectClass, inherits: nil, permissions: try bracedNames("permission")), start)
        } else if token.kind == .identifier, !beginsLine {
            throw unexpected(
                "`{`", after: "the class's name", help: "the permissions of a class stand in braces",
                suggestion: .init(endOfLast, " {"))
        } else {
            enter(.classes, start)
            append(.objectClass(objectClass), start)
        }
    }

    private mutating func initialSID(_ start: Token) throws(Failure) {
        advance()
        let sid = try name("initial SID name")
        guard token.kind == .identifier || isReservedUser else {
            enter(.initialSIDs, start)
            append(.initialSID(sid), start)
            return
        }
        // A declaration with a slip may look like a context: only a whole one begins the part of contexts.
        let context = try context()
        enter(.initialContexts, start)
        append(.initialContext(sid, context), start)
    }

    /// Whether a context follows whose user has a reserved word for a name.
    private var isReservedUser: Bool {
        guard case .keyword = token.kind else { return false }
        var ahead = lexer
        return !beginsLine && ahead.next().kind == .colon
    }

    private mutating func objectDefault(_ kind: Statement.ObjectDefault, _ start: Token) throws(Failure) {
        enter(.defaults, start)
        advance()
        let classes = try nameSet("class")
        let value: UInt32
        if kind == .range, take(.keyword(.glblub)) {
            value = 7
        } else {
            let isTarget = token.kind == .keyword(.target)
            guard take(.keyword(.source)) || take(.keyword(.target)) else { throw unexpected("`source` or `target`") }
            if kind == .range {
                let part: UInt32
                switch token.kind {
                case .keyword(.low): part = 1
                case .keyword(.high): part = 2
                case .keyword(.lowHigh): part = 3
                default: throw unexpected("`low`, `high` or `low-high`")
                }
                advance()
                value = (isTarget ? 3 : 0) + part
            } else {
                value = isTarget ? 2 : 1
            }
        }
        try finish(.objectDefault(kind, classes: classes, value: value), start)
    }

    // MARK: MLS

    private mutating func mlsStatement(_ keyword: Keyword, _ start: Token) throws(Failure) {
        if keyword == .dominance, !dialect.hasRoleDominance, isRoleDominance {
            diagnostics.report(
                .error, "role-dominance", "role dominance is refused by checkpolicy 3.6 and later", at: span(start),
                help: "give the roles a role attribute, and that the types; `--layout 3.5` still takes role dominance")
            throw Failure()
        }
        if !isMLS, keyword != .dominance || !dialect.hasRoleDominance {
            diagnostics.report(
                .error, "mls-disabled", "`\(keyword.rawValue)` needs a policy with MLS", at: span(start),
                help: "compile with `--mls`, or leave the MLS part out")
            // One message tells it all: the rest of the MLS part is skipped in silence.
            while case .keyword(let next) = token.kind, next.isMLSOnly { skipStatement() }
            return
        }
        switch keyword {
        case .sensitivity:
            enter(.sensitivities, start)
            advance()
            let sensitivity = try name("sensitivity name")
            let aliases = try self.aliases()
            try finish(.sensitivity(sensitivity, aliases: aliases), start)
        case .dominance:
            try dominance(start)
        case .category:
            enter(.categories, start)
            advance()
            let category = try name("category name")
            let aliases = try self.aliases()
            try finish(.category(category, aliases: aliases), start)
        case .level:
            enter(.levels, start)
            advance()
            let sensitivity = try name("sensitivity name")
            let categories = take(.colon) ? try commaList("category") : NameList.empty
            try finish(.level(sensitivity, categories: categories), start)
        default:
            enter(.mlsConstraints, start)
            try constraint(start, isTransition: keyword == .mlsvalidatetrans)
        }
    }

    private mutating func dominance(_ start: Token) throws(Failure) {
        let isOfRoles = isRoleDominance
        advance()
        if isOfRoles {
            try roleDominance(start)
            return
        }
        enter(.dominance, start)
        if token.kind == .identifier {
            let first = beginList()
            syntax.names.append(takeReference())
            append(.dominance(endList(first)), start)
        } else {
            append(.dominance(try bracedNames("sensitivity")), start)
        }
    }

    /// Whether a `dominance` is the old one of roles: `{ role` follows.
    private var isRoleDominance: Bool {
        var ahead = lexer
        return ahead.next().kind == .leftBrace && ahead.next().kind == .keyword(.role)
    }

    /// `dominance { role a { role b; } }`, which checkpolicy up to 3.5 still reads.
    private mutating func roleDominance(_ start: Token) throws(Failure) {
        enter(.rules, start)
        diagnostics.report(
            .warning, "role-dominance", "role dominance is outdated", at: span(start),
            help: "leave it out: checkpolicy 3.6 and later refuse it")
        advance()
        repeat { _ = try dominatingRole() } while token.kind != .rightBrace
        advance()
    }

    private mutating func dominatingRole() throws(Failure) -> NameReference {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting < Self.maximumNesting else { throw tooDeep("roles") }
        let start = token
        try expect(.keyword(.role), "`role`")
        let role = try name("role name")
        var dominated: [NameReference] = []
        if take(.leftBrace) {
            repeat { dominated.append(try dominatingRole()) } while token.kind != .rightBrace
            advance()
        } else {
            try expect(.semicolon, "`;` or `{`")
        }
        let first = beginList()
        syntax.names.append(contentsOf: dominated)
        append(.roleDominance(role, dominated: endList(first)), start)
        return role
    }

    private mutating func skipStatement() {
        let isDominance = token.kind == .keyword(.dominance)
        while token.kind != .end {
            let kind = token.kind
            advance()
            if kind == .semicolon || (isDominance && kind == .rightBrace) { return }
        }
    }

    private mutating func constraint(_ start: Token, isTransition: Bool) throws(Failure) {
        advance()
        let classes = try nameSet("class")
        let permissions: NameList? = isTransition ? nil : try nameSet("permission")
        let expression = try constraintExpression()
        try finish(.constraint(classes: classes, permissions: permissions, expression), start)
    }

    mutating func user(_ start: Token) throws(Failure) {
        advance()
        let user = try name("user name")
        guard take(.keyword(.roles)) else {
            let isRole = token.kind == .keyword(.role) && !beginsLine
            throw unexpected(
                "`roles`", after: "the user's name", help: "a user is declared like this: `user system_u roles system_r;`",
                suggestion: isRole
                    ? .init(span(token), "roles") : token.kind == .identifier ? .init(endOfLast, " roles") : nil)
        }
        let roles = try nameSet("role")
        guard take(.keyword(.level)) else {
            try finish(.user(user, roles: roles, level: nil, range: nil), start)
            return
        }
        syntax.levels.append(try level())
        let level = Statement.LevelIndex(value: UInt32(syntax.levels.count - 1))
        guard take(.keyword(.range)) else { throw unexpected("`range`", after: "the user's level") }
        try finish(.user(user, roles: roles, level: level, range: try rangeIndex()), start)
    }
}

extension Keyword {
    fileprivate var isMLSOnly: Bool {
        switch self {
        case .sensitivity, .dominance, .category, .level, .mlsconstrain, .mlsvalidatetrans: true
        default: false
        }
    }
}
