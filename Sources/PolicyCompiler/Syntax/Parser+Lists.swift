import Diagnostics
import Flask

extension Parser {
    mutating func beginList() -> UInt32 { UInt32(syntax.names.count) }

    func endList(_ first: UInt32) -> NameList {
        NameList(first: first, count: UInt32(syntax.names.count) - first)
    }

    private mutating func append(_ marker: Identifier) {
        syntax.names.append(NameReference(identifier: marker, offset: token.offset))
    }

    /// `name`, `name - name`, `{ … }`, `*`, `~name` or `~{ … }`.
    mutating func nameSet(_ what: String) throws(Failure) -> NameList {
        let first = beginList()
        switch token.kind {
        case .identifier:
            syntax.names.append(takeReference())
            if token.kind == .minus {
                append(.minus)
                advance()
                syntax.names.append(try name("\(what) name"))
            }
        case .leftBrace:
            try nestedSet(what)
        case .star:
            append(.star)
            advance()
        case .tilde:
            append(.complement)
            advance()
            if token.kind == .leftBrace {
                try nestedSet(what)
            } else {
                syntax.names.append(try name("\(what) name"))
            }
        default:
            syntax.names.append(try name("\(what) name"))
        }
        return endList(first)
    }

    /// `{ name -name { name … } … }`; sets in sets are one set.
    private mutating func nestedSet(_ what: String) throws(Failure) {
        let open = token
        advance()
        var depth = 1
        var isEmpty = true
        var hasComma = false
        while depth > 0 {
            switch token.kind {
            case .identifier:
                syntax.names.append(takeReference())
                isEmpty = false
            case .minus:
                append(.minus)
                advance()
                isEmpty = false
                do {
                    syntax.names.append(try name("\(what) name after `-`"))
                } catch {
                    return try skipSet(depth)
                }
            case .leftBrace:
                guard depth < Self.maximumNesting else { throw tooDeep("sets") }
                advance()
                depth += 1
                isEmpty = true
            case .rightBrace:
                if isEmpty {
                    diagnostics.report(
                        .error, "empty-set", "a set of \(what) names must not be empty", at: span(open),
                        label: "this set has no names")
                    isDamaged = true
                    isEmpty = false
                }
                advance()
                depth -= 1
            case .comma:
                if !hasComma { reportComma() }
                hasComma = true
                advance()
            case .semicolon, .end:
                reportUnclosed(open)
                return
            case .keyword where beginsNextStatement:
                reportUnclosed(open)
                return
            case .star, .tilde:
                diagnostics.report(
                    .error, "unexpected-token", "`\(spelling(token))` may stand before a set, not inside it", at: span(token),
                    help: token.kind == .star ? "leave out the braces" : "write `~` before the opening brace")
                return try skipSet(depth)
            default:
                if let reference = reservedName("\(what) name") {
                    syntax.names.append(reference)
                    isEmpty = false
                    continue
                }
                _ = unexpected("\(what) name or `}`".withArticle)
                return try skipSet(depth)
            }
        }
    }

    /// Skips the rest of a set in which a mistake is reported, so that the statement can be read on. Where the set has no
    /// end, the statement has none either.
    mutating func skipSet(_ open: Int) throws(Failure) {
        isDamaged = true
        var depth = open
        while depth > 0 {
            switch token.kind {
            case .end, .semicolon: throw Failure()
            case .keyword where beginsNextStatement: throw Failure()
            case .leftBrace: depth += 1
            case .rightBrace: depth -= 1
            default: break
            }
            advance()
        }
    }

    private mutating func reportComma() {
        diagnostics.report(
            .error, "unexpected-token", "names in a set are separated by blanks, not by commas", at: span(token),
            suggestion: .init(span(token), ""))
    }

    mutating func tooDeep(_ what: String) -> Failure {
        diagnostics.report(
            .error, "nesting-too-deep", "\(what) are nested more than \(Self.maximumNesting) deep", at: span(token))
        return Failure()
    }

    /// `name, name, …`
    mutating func commaList(_ what: String) throws(Failure) -> NameList {
        let first = beginList()
        repeat { syntax.names.append(try name("\(what) name")) } while take(.comma)
        return endList(first)
    }

    /// `{ name name … }`
    mutating func bracedNames(_ what: String) throws(Failure) -> NameList {
        let open = token
        try expect(.leftBrace, "`{`")
        let first = beginList()
        var hasComma = false
        while token.kind != .rightBrace {
            if token.kind == .semicolon || token.kind == .end || beginsNextStatement {
                reportUnclosed(open)
                return endList(first)
            }
            if token.kind == .comma {
                if !hasComma { reportComma() }
                hasComma = true
                advance()
                continue
            }
            do {
                syntax.names.append(try name("\(what) name"))
            } catch {
                try skipSet(1)
                return endList(first)
            }
        }
        if endList(first).isEmpty {
            diagnostics.report(
                .error, "empty-set", "a set of \(what) names must not be empty", at: span(open),
                label: "this set has no names")
        }
        advance()
        return endList(first)
    }

