internal import Diagnostics

/// Text that the tool makes, names, and messages.
extension MacroEngine {
    /// Puts bytes into the arena as text that stands at a call.
    mutating func make(_ bytes: [UInt8], at site: CallSite) -> TextPiece {
        guard !bytes.isEmpty, !stopped else {
            return TextPiece(offset: 0, length: 0, origin: TextPiece.fixed, frame: site.frame)
        }
        madeBytes += bytes.count + 1
        guard madeBytes <= limits.madeBytes, text.count + bytes.count + 1 < Self.arenaCapacity else {
            stopRunaway("made and included text passes \(limits.madeBytes) bytes", at: site)
            return TextPiece(offset: 0, length: 0, origin: TextPiece.fixed, frame: site.frame)
        }
        let offset = text.append(bytes)
        return TextPiece(
            offset: UInt32(offset), length: UInt32(bytes.count), origin: site.origin | TextPiece.fixed,
            frame: site.frame)
    }

    /// A decimal number as text.
    mutating func make(number: Int, at site: CallSite) -> TextPiece {
        if smallNumbers.indices.contains(number), smallNumbers[number] != 0 {
            return TextPiece(
                offset: smallNumbers[number], length: number < 10 ? 1 : number < 100 ? 2 : 3,
                origin: site.origin | TextPiece.fixed, frame: site.frame)
        }
        var bytes: [UInt8] = []
        Self.appendNumber(number, to: &bytes)
        let piece = make(bytes, at: site)
        if smallNumbers.indices.contains(number) { smallNumbers[number] = piece.offset }
        return piece
    }

    func commaPiece(_ origin: UInt32) -> TextPiece {
        TextPiece(offset: UInt32(commaOffset), length: 1, origin: origin, frame: 0)
    }

    func openQuotePiece(_ origin: UInt32) -> TextPiece {
        TextPiece(
            offset: UInt32(openQuoteOffset), length: UInt32(syntax.openQuote.count), origin: origin, frame: 0)
    }

    func closeQuotePiece(_ origin: UInt32) -> TextPiece {
        TextPiece(
            offset: UInt32(closeQuoteOffset), length: UInt32(syntax.closeQuote.count), origin: origin, frame: 0)
    }

    /// Puts the quotes in force into the arena.
    mutating func placeQuotes() {
        openQuoteOffset = Int(make(syntax.openQuote, at: .none).offset)
        closeQuoteOffset = Int(make(syntax.closeQuote, at: .none).offset)
    }

    // MARK: Names

    func spelling(of name: Int) -> String {
        let entry = table.names[name]
        let shown = min(Int(entry.length), 80)
        let start = Int(entry.offset)
        return String(decoding: text[start..<start + shown], as: UTF8.self) + (shown < Int(entry.length) ? "…" : "")
    }

    /// The number of a name, which is entered when it is new.
    mutating func enterName(_ bytes: [UInt8]) -> Int {
        let hash = MacroTable.hash(bytes.span)
        let name = table.find(bytes.span, hash: hash, in: text.bytes.span)
        if name >= 0 { return name }
        let piece = make(bytes, at: .none)
        return table.add(offset: Int(piece.offset), length: Int(piece.length), hash: hash)
    }

    /// The number of a defined name, or -1.
    func findDefined(_ bytes: [UInt8]) -> Int {
        let name = table.find(bytes.span, hash: MacroTable.hash(bytes.span), in: text.bytes.span)
        return name >= 0 && table.info[name] & 1 != 0 ? name : -1
    }

    // MARK: Messages

    func span(of site: CallSite?) -> Span {
        guard let site else { return .unknown }
        return Span(
            start: SourcePosition(rawValue: site.origin & ~TextPiece.fixed), length: Int(site.length),
            expansion: MacroExpansion.ID(rawValue: site.frame))
    }

    mutating func report(
        _ code: Diagnostic.Code, _ severity: Diagnostic.Severity, _ message: String, at site: CallSite?,
        notes: [String] = [], help: String? = nil, labels: [Diagnostic.Label] = []
    ) {
        let severity = warningsAreErrors && severity == .warning ? .error : severity
        // The error that ends a run is never dropped: at most one follows the limit.
        guard diagnostics.count < limits.diagnostics || severity == .error && droppedErrors < 1 else {
            droppedDiagnostics += 1
            return
        }
        if diagnostics.count >= limits.diagnostics { droppedErrors += 1 }
        diagnostics.append(Diagnostic(
            code, severity, message, at: span(of: site), labels: labels, notes: notes, help: help))
    }

    /// Ends a run that would not end by itself.
    mutating func stopRunaway(_ what: String, at site: CallSite, name: Int? = nil) {
        guard !stopped else { return }
        let subject = name.map { "the expansion of `\(spelling(of: $0))` does not seem to end" }
            ?? "the macro expansion does not seem to end"
        report(
            "macro-runaway", .error, subject, at: site, notes: [what],
            help: "look for a macro that calls itself without a condition that ends it")
        stopped = true
    }
}
