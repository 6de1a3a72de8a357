import Diagnostics
import Flask

extension Parser {
    mutating func finishRule(
        _ statement: Statement, _ start: Token, help: String? = nil, suggestion: (replacement: String, span: Span)? = nil
    ) throws(Failure) {
        try semicolon(help: help, suggestion: suggestion)
        append(statement, start)
    }

    /// A statement among types, roles and rules.
    mutating func ruleStatement(_ keyword: Keyword, _ start: Token) throws(Failure) {
        switch keyword {
        case .attribute, .expandattribute, .type, .typealias_, .typeattribute, .typebounds, .bool, .tunable, .permissive,
            .neveraudit, .policycap:
            try typeDeclaration(keyword, start)
        case .attributeRole, .role, .roleattribute, .roleTransition:
            try roleStatement(keyword, start)
        case .allow: try allow(start)
        case .auditallow: try accessRule(.auditAllow, start)
        case .auditdeny: try accessRule(.auditDeny, start)
        case .dontaudit: try accessRule(.dontAudit, start)
        case .neverallow: try accessRule(.neverAllow, start)
        case .typeTransition: try typeRule(.transition, start)
        case .typeMember: try typeRule(.member, start)
        case .typeChange: try typeRule(.change, start)
        case .allowxperm: try extendedRule(.allow, start)
        case .auditallowxperm: try extendedRule(.auditAllow, start)
        case .dontauditxperm: try extendedRule(.dontAudit, start)
        case .neverallowxperm: try extendedRule(.neverAllow, start)
        case .rangeTransition: try rangeTransition(start)
        case .if: try conditional(start)
        case .optional: try optional(start)
        default: throw unexpected("a statement")
        }
    }

    // MARK: Declarations

    private mutating func typeDeclaration(_ keyword: Keyword, _ start: Token) throws(Failure) {
        advance()
        switch keyword {
        case .attribute:
            try finishRule(.attribute(try name("attribute name")), start)
        case .expandattribute:
            let attributes = try nameSet("attribute")
            try finishRule(.expandAttribute(attributes, try truth()), start)
        case .type:
            let type = try name("type name")
            let aliases = try self.aliases()
            let attributes = take(.comma) ? try commaList("attribute") : NameList.empty
            try finishRule(
                .type(type, aliases: aliases, attributes: attributes), start,
                help: "the attributes of a type follow a comma: `type name, attribute, attribute;`",
                suggestion: token.kind == .identifier ? (",", endOfLast) : nil)
        case .typealias_:
            let type = try name("type name")
            guard token.kind == .keyword(.alias) else { throw unexpected("`alias`") }
            try finishRule(.typeAlias(type, aliases: try aliases()), start)
        case .typeattribute:
            let type = try name("type name")
            try finishRule(.typeAttribute(type, attributes: try commaList("attribute")), start)
        case .typebounds:
            let parent = try name("type name")
            try finishRule(.typeBounds(parent, children: try commaList("type")), start)
        case .bool, .tunable:
            let boolean = try name("boolean name")
            let value = try truth()
            try finishRule(.boolean(boolean, value: value, isTunable: keyword == .tunable), start)
        case .permissive:
            try finishRule(.permissive(try name("type name")), start)
        case .neveraudit:
            guard dialect.hasNeveraudit else {
                diagnostics.report(
                    .error, "unknown-statement", "`neveraudit` needs the layout of checkpolicy 3.6 or later", at: span(start))
                throw Failure()
            }
            try finishRule(.neveraudit(try name("type name")), start)
        default:
            try finishRule(.policyCapability(try name("policy capability name")), start)
        }
    }

    private mutating func truth() throws(Failure) -> Bool {
        if take(.keyword(.true)) { return true }
        if take(.keyword(.false)) { return false }
        throw unexpected("`true` or `false`")
    }

    private mutating func roleStatement(_ keyword: Keyword, _ start: Token) throws(Failure) {
        advance()
        switch keyword {
        case .attributeRole:
            try finishRule(.attributeRole(try name("role attribute name")), start)
        case .roleattribute:
            let role = try name("role name")
            try finishRule(.roleAttribute(role, attributes: try commaList("role attribute")), start)
        case .role:
            let role = try name("role name")
            if take(.keyword(.types)) {
                try finishRule(.roleTypes(role, types: try nameSet("type")), start)
            } else {
                let attributes = take(.comma) ? try commaList("role attribute") : NameList.empty
                try finishRule(
                    .role(role, attributes: attributes), start, help: "the types of a role are given by `role name types { … };`",
                    suggestion: token.kind == .identifier ? (" types", endOfLast) : nil)
            }
        default:
            let roles = try nameSet("role")
            let types = try nameSet("type")
            let classes: NameList? = take(.colon) ? try nameSet("class") : nil
            let newRole = try name("role name")
            try finishRule(.roleTransition(roles: roles, types: types, classes: classes, newRole: newRole), start)
        }
    }

    // MARK: Rules

