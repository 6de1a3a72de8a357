import Diagnostics
import PolicyCompiler
import Spelling

/// Reads the lines of an assertion file. A mistake costs the rest of its line, and nothing else.
struct AssertionParser {
    private let file: SourceFile
    private let tokens: [AssertionToken]
    private var index = 0
    private(set) var tests: [AssertionTest] = []
    private(set) var diagnostics: [Diagnostic] = []

    /// The rest of the line cannot be read; it has been said why.
    private struct Malformed: Error {}

    init(_ file: SourceFile) {
        self.file = file
        var diagnostics: [Diagnostic] = []
        tokens = AssertionLexer.tokens(of: file, &diagnostics)
        self.diagnostics = diagnostics
    }

    mutating func parse() {
        while index < tokens.count {
            let start = index
            do throws(Malformed) {
                try parseLine()
            } catch {
                while index < tokens.count, tokens[index].kind != .lineEnd { index += 1 }
            }
            index = max(index, start + 1)
        }
        let isEmpty = tests.allSatisfy(\.assertions.isEmpty)
        for test in tests where test.assertions.isEmpty && diagnostics.isEmpty {
            report("the test `\(test.name)` asserts nothing", at: test.span)
        }
        if tests.isEmpty, isEmpty, diagnostics.isEmpty { report("the file asserts nothing", at: Span(start: file.start, length: 0)) }
    }

    // MARK: Lines

    private mutating func parseLine() throws(Malformed) {
        guard let first = token, first.kind != .lineEnd else { return }
        if first.isWord("test") {
            index += 1
            guard let name = token, name.kind == .string else { throw fail("a test's name is wanted here, in quotes", token ?? first) }
            index += 1
            try endLine()
            tests.append(AssertionTest(name: name.text, span: name.span))
            return
        }
        let start = index
        if first.isWord("no"), tokens[index + 1].isWord("flow") {
            index += 2
            add(try parseFlow(from: start))
            return
        }
        guard first.kind == .word, let verb = Assertion.Verb(rawValue: first.text) else {
            let words = Assertion.Verb.allCases.map(\.rawValue) + ["test"]
            let guess = first.kind == .word ? Spelling.guess(first.text, among: words) : nil
            throw fail(
                "a line begins with \(words.map { "`\($0)`" }.joined(separator: ", "))", first, help: guess?.question,
                suggestion: guess?.replacement(of: first.span))
        }
        index += 1
        add(try parse(verb, from: start))
    }

    private mutating func add(_ assertion: Assertion) {
        if tests.isEmpty { tests.append(AssertionTest(name: "", span: Span(start: file.start, length: 0))) }
        tests[tests.count - 1].assertions.append(assertion)
    }

    private mutating func parseFlow(from start: Int) throws(Malformed) -> Assertion {
        let source = try parseNames("the types from which information goes")
        let target = try parseNames("the types to which it must not go")
        var exceptions: AssertionNames?
        if token?.isWord("except") == true {
            index += 1
            exceptions = try parseNames("what it may go through")
        }
        let booleans = try parseBooleans()
        let end = index
        try endLine()
        return Assertion(
            verb: .noFlow, text: text(of: start..<end), span: span(of: start..<end), source: source, target: target,
            classes: AssertionNames(span: target.span), exceptions: exceptions, booleans: booleans)
    }

    private mutating func parse(_ verb: Assertion.Verb, from start: Int) throws(Malformed) -> Assertion {
        let source = try parseNames("who acts: a type, an attribute, `/expression/`, `*`, a context, or several in braces")
        let (target, classes) = try parseTarget()
        var permissions: AssertionNames?
        var result: AssertionNames.Item?
        if verb == .transition {
            let names = try parseNames("the type, or the context, that it gets")
            guard names.included.count == 1, names.excluded.isEmpty, let item = names.included.first, case .name = item.name else {
                throw fail("one type, or one context, is wanted here", at: names.span)
            }
            result = item
        } else {
            permissions = try parseNames("the permissions, or `*`")
        }
        var exceptions: AssertionNames?
        if verb == .deny, let word = token, word.isWord("except") {
            index += 1
            exceptions = try parseNames("who may")
        }
        let booleans = try parseBooleans()
        let end = index
        try endLine()
        return Assertion(
            verb: verb, text: text(of: start..<end), span: span(of: start..<end), source: source, target: target, classes: classes,
            permissions: permissions, exceptions: exceptions, result: result, booleans: booleans)
    }

