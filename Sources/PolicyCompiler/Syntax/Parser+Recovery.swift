import Diagnostics
import Flask

extension Parser {
    // MARK: Going on after a mistake

    /// Skips to where a statement may begin: behind the next semicolon, at a line that begins with a keyword, or behind the
    /// brace that ends what has no semicolon.
    mutating func recover(from start: Token) {
        isDamaged = false
        if token.offset == start.offset { advance() }
        var depth = openBraces(since: start)
        // The statements in a block are skipped with it, unless it has no end.
        let isBlock = start.isBlock && (depth == 0 || isClosed(from: Int(token.offset), depth))
        while true {
            switch token.kind {
            case .end: return
            case .semicolon where !isBlock || depth == 0:
                advance()
                return
            case .leftBrace: depth += 1
            case .rightBrace:
                depth -= 1
                guard depth > 0 || (depth == 0 && !start.endsWithBrace) else {
                    advance()
                    return
                }
            case .keyword(let keyword) where keyword.beginsStatement && beginsLine && (!isBlock || depth == 0): return
            default: break
            }
            advance()
        }
    }

    /// How many of the braces from a token on are open where the parser is.
    private func openBraces(since start: Token) -> Int {
        var depth = 0
        var isComment = false
        for byte in text.bytes[Int(start.offset)..<max(Int(start.offset), Int(token.offset))] {
            switch byte {
            case UInt8(ascii: "\n"): isComment = false
            case UInt8(ascii: "#"): isComment = true
            case UInt8(ascii: "{") where !isComment: depth += 1
            case UInt8(ascii: "}") where !isComment: depth = max(0, depth - 1)
            default: break
            }
        }
        return depth
    }

    /// Skips a statement that cannot be read, without leaving the block.
    mutating func skipInBlock(from start: Token) {
        isDamaged = false
        if token.offset == start.offset { advance() }
        defer { noteUnread(from: Int(start.offset), to: Int(lastEnd)) }
        var depth = openBraces(since: start)
        while true {
            switch token.kind {
            case .end: return
            case .semicolon where depth == 0:
                advance()
                return
            case .leftBrace: depth += 1
            case .rightBrace:
                if depth == 0 { return }
                depth -= 1
                if depth == 0, start.endsWithBrace {
                    advance()
                    return
                }
            case .keyword(let keyword) where depth == 0 && keyword.beginsStatement && beginsLine: return
            default: break
            }
            advance()
        }
    }

    /// Gives up on a text that is something else.
    mutating func skipRest() {
        while token.kind != .end { advance() }
        syntax.missingSection = .classes
    }

    /// Remembers the names in a text that was skipped: it may have declared them, so that calling them unknown later
    /// would only repeat the mistake that is reported already.
    mutating func noteUnread(from start: Int, to end: Int) {
        var place = start
        while place < end {
            let word = text.bytes[place..<end].prefix { $0.isNameByte }
            if let identifier = lexer.identifiers.find(String(decoding: word, as: UTF8.self)) {
                syntax.unread.insert(identifier)
            }
            place += word.count + 1
        }
    }

    /// Whether a brace that opens a block is closed somewhere.
    func isClosed(_ open: Token) -> Bool { isClosed(from: Int(open.offset), 0) }

    /// Whether so many open braces, and those that follow, are closed somewhere.
    private func isClosed(from offset: Int, _ open: Int) -> Bool {
        var depth = open
        var isComment = false
        for byte in text.bytes[offset...] {
            switch byte {
            case UInt8(ascii: "\n"): isComment = false
            case UInt8(ascii: "#"): isComment = true
            case UInt8(ascii: "{") where !isComment: depth += 1
            case UInt8(ascii: "}") where !isComment:
                depth -= 1
                if depth == 0 { return true }
            default: break
            }
        }
        return false
    }

    /// Reports a brace whose closing one is missing. What follows is read as if it stood there.
    mutating func reportUnclosed(_ open: Token) {
        let place = endOfLast
        let next = token.kind == .end ? "the end of the policy" : "`\(spelling(token))`"
        syntax.hasUnclosedBrace = true
        diagnostics.report(
            .error, "unbalanced-brace", "this `{` is not closed before \(next)", at: span(open),
            labels: token.kind == .end ? [] : [.init(span(token), "this cannot stand inside the braces")],
            help: "close it with `}`", suggestion: .init(place, " }"))
    }

