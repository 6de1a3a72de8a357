import Flask

/// What a search found, ready to be told.
public struct SearchAnswer: Sendable {
    public struct Entry: Sendable {
        public let found: FoundStatement
        /// The statement in the policy language, as bytes, because names are bytes.
        public let text: [UInt8]
        /// The condition's expression in the policy language.
        public let expression: String?
        /// Where a source says it, in the order of the files' names; nil where there is no source.
        public let places: [StatementPlace]?
    }

    /// No answer has more bytes of text than this.
    public static let maximumLength = 1 << 28

    /// By kind, then by text.
    public let entries: [Entry]

    init(_ found: [FoundStatement], of analysed: AnalysedPolicy, permissions: PermissionCriterion?) throws(QuestionMistake) {
        // Who asks about many accesses finds nothing for most: what writes statements need not be made then.
        guard !found.isEmpty else {
            entries = []
            return
        }
        let texts = StatementTexts(analysed, namesInitialSIDs: found.contains { $0.statement.kind == .initialSID })
        var lines: [(place: Int, order: Int, text: [UInt8])] = []
        lines.reserveCapacity(found.count)
        var length = 0
        for (place, statement) in found.enumerated() {
            guard let text = texts.text(statement.statement) else { continue }
            length += text.count
            guard length <= Self.maximumLength else { throw .tooLong(limit: Self.maximumLength) }
            lines.append((place, StatementKind.allCases.firstIndex(of: statement.statement.kind) ?? 0, text))
        }
        let expressions = analysed.policy.conditionals.isEmpty ? [:] : texts.expressions(of: found)
        lines.sort { a, b in
            if a.order != b.order { return a.order < b.order }
            if a.text != b.text { return a.text.lexicographicallyPrecedes(b.text) }
            return a.place < b.place
        }
        let places = analysed.places(of: lines.map { found[$0.place] }, permissions)
        entries = lines.enumerated().map { index, line in
            Entry(
                found: found[line.place], text: line.text, expression: found[line.place].condition.map { expressions[$0.place] ?? "" },
                places: places?[index])
        }
    }
}