    /// `allow source target:class permissions;` or `allow role role;`
    private mutating func allow(_ start: Token) throws(Failure) {
        advance()
        let source = try nameSet("type or role")
        let target = try nameSet("type or role")
        if token.kind == .semicolon, !isInConditional {
            try finishRule(.roleAllow(source: source, target: target), start)
            return
        }
        try accessRule(.allow, source, target, start)
    }

    private mutating func accessRule(_ kind: AccessRule.Kind, _ start: Token) throws(Failure) {
        advance()
        let source = try nameSet("type")
        let target = try nameSet("type")
        try accessRule(kind, source, target, start)
    }

    private mutating func accessRule(
        _ kind: AccessRule.Kind, _ source: NameList, _ target: NameList, _ start: Token
    ) throws(Failure) {
        guard take(.colon) else {
            throw unexpected(
                "`:` and a class", after: "the target of a rule",
                help: "a rule is written `\(spelling(start)) source target:class permission;`, and several names of a kind stand in braces")
        }
        let classes = try nameSet("class")
        let first = token
        let permissions = try nameSet("permission")
        let isSeveral = token.kind == .identifier || token.kind == .comma
        try finishRule(
            .rule(AccessRule(kind: kind, source: source, target: target, classes: classes, permissions: permissions)), start,
            help: isSeveral ? "several permissions stand in braces, separated by blanks" : nil,
            suggestion: isSeveral && !first.isSetSign ? inBraces(from: first) : nil)
    }

    /// The rest of the statement in braces, if it is a plain list of names on one line.
    private func inBraces(from first: Token) -> (replacement: String, span: Span)? {
        let rest = text.bytes[Int(first.offset)...].prefix(200).prefix { $0 != UInt8(ascii: ";") }
        let words = rest.split { " ,}".utf8.contains($0) }
        guard rest.endIndex < text.bytes.count, text.bytes[rest.endIndex] == UInt8(ascii: ";"),
            !rest.contains(where: { "\n{:~*#(\t-".utf8.contains($0) })
        else { return nil }
        let place = text.span(at: Int(first.offset), length: rest.count)
        // What several pieces of macros made cannot be replaced at one place.
        guard place.length == rest.count else { return nil }
        return ("{ " + words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ") + " }", place)
    }

    private mutating func typeRule(_ kind: TypeRule.Kind, _ start: Token) throws(Failure) {
        advance()
        let source = try nameSet("type")
        let target = try nameSet("type")
        try expect(.colon, "`:` and a class", after: "the target of a rule")
        let classes = try nameSet("class")
        let newType = try name("type name")
        var fileName: NameReference?
        if kind == .transition, token.kind == .fileName { fileName = takeReference() }
        try finishRule(
            .typeRule(
                TypeRule(
                    kind: kind, source: source, target: target, classes: classes, newType: newType, fileName: fileName)),
            start)
    }

    private mutating func rangeTransition(_ start: Token) throws(Failure) {
        if !isMLS {
            diagnostics.report(
                .error, "mls-disabled", "`range_transition` needs a policy with MLS", at: span(start),
                help: "compile with `--mls`, or leave the MLS part out")
            throw Failure()
        }
        advance()
        let source = try nameSet("type")
        let target = try nameSet("type")
        let classes: NameList? = take(.colon) ? try nameSet("class") : nil
        try finishRule(
            .rangeTransition(source: source, target: target, classes: classes, try rangeIndex()), start)
    }

    private mutating func extendedRule(_ kind: ExtendedRule.Kind, _ start: Token) throws(Failure) {
        advance()
        let source = try nameSet("type")
        let target = try nameSet("type")
        try expect(.colon, "`:` and a class", after: "the target of a rule")
        let classes = try nameSet("class")
        let operation = try name("operation name")
        let isComplement = take(.tilde)
        let first = UInt32(syntax.extendedRanges.count)
        if token.kind == .leftBrace {
            try extendedRanges()
        } else {
            let offset = token.offset
            let number = UInt64(try number32("a number"))
            syntax.extendedRanges.append(.init(low: number, high: number, offset: offset))
        }
        let ranges = ExpressionRange(first: first, count: UInt32(syntax.extendedRanges.count) - first)
        try finishRule(
            .extendedRule(
                ExtendedRule(
                    kind: kind, source: source, target: target, classes: classes, operation: operation, ranges: ranges,
                    isComplement: isComplement)),
            start)
    }

    private mutating func extendedRanges() throws(Failure) {
        advance()
        var depth = 1
        var isEmpty = true
        while depth > 0 {
            switch token.kind {
            case .number:
                let offset = token.offset
                let low = UInt64(try number32("a number"))
                let high = take(.minus) ? UInt64(try number32("a number")) : low
                syntax.extendedRanges.append(.init(low: low, high: high, offset: offset))
                isEmpty = false
            case .leftBrace:
                guard depth < Self.maximumNesting else { throw tooDeep("sets") }
                advance()
                depth += 1
                isEmpty = true
            case .rightBrace where !isEmpty:
                advance()
                depth -= 1
            default:
                _ = unexpected("a number or a range of numbers")
                return try skipSet(depth)
            }
        }
    }
}

extension Token {
    /// Whether a set that is not a single name begins here.
    fileprivate var isSetSign: Bool { kind == .leftBrace || kind == .star || kind == .tilde }
}