    /// The token before the current one.
    var lastWord: Span {
        let end = min(Int(lastEnd), text.bytes.count)
        let word = text.bytes[..<end].reversed().prefix { $0.isNameByte }.count
        let length = min(end, max(1, word))
        return text.span(at: end - length, length: length)
    }

    /// Behind the token before the current one: where something is missing.
    var endOfLast: Span { text.span(at: Int(lastEnd), length: 0) }

    /// Whether the current token is the first on its line.
    var beginsLine: Bool {
        text.bytes[min(Int(lastEnd), Int(token.offset))..<Int(token.offset)].contains(UInt8(ascii: "\n"))
    }

    /// Whether the current token looks like the beginning of the next statement.
    var beginsNextStatement: Bool {
        switch token.kind {
        case .keyword(let keyword): keyword.beginsStatement && beginsLine
        case .identifier:
            beginsLine && token.end < text.bytes.count && text.bytes[token.end] == UInt8(ascii: "(")
        default: false
        }
    }

    // MARK: Statements' ends

    /// The semicolon that ends a statement. A missing one is reported where it belongs, behind what it ends.
    mutating func semicolon(
        help: String? = nil, suggestion: (replacement: String, span: Span)? = nil
    ) throws(Failure) {
        if take(.semicolon) { return }
        var isNext = beginsNextStatement
        if case .keyword(let keyword) = token.kind, keyword.beginsStatement { isNext = true }
        guard isNext || token.kind == .end else {
            throw unexpected(
                "`;`", help: help, suggestion: suggestion.map { .init($0.span, $0.replacement) })
        }
        let next = token.kind == .end ? "the end of the policy" : "`\(spelling(token))`"
        diagnostics.report(
            .error, "missing-semicolon", "expected `;` before \(next)", at: endOfLast, suggestion: .init(endOfLast, ";"))
    }

    /// A semicolon that ends nothing is allowed among the rules only.
    mutating func straySemicolon() {
        let stray = token
        advance()
        if section == .rules { return }
        if section < .rules, case .keyword(let keyword) = token.kind, keyword.standsAmongRules { return }
        diagnostics.report(
            .error, "unexpected-token", "there is nothing that this `;` could end", at: span(stray),
            notes: ["declarations of classes and statements about contexts have no `;`"],
            suggestion: .init(span(stray), ""))
    }

    // MARK: Messages

    /// A token as the author spelled it.
    func spelling(_ token: Token) -> String {
        let end = min(token.end, Int(token.offset) + 60)
        return String(decoding: text.bytes[Int(token.offset)..<end], as: UTF8.self)
    }

    mutating func unexpected(
        _ expected: String, after context: String? = nil, help: String? = nil, suggestion: Diagnostic.Suggestion? = nil
    ) -> Failure {
        if isExplainedByMacroCall() { return Failure() }
        let place = context.map { " after \($0)" } ?? ""
        switch token.kind {
        case .end:
            diagnostics.report(
                .error, "unexpected-end", "the policy ends where \(expected) is expected\(place)", at: endOfLast,
                help: help)
        case .invalid:
            reportInvalid()
        case _ where beginsNextStatement:
            // The token is all right: something is missing before it.
            diagnostics.report(
                .error, "unexpected-token", "expected \(expected)\(place.isEmpty ? "" : place + ",") before `\(spelling(token))`", at: endOfLast,
                help: help, suggestion: suggestion)
        case .keyword where expected.hasSuffix("name"):
            reportReserved(expected)
            // It was meant as a name, so no statement begins here.
            advance()
        case .path where text.bytes[Int(token.offset)...].starts(with: "/*".utf8)
            || text.bytes[Int(token.offset)...].starts(with: "//".utf8):
            diagnostics.report(
                .error, "unexpected-token", "`\(spelling(token).prefix(2))` begins no comment", at: span(token),
                help: "a comment begins with `#` and ends with the line")
        default:
            var help = help
            if token.kind == .leftParenthesis {
                help = "a name followed by `(` is a macro call that nothing defines: check its spelling, and that its module is enabled"
            }
            diagnostics.report(
                .error, "unexpected-token", "expected \(expected)\(place), found `\(spelling(token))`", at: span(token),
                help: help, suggestion: suggestion)
            noteFailedCall()
        }
        return Failure()
    }