    private mutating func endLine() throws(Malformed) {
        guard let token, token.kind != .lineEnd else { return }
        throw fail("the line goes on behind its end", token)
    }

    // MARK: Names

    /// `domU_t:domain`, `{ a b }:{ domain grant }`, `user:role:type:domain`.
    private mutating func parseTarget() throws(Malformed) -> (AssertionNames, AssertionNames) {
        let what = "who is acted upon, and the class: `TYPE:CLASS`"
        guard let first = token else { throw malformed(what) }
        let colon = UInt8(ascii: ":")
        if first.kind == .word {
            guard let place = first.bytes.lastIndex(of: colon) else {
                // The colon may stand apart.
                let target = try parseNames(what)
                return (target, try parseClasses(what))
            }
            index += 1
            guard place > 0 else { throw fail("\(what) is wanted here", first) }
            let target = try names(first, first.bytes[..<place], at: 0)
            guard place + 1 < first.bytes.count else { return (target, try parseNames("the class")) }
            return (target, try names(first, first.bytes[(place + 1)...], at: place + 1))
        }
        let target = try parseNames(what)
        return (target, try parseClasses(what))
    }

    /// What follows a target whose end is no part of a word: `:domain`, `: domain`, `:{ domain grant }`.
    private mutating func parseClasses(_ what: String) throws(Malformed) -> AssertionNames {
        guard let token, token.kind == .word, token.bytes.first == UInt8(ascii: ":") else { throw malformed(what) }
        index += 1
        guard token.bytes.count > 1 else { return try parseNames("the class") }
        return try names(token, token.bytes[1...], at: 1)
    }

    /// One name, or several in braces.
    private mutating func parseNames(_ what: String) throws(Malformed) -> AssertionNames {
        guard let first = token, first.kind != .lineEnd else { throw malformed(what) }
        switch first.kind {
        case .word:
            index += 1
            return try names(first, first.bytes[...], at: 0)
        case .expression:
            index += 1
            let item = item(.expression(first.bytes), first.span)
            return AssertionNames(included: [item], span: first.span)
        case .open:
            let start = index
            index += 1
            var names = AssertionNames(span: first.span)
            while let token, token.kind != .close {
                switch token.kind {
                case .word:
                    index += 1
                    try add(token, to: &names)
                case .expression:
                    index += 1
                    names.included.append(item(.expression(token.bytes), token.span))
                default: throw fail("a name is wanted here", token)
                }
            }
            guard token?.kind == .close else { throw Malformed() }
            index += 1
            guard !names.included.isEmpty else {
                throw fail("these braces name nothing", at: span(of: start..<index))
            }
            return AssertionNames(included: names.included, excluded: names.excluded, span: span(of: start..<index))
        default: throw malformed(what)
        }
    }

    /// A word that stands for itself.
    private mutating func names(_ token: AssertionToken, _ bytes: ArraySlice<UInt8>, at offset: Int) throws(Malformed) -> AssertionNames {
        let span = Span(start: token.span.start.advanced(by: offset), length: bytes.count)
        return AssertionNames(included: [try item(bytes, span)], span: span)
    }

    /// A word within braces; a `-` before it takes it away.
    private mutating func add(_ token: AssertionToken, to names: inout AssertionNames) throws(Malformed) {
        guard token.bytes.first == UInt8(ascii: "-") else {
            names.included.append(try item(token.bytes[...], token.span))
            return
        }
        if token.bytes.count == 1, let next = self.token, next.kind == .expression {
            index += 1
            names.excluded.append(item(.expression(next.bytes), next.span))
            return
        }
        names.excluded.append(try item(token.bytes.dropFirst(), token.span))
    }

