import Diagnostics

/// Comments that silence a warning: `# xsm: allow unused-type kept for the old toolstack` on the line of what it is
/// about, or on the line above. The reason is part of it: a warning that is silenced without one stays.
struct Silences {
    private struct Silence {
        let span: Span
        let code: String
        let hasReason: Bool
        let file: String
        let line: Int
    }

    private var silences: [Silence] = []
    private let map: SourceMap

    init(_ syntax: Syntax, _ text: MappedText, _ map: SourceMap) {
        self.map = map
        var seen: Set<SourcePosition> = []
        for remark in syntax.remarks {
            let span = text.span(at: remark.lowerBound, length: remark.count)
            // A comment in a macro comes with every expansion, and is one comment all the same.
            guard seen.insert(span.start).inserted, let location = map.location(of: span.start) else { continue }
            let words = String(decoding: text.bytes[remark], as: UTF8.self).split(whereSeparator: \.isWhitespace)
            guard words.count >= 4, words[2] == "allow" else {
                silences.append(
                    Silence(span: span, code: "", hasReason: false, file: location.file, line: location.line))
                continue
            }
            silences.append(
                Silence(
                    span: span, code: String(words[3]), hasReason: words.count > 4, file: location.file,
                    line: location.line))
        }
    }

    /// What is left to say, and what is to be said about the silences themselves. One that silences nothing is all right:
    /// it may be needed with other options, such as with MLS.
    func apply(to diagnostics: [Diagnostic]) -> [Diagnostic] {
        guard !silences.isEmpty else { return diagnostics }
        var isUsed = [Bool](repeating: false, count: silences.count)
        var result = diagnostics.filter { diagnostic in
            guard diagnostic.severity != .error, let location = map.location(of: diagnostic.primary.start) else { return true }
            var isSilenced = false
            for (index, silence) in silences.enumerated()
            where silence.code == diagnostic.code.name && silence.file == location.file
                && (silence.line == location.line || silence.line + 1 == location.line)
            {
                isUsed[index] = true
                isSilenced = isSilenced || silence.hasReason
            }
            return !isSilenced
        }
        for (index, silence) in silences.enumerated() {
            if silence.code.isEmpty {
                result.append(
                    Diagnostic(
                        "malformed-silence", .warning, "this comment is addressed to the compiler, which does not understand it",
                        at: silence.span, help: "write `# xsm: allow CODE reason`"))
            } else if isUsed[index], !silence.hasReason {
                result.append(
                    Diagnostic(
                        "silence-without-reason", .warning, "`\(silence.code)` is silenced without a reason, and therefore is not",
                        at: silence.span, help: "say behind the code why it is all right"))
            }
        }
        return result
    }
}