    private mutating func reportReserved(_ expected: String) {
        diagnostics.report(
            .error, "reserved-word", "expected \(expected), found `\(spelling(token))`, which is a reserved word",
            at: span(token), help: "choose another name: reserved words are not names in lower or in upper case")
    }

    /// Takes a reserved word that stands for a name. The word is reported once, with how often it was used, and what it
    /// would name is not looked for.
    mutating func reservedName(_ what: String) -> NameReference? {
        guard case .keyword(let keyword) = token.kind, !keyword.joinsParts, !beginsNextStatement else { return nil }
        if var known = reservedNames[keyword] {
            known.count += 1
            reservedNames[keyword] = known
            diagnostics.amend(known.message) {
                $0.notes = ["it stands for a name in \(known.count - 1) more place\(known.count == 2 ? "" : "s")"]
            }
        } else {
            reportReserved(what.withArticle)
            reservedNames[keyword] = (1, diagnostics.diagnostics.count - 1)
        }
        syntax.unread.insert(token.identifier)
        return takeReference()
    }

    mutating func reportInvalid() {
        let byte = text.bytes[Int(token.offset)]
        switch byte {
        case UInt8(ascii: "\""):
            diagnostics.report(
                .error, "invalid-string", "this is neither a quoted path nor a quoted file name", at: span(token),
                help: "a path begins with `\"/`, a file name holds no `/`, and neither crosses a line")
        case UInt8(ascii: "`"), UInt8(ascii: "'"):
            diagnostics.report(
                .error, "stray-quote", "a macro quote is left over", at: span(token),
                help: "quotes of m4 must be balanced; a quote in a comment counts too")
        case UInt8(ascii: "="), UInt8(ascii: "&"), UInt8(ascii: "|"):
            let whole = String(decoding: [byte, byte], as: UTF8.self)
            diagnostics.report(
                .error, "invalid-character", "`\(spelling(token))` is no operator", at: span(token),
                suggestion: .init(span(token), whole))
        default:
            diagnostics.report(
                .error, "invalid-character", "`\(spelling(token))` has no meaning in a policy", at: span(token),
                help: byte >= 0x80 ? "names are ASCII; other text may stand in comments only" : nil)
        }
        advance()
    }

    /// A policy that was compiled already: reported by its magic number, once.
    mutating func isBinary() -> Bool {
        guard text.bytes.starts(with: [0x8c, 0xff, 0x7c, 0xf9]) else { return false }
        diagnostics.report(
            .error, "binary-policy", "this is a compiled policy, not the source of one", at: .unknown,
            help: "compile the tree or policy.conf from which it was made; `xsm-policy info` tells what it holds, and `xsm-compile -b` reads it")
        syntax.missingSection = .classes
        return true
    }
}

extension String {
    /// With `a` or `an` before it.
    var withArticle: String {
        let vowels: Set<Character> = ["a", "e", "i", "o"]
        return first.map { vowels.contains($0) ? "an \(self)" : "a \(self)" } ?? self
    }
}

extension Token {
    /// Whether a block of statements follows.
    fileprivate var isBlock: Bool {
        switch kind {
        case .keyword(.optional), .keyword(.if), .keyword(.require), .keyword(.dominance): true
        default: false
        }
    }

    /// Whether the statement that begins here ends with a brace and not with a semicolon.
    fileprivate var endsWithBrace: Bool {
        switch kind {
        case .keyword(.class), .keyword(.common): true
        default: isBlock
        }
    }
}

extension Keyword {
    /// Whether the word stands between the parts of statements: where it stands for a name, the name is missing.
    fileprivate var joinsParts: Bool {
        switch self {
        case .inherits, .roles, .types, .alias, .level, .range: true
        default: false
        }
    }
}

extension UInt8 {
    fileprivate var isNameByte: Bool {
        (self | 0x20) &- UInt8(ascii: "a") < 26 || self &- UInt8(ascii: "0") < 10 || self == UInt8(ascii: "_")
            || self == UInt8(ascii: "-") || self == UInt8(ascii: ".")
    }
}
