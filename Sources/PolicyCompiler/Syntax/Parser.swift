import Diagnostics
import Flask

/// Reads the tokens of a policy into statements.
///
/// It accepts what checkpolicy's grammar accepts, and recovers: a statement that cannot be read is reported and
/// skipped, so that one run finds every mistake.
struct Parser {
    /// A statement cannot be read; what was wrong is already reported.
    struct Failure: Error {}

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

    /// Where the text comes from, for what a message says about macros.
    let map: SourceMap
    /// Calls in files that lack an argument and are reported: what follows from it is not.
    var incompleteCalls: Set<SourcePosition> = []
    /// Macros that nothing defines and that are reported already.
    var undefinedMacros: Set<Identifier> = []
    /// Reserved words that were used as names, with how often, and which message says so.
    var reservedNames: [Keyword: (count: Int, message: Int)] = [:]
    /// Whether a set of the statement that is being read was wrong, which is reported: the statement is read on, for
    /// its other mistakes, and left out.
    var isDamaged = false

    private(set) var section = Section.classes
    private var sectionOffsets: [UInt32?] = Array(repeating: nil, count: Section.allCases.count)
    /// For each section, the later ones behind which a statement of it was reported.
    private var reportedOrder: [Section: Section] = [:]

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
        parser.syntax.textLength = text.bytes.count
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
        if !diagnostics.isFull { reportMissingSections() }
    }

    private mutating func reportMissingSections() {
        let required =
            Section.required
            + (sectionOffsets[Section.sensitivities.rawValue] == nil ? [] : Section.requiredWithMLS)
        for section in required where sectionOffsets[section.rawValue] == nil && !diagnostics.hasErrors {
            syntax.missingSection = section
            diagnostics.report(
                .error, "missing-section", "the policy has no \(section.contents)", at: lastWord,
                notes: section == .rules ? ["a policy tree without enabled modules gives such a policy"] : [],
                help: section == .rules ? "enable at least one module in `modules.conf`" : section.example.map { "add it, for example `\($0)`" })
        }
    }

    /// Notes that a statement of a section begins; reports it when that section's place is past.
    mutating func enter(_ wanted: Section, _ start: Token) {
        if sectionOffsets[wanted.rawValue] == nil { sectionOffsets[wanted.rawValue] = start.offset }
        guard wanted < section else {
            section = wanted
            return
        }
        // A part that stands at the wrong place is one mistake, however many statements it has.
        guard reportedOrder[wanted] != section else { return }
        reportedOrder[wanted] = section
        var label: [Diagnostic.Label] = []
        if let offset = sectionOffsets[section.rawValue] {
            let length = text.bytes[Int(offset)...].prefix { $0 > UInt8(ascii: " ") }.count
            label = [.init(text.span(at: Int(offset), length: length), "\(section.contents) begin here")]
        }
        diagnostics.report(
            .error, "statement-out-of-order", "`\(spelling(start))` stands behind \(section.contents)", at: span(start),
            labels: label, notes: ["the parts of a policy have a fixed order"],
            help: "\(wanted.contents) belong before \(section.contents): move what stands here to its place")
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