    private mutating func item(_ bytes: ArraySlice<UInt8>, _ span: Span) throws(Malformed) -> AssertionNames.Item {
        let isOptional = bytes.last == UInt8(ascii: "?")
        let name = isOptional ? bytes.dropLast() : bytes
        guard !name.isEmpty else { throw fail("a name is wanted here", at: span) }
        switch String(decoding: name, as: UTF8.self) {
        case "*": return AssertionNames.Item(name: .all, isOptional: isOptional, span: span)
        case "self": return AssertionNames.Item(name: .itself, isOptional: isOptional, span: span)
        default: return AssertionNames.Item(name: .name(Array(name)), isOptional: isOptional, span: span)
        }
    }

    /// A `?` of its own behind an expression belongs to it.
    private mutating func item(_ name: AssertionNames.Name, _ span: Span) -> AssertionNames.Item {
        let isOptional = token?.isWord("?") == true
        if isOptional { index += 1 }
        return AssertionNames.Item(name: name, isOptional: isOptional, span: span)
    }

    // MARK: Booleans

    /// `with open=on strict=off`, `with any booleans`, `with open=on first booleans`.
    private mutating func parseBooleans() throws(Malformed) -> AssertedBooleans {
        var booleans = AssertedBooleans()
        var values: [[UInt8]: Bool] = [:]
        guard let with = token, with.isWord("with") else { return booleans }
        index += 1
        while let token, token.kind == .word, booleans.others == nil {
            index += 1
            if token.isWord("any") || token.isWord("first"), self.token?.isWord("booleans") == true {
                index += 1
                booleans.others = token.isWord("any") ? .any : .first
                continue
            }
            guard let sign = token.bytes.lastIndex(of: UInt8(ascii: "=")), sign > 0 else {
                throw fail("`with` has `BOOLEAN=on`, `BOOLEAN=off`, `any booleans` or `first booleans`", token)
            }
            let value = String(decoding: token.bytes[(sign + 1)...], as: UTF8.self)
            guard value == "on" || value == "off" else { throw fail("a boolean is `on` or `off`", token) }
            let name = try item(token.bytes[..<sign], Span(start: token.span.start, length: sign))
            guard case .name(let bytes) = name.name else { throw fail("`\(name.text)` is no boolean's name", token) }
            let setting = AssertedBooleans.Setting(name: name, value: value == "on")
            guard values.updateValue(setting.value, forKey: bytes) ?? setting.value == setting.value else {
                throw fail("`\(name.text)` is not both `on` and `off`", token)
            }
            booleans.settings.append(setting)
        }
        guard !booleans.settings.isEmpty || booleans.others != nil else {
            throw fail("`with` has `BOOLEAN=on`, `BOOLEAN=off`, `any booleans` or `first booleans`", with)
        }
        return booleans
    }

    // MARK: Places

    private var token: AssertionToken? { tokens.indices.contains(index) ? tokens[index] : nil }

    private func span(of range: Range<Int>) -> Span {
        guard let first = tokens[range].first, let last = tokens[range].last else { return .unknown }
        let length = Int(last.span.start.rawValue) + last.span.length - Int(first.span.start.rawValue)
        return Span(start: first.span.start, length: length)
    }

    /// What is written there, each stretch of blanks and comments as one blank.
    private func text(of range: Range<Int>) -> String {
        var bytes: [UInt8] = []
        var end: Int?
        for token in tokens[range] {
            let offset = file.offset(of: token.span.start)
            if let end, end < offset { bytes.append(UInt8(ascii: " ")) }
            bytes += file.bytes[offset..<min(offset + token.span.length, file.bytes.count)]
            end = offset + token.span.length
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Mistakes

    private mutating func malformed(_ what: String) -> Malformed {
        if let token { return fail("\(what) is wanted here", token) }
        return Malformed()
    }

    private mutating func fail(
        _ message: String, _ token: AssertionToken, help: String? = nil, suggestion: Diagnostic.Suggestion? = nil
    ) -> Malformed {
        report(message, at: token.span, help: help, suggestion: suggestion)
        return Malformed()
    }

    private mutating func fail(_ message: String, at span: Span) -> Malformed {
        report(message, at: span)
        return Malformed()
    }

    private mutating func report(_ message: String, at span: Span, help: String? = nil, suggestion: Diagnostic.Suggestion? = nil) {
        diagnostics.append(Diagnostic("malformed-assertion", .error, message, at: span, help: help, suggestion: suggestion))
    }
}