    /// `alias name` or `alias { name … }`, if there is one.
    mutating func aliases() throws(Failure) -> NameList {
        guard take(.keyword(.alias)) else { return .empty }
        return try nameSet("alias")
    }

    // MARK: Numbers

    /// A number as C reads it: hexadecimal with `0x`, octal with a leading `0`, else decimal. Digits that an octal
    /// number cannot have end it, as checkpolicy lets them; that is worth a warning.
    mutating func number64(_ what: String) throws(Failure) -> UInt64 {
        guard token.kind == .number else { throw unexpected(what) }
        let digits = text.bytes[Int(token.offset)..<token.end]
        var value: UInt64 = 0
        var radix: UInt64 = 10
        var rest = digits
        if digits.count > 2, digits[digits.startIndex + 1] == UInt8(ascii: "x") {
            radix = 16
            rest = digits.dropFirst(2)
        } else if digits.count > 1, digits.first == UInt8(ascii: "0") {
            radix = 8
            let isOctal = digits.allSatisfy { $0 < UInt8(ascii: "8") }
            let octal = digits.prefix { $0 < UInt8(ascii: "8") }
            rest = octal
            let all = String(decoding: digits, as: UTF8.self)
            // `00` and `07` are the same number to everybody.
            if octal.count < digits.count || UInt64(all, radix: 8) != UInt64(all) { diagnostics.report(
                .warning, "octal-number",
                isOctal
                    ? "`\(all)` is an octal number: \(UInt64(all, radix: 8).map(String.init) ?? "very large")"
                    : "`\(all)` is read as the octal number `\(String(decoding: octal, as: UTF8.self))`: the rest is ignored",
                at: span(token), help: "write it without the leading `0`") }
        }
        for digit in rest {
            let (scaled, overflow) = value.multipliedReportingOverflow(by: radix)
            let (sum, carry) = scaled.addingReportingOverflow(digit.digitValue)
            guard !overflow, !carry else {
                diagnostics.report(
                    .error, "number-too-large", "`\(spelling(token))` does not fit in 64 bits", at: span(token))
                throw Failure()
            }
            value = sum
        }
        advance()
        return value
    }

    mutating func number32(_ what: String) throws(Failure) -> UInt32 {
        let start = token
        let value = try number64(what)
        guard value <= UInt64(UInt32.max) else {
            diagnostics.report(
                .error, "number-too-large", "`\(spelling(start))` does not fit in 32 bits", at: span(start))
            throw Failure()
        }
        return UInt32(value)
    }

    // MARK: Contexts

    mutating func level() throws(Failure) -> LevelSyntax {
        let sensitivity = try name("sensitivity name")
        guard take(.colon) else { return LevelSyntax(sensitivity: sensitivity, categories: .empty) }
        return LevelSyntax(sensitivity: sensitivity, categories: try commaList("category"))
    }

    mutating func range() throws(Failure) -> RangeSyntax {
        let low = try level()
        guard take(.minus) else { return RangeSyntax(low: low, high: nil) }
        return RangeSyntax(low: low, high: try level())
    }

    mutating func rangeIndex() throws(Failure) -> Statement.RangeIndex {
        syntax.ranges.append(try range())
        return Statement.RangeIndex(value: UInt32(syntax.ranges.count - 1))
    }

    private mutating func contextColon(after part: String) throws(Failure) {
        guard !take(.colon) else { return }
        throw unexpected(
            "`:`", after: "\(part) of a context",
            help: "a context is `user:role:type`, and `user:role:type:range` in a policy with MLS")
    }

    /// `user:role:type` or `user:role:type:range`.
    mutating func context() throws(Failure) -> Statement.ContextIndex {
        let user = try name("user name")
        try contextColon(after: "the user")
        let role = try name("role name")
        try contextColon(after: "the role")
        let type = try name("type name")
        let range: RangeSyntax? = take(.colon) ? try self.range() : nil
        syntax.contexts.append(ContextSyntax(user: user, role: role, type: type, range: range))
        return Statement.ContextIndex(value: UInt32(syntax.contexts.count - 1))
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit.
    var digitValue: UInt64 {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(self - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(self - UInt8(ascii: "A")) + 10
        default: 0
        }
    }
}
