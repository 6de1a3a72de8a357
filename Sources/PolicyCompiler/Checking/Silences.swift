import Diagnostics

/// Comments that silence a warning: `# xsm: allow unused-type kept for the old toolstack` on the line of what it is
/// about, or on the line above. The reason is part of it: a warning that is silenced without one stays.
struct Silences {
    private struct Silence {
        let span: Span
        let code: String
        let hasReason: Bool
    }

    /// A line that a silence is about, and what it silences there.
    private struct Place: Hashable {
        let file: String
        let line: Int
        let code: String
    }

    private var silences: [Silence] = []
    /// The silences, by their numbers, that are about a place.
    private var places: [Place: [Int]] = [:]
    private var locations: SourceLocations

    init(_ syntax: Syntax, _ text: MappedText, _ map: SourceMap) {
        locations = SourceLocations(map)
        var seen: Set<SourcePosition> = []
        for remark in syntax.remarks {
            let span = text.span(at: remark.lowerBound, length: remark.count)
            // A comment in a macro comes with every expansion, and is one comment all the same.
            guard seen.insert(span.start).inserted, let location = locations.location(of: span.start) else { continue }
            let words = String(decoding: text.bytes[remark], as: UTF8.self).split(whereSeparator: \.isWhitespace)
            guard words.count >= 4, words[2] == "allow" else {
                silences.append(Silence(span: span, code: "", hasReason: false))
                continue
            }
            let code = String(words[3])
            for line in [location.line, location.line + 1] {
                places[Place(file: location.file, line: line, code: code), default: []].append(silences.count)
            }
            silences.append(Silence(span: span, code: code, hasReason: words.count > 4))
        }
    }

    /// What is left to say, and what is to be said about the silences themselves. One that silences nothing is all right:
    /// it may be needed with other options, such as with MLS.
    mutating func apply(to diagnostics: [Diagnostic]) -> [Diagnostic] {
        guard !silences.isEmpty else { return diagnostics }
        var isUsed = [Bool](repeating: false, count: silences.count)
        var result = diagnostics.filter { diagnostic in
            guard diagnostic.severity != .error, let location = locations.location(of: diagnostic.primary.start) else { return true }
            let place = Place(file: location.file, line: location.line, code: diagnostic.code.name)
            var isSilenced = false
            for index in places[place] ?? [] {
                isUsed[index] = true
                isSilenced = isSilenced || silences[index].hasReason
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
