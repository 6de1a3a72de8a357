extension SourceLocator {
    /// A diagnostic's notes, and that the same text of a macro is wrong in other expansions too.
    func notes(of diagnostic: Diagnostic) -> [String] {
        guard let other = diagnostic.otherExpansions.first else { return diagnostic.notes }
        let count = diagnostic.otherExpansions.count
        let macro = calledMacro(of: diagnostic.primary, and: other).map { " of `\($0)`" } ?? ""
        return diagnostic.notes + ["and in \(count) other expansion\(count == 1 ? "" : "s")\(macro)"]
    }

    /// The macro whose calls make the difference between two expansions of one text. It is not always the innermost:
    /// in a macro's body, `ifdef` is called at the same place each time.
    private func calledMacro(of span: Span, and other: MacroExpansion.ID) -> String? {
        let first = stack(of: span)
        let second = stack(of: Span(start: span.start, length: span.length, expansion: other))
        let pair = zip(first, second).first { $0.call != $1.call } ?? zip(first, second).first { _ in true }
        return pair.map { macroName(of: $0.0) }
    }
}
