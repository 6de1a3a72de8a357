/// The diagnostics of one run: each once, with a limit on errors, in the order of the text.
///
/// A mistake in the body of a macro is one mistake, however often the macro is called: the first expansion is shown,
/// and ``Diagnostic/otherExpansions`` names the others.
public struct DiagnosticList: Sendable {
    /// How many errors are kept; further ones are only counted. Nil keeps all.
    public let errorLimit: Int?
    /// Whether warnings become errors as they are appended.
    public let warningsAreErrors: Bool
    /// What was appended, with the errors beyond the limit.
    public private(set) var counts = DiagnosticCounts()
    /// What was kept, in the order in which it was appended.
    public private(set) var kept: [Diagnostic] = []

    private var seen: Set<Identity> = []
    private var inMacros: [WrittenText: Mistake] = [:]

    /// What makes two diagnostics the same.
    private struct Identity: Hashable {
        let code: Diagnostic.Code
        let primary: Span
        let message: String
        let labels: [Diagnostic.Label]
    }

    /// What an author wrote once in a macro, and each expansion repeats. The message is left out: it may name what
    /// the expansion is about.
    private struct WrittenText: Hashable {
        let code: Diagnostic.Code
        let start: SourcePosition
        let length: Int
    }

    private struct Mistake {
        let first: MacroExpansion.ID
        /// The diagnostic's place among those kept; nil when it came after the limit.
        let place: Int?
        var others: Set<MacroExpansion.ID> = []
    }

    public init(errorLimit: Int? = 100, warningsAreErrors: Bool = false) {
        self.errorLimit = errorLimit
        self.warningsAreErrors = warningsAreErrors
    }

    /// Adds a diagnostic, unless one with the same code, primary span and message came before, or one about the same
    /// text in another expansion of its macro.
    public mutating func append(_ diagnostic: Diagnostic) {
        let primary = diagnostic.primary
        let identity = Identity(
            code: diagnostic.code, primary: primary, message: diagnostic.message,
            labels: diagnostic.isAboutOneExpansion ? diagnostic.labels : [])
        guard seen.insert(identity).inserted else { return }
        let written = WrittenText(code: diagnostic.code, start: primary.start, length: primary.length)
        if !diagnostic.isAboutOneExpansion, isRepetition(diagnostic, of: written) { return }

        var diagnostic = diagnostic
        if warningsAreErrors, diagnostic.severity == .warning { diagnostic.severity = .error }
        let isBeyondLimit = diagnostic.severity == .error && isFull
        counts.count(diagnostic.severity)
        if isBeyondLimit {
            counts.errorsNotShown += 1
        } else {
            kept.append(diagnostic)
        }
        if primary.expansion != .none, !diagnostic.isAboutOneExpansion, inMacros[written] == nil {
            inMacros[written] = Mistake(
                first: primary.expansion, place: isBeyondLimit ? nil : kept.count - 1,
                others: Set(diagnostic.otherExpansions))
        }
    }

    /// Changes a diagnostic that was kept, by its place: what else is to be said about it may come to light later.
    public mutating func amend(_ place: Int, _ change: (inout Diagnostic) -> Void) {
        guard kept.indices.contains(place) else { return }
        change(&kept[place])
    }

    public mutating func append(contentsOf diagnostics: some Sequence<Diagnostic>) {
        for diagnostic in diagnostics { append(diagnostic) }
    }

    /// Whether the diagnostic is about a text that was wrong in an earlier expansion already: then it is noted there.
    private mutating func isRepetition(_ diagnostic: Diagnostic, of written: WrittenText) -> Bool {
        let expansion = diagnostic.primary.expansion
        // One expansion may be wrong in several ways at one place: those are different mistakes.
        guard expansion != .none, let mistake = inMacros[written], mistake.first != expansion else { return false }
        for other in [expansion] + diagnostic.otherExpansions
        where inMacros[written]?.others.insert(other).inserted == true {
            if let place = mistake.place { kept[place].otherExpansions.append(other) }
        }
        return true
    }

    /// Whether the limit is reached, so that a further error would only be counted.
    public var isFull: Bool {
        errorLimit.map { counts.errors >= $0 } ?? false
    }

    public var hasErrors: Bool { counts.errors > 0 }

    /// Whether nothing was appended.
    public var isEmpty: Bool { kept.isEmpty && !hasErrors }

    /// What was kept, by position; those at the same position in the order in which they came, those that have
    /// no position at the end.
    public var sorted: [Diagnostic] {
        // The standard library does not promise a stable sort, so the order of arrival breaks ties.
        kept.enumerated().sorted { a, b in
            let first = Self.sortKey(a.element)
            let second = Self.sortKey(b.element)
            return first == second ? a.offset < b.offset : first < second
        }.map(\.element)
    }

    private static func sortKey(_ diagnostic: Diagnostic) -> UInt64 {
        let start = diagnostic.primary.start
        return start == .unknown ? .max : UInt64(start.rawValue)
    }
}
