import Diagnostics
import Flask

/// Reads the tokens of a policy into statements.
///
/// It accepts what checkpolicy's grammar accepts, and recovers: a statement that cannot be read is reported and
/// skipped, so that one run finds every mistake.
struct Parser {
    /// A statement cannot be read; what was wrong is already reported.
    struct Failure: Error {}

    /// Where an author wrote a name, and the call, in a file, of the macro in which it came.
    struct MacroUse: Hashable {
        let position: SourcePosition
        let call: SourcePosition
    }

    /// How deep sets, expressions and blocks may nest: far more than a person writes, far less than a stack holds.
    static let maximumNesting = 200

    let text: MappedText
    let dialect: Dialect
    let isMLS: Bool
    var lexer: Lexer
    var token: Token
    var syntax = Syntax()
    var diagnostics: DiagnosticLog
    var nesting = 0
    var isInConditional = false
    /// The end of the token before the current one.
    var lastEnd: UInt32 = 0
    /// Where the statement that is being read begins.
    var statementStart = 0

    /// Where the text comes from, for what a message says about macros.
    let map: SourceMap
    /// Calls in files that lack an argument and are reported: what follows from it is not.
    var incompleteCalls: Set<SourcePosition> = []
    /// For calls in files, the place of the message about the first statement of theirs that cannot be read.
    var failedCalls: [SourcePosition: Int] = [:]
    /// The calls of macros that nothing defines which are reported already, by where an author wrote them.
    var undefinedMacros: Set<MacroUse> = []
    /// Reserved words that were used as names, with how often, and which message says so.
    var reservedNames: [Keyword: (count: Int, message: Int)] = [:]
    /// Whether a set of the statement that is being read was wrong, which is reported: the statement is read on, for
    /// its other mistakes, and left out.
    var isDamaged = false

    /// The section of the last statement.
    private(set) var section = Section.classes
    /// The sections as they came.
    private var order = SectionOrder()

    private init(
        _ text: MappedText, dialect: Dialect, isMLS: Bool, map: SourceMap, diagnostics: DiagnosticLog
    ) {
        self.text = text
        self.map = map
        self.dialect = dialect
        self.isMLS = isMLS
        self.diagnostics = diagnostics
        lexer = Lexer(text.bytes, dialect: dialect)
        token = lexer.next()
    }

    /// Parses a whole policy. What it could not read is in `diagnostics`.
    static func parse(
        _ text: MappedText, dialect: Dialect, isMLS: Bool, map: SourceMap, diagnostics: inout DiagnosticLog
    ) -> Syntax {
        var parser = Parser(
            text, dialect: dialect, isMLS: isMLS, map: map, diagnostics: diagnostics)
        parser.parsePolicy()
        parser.syntax.identifiers = parser.lexer.identifiers
        parser.syntax.lineMarkers = parser.lexer.lineMarkers
        parser.syntax.remarks = parser.lexer.remarks
        diagnostics = parser.diagnostics
        return parser.syntax
    }

    // MARK: The policy

    private mutating func parsePolicy() {
        guard !isBinary() else { return }
        while token.kind != .end, !diagnostics.isFull {
            let start = token
            do {
                try parseStatement()
            } catch {
                recover(from: start)
                noteUnread(from: Int(start.offset), to: Int(lastEnd))
            }
        }
        reportOrder()
        if !diagnostics.isFull { reportMissingSections() }
    }

    /// Reports what stands at the wrong place: of two parts in the wrong order, the one that is smaller.
    private mutating func reportOrder() {
        let all = order.misplaced
        // What is about users is looked at when they are known.
        let early = all.filter { $0.isEarly && $0.run.section >= .constraints }.map(\.extent)
        if !early.isEmpty {
            func isEarly(_ node: Syntax.Node) -> Bool {
                let next = early.partitioningIndex { $0.lowerBound > node.offset }
                return next > 0 && early[next - 1].contains(node.offset)
            }
            syntax.nodes = syntax.nodes.filter { !isEarly($0) } + syntax.nodes.filter(isEarly)
        }
        for misplaced in all where !diagnostics.isFull {
            let wanted = misplaced.run.section
            let other = misplaced.other.section
            let message = "`\(spelling(misplaced.run.start))` stands "
            diagnostics.report(
                .error, "statement-out-of-order",
                message + (misplaced.isEarly ? "before \(other.contents)" : "behind \(other.contents)"),
                at: span(misplaced.run.start),
                labels: [
                    .init(
                        span(misplaced.other.start),
                        "\(other.contents) \(misplaced.isEarly ? "stand" : "begin") here")
                ],
                notes: ["the parts of a policy have a fixed order"],
                help: misplaced.isEarly
                    ? "\(wanted.contents) belong behind \(misplaced.neighbour.contents): move what stands here to its place"
                    : "\(wanted.contents) belong before \(misplaced.neighbour.contents): move what stands here to its place")
        }
    }

    private mutating func reportMissingSections() {
        if isMLS, Section.ofMLS.allSatisfy({ !order.has($0) }) {
            // Each context and user would be wrong for the same reason.
            syntax.missingSection = .sensitivities
            guard !diagnostics.hasErrors else { return }
            diagnostics.report(
                .error, "missing-section", "the policy has no levels, and is compiled with MLS", at: lastWord,
                help: "leave out `-M`, or `--mls`: the policy is one without MLS")
            return
        }
        let required =
            Section.required
            + (order.has(.sensitivities) ? Section.requiredWithMLS : [])
        for section in required where !order.has(section) && !diagnostics.hasErrors {
            syntax.missingSection = section
            diagnostics.report(
                .error, "missing-section", "the policy has no \(section.contents)", at: lastWord,
                notes: section == .rules ? ["a policy tree without enabled modules gives such a policy"] : [],
                help: section == .rules ? "enable at least one module in `modules.conf`" : section.example.map { "add it, for example `\($0)`" })
        }
    }

    /// Notes that a statement of a section begins.
    mutating func enter(_ wanted: Section, _ start: Token) {
        section = wanted
        order.enter(wanted, start)
    }

    // MARK: Tokens

    mutating func advance() {
        lastEnd = token.offset + token.length
        token = lexer.next()
    }

    mutating func take(_ kind: Token.Kind) -> Bool {
        guard token.kind == kind else { return false }
        advance()
        return true
    }

    mutating func expect(_ kind: Token.Kind, _ what: String, after context: String? = nil) throws(Failure) {
        guard take(kind) else { throw unexpected(what, after: context) }
    }

    mutating func name(_ what: String) throws(Failure) -> NameReference {
        if token.kind == .identifier { return takeReference() }
        if let reference = reservedName(what) { return reference }
        throw unexpected(what.withArticle)
    }

    mutating func takeReference() -> NameReference {
        let reference = NameReference(identifier: token.identifier, offset: token.offset)
        advance()
        return reference
    }

    func span(_ token: Token) -> Span {
        text.span(at: Int(token.offset), length: Int(token.length))
    }
}
