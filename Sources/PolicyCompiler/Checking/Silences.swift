import Diagnostics

/// Comments that silence a warning: `# xsm: allow unused-type kept for the old toolstack` behind what it is about, or on
/// a line of its own above it. Several such lines may stand above one place. The reason is part of it: a warning that is
/// silenced without one stays.
struct Silences {
    /// What was looked for, so that a silence of it is known to be needed or not.
    enum Search {
        /// Not everything: there are errors, lints are off, or the text was made by another macro processor.
        case partial
        case complete(without: Set<Diagnostic.Code>)
    }

    private struct Silence {
        let span: Span
        /// Nil when the comment cannot be understood.
        let code: Diagnostic.Code?
        let hasReason: Bool
        let file: String
        let line: Int
        /// Whether nothing stands before it on its line.
        let standsAlone: Bool
        /// The last line that it is about.
        var lastLine: Int
        var isUsed = false
    }

    private static let codes = Set(DiagnosticCatalogue.entries.map(\.code))
    private static let ownCode: Diagnostic.Code = "unused-silence"

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
            let isAllowance = words.count >= 4 && words[2] == "allow"
            silences.append(
                Silence(
                    span: span, code: isAllowance ? Diagnostic.Code(String(words[3])) : nil, hasReason: words.count > 4,
                    file: location.file, line: location.line, standsAlone: Self.standsAlone(remark, text.bytes),
                    lastLine: location.line))
        }
        extendToWhatIsBelow()
    }

    private static func standsAlone(_ remark: Range<Int>, _ bytes: [UInt8]) -> Bool {
        for byte in bytes[..<remark.lowerBound].reversed() {
            if byte == UInt8(ascii: "\n") { return true }
            guard byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") else { return false }
        }
        return true
    }

    /// A comment behind a statement is about that line alone; one on its own line is about the next line that is not
    /// such a comment too.
    private mutating func extendToWhatIsBelow() {
        var alone: [String: Set<Int>] = [:]
        for silence in silences where silence.standsAlone { alone[silence.file, default: []].insert(silence.line) }
        for index in silences.indices where silences[index].standsAlone {
            var line = silences[index].line + 1
            while alone[silences[index].file]?.contains(line) == true { line += 1 }
            silences[index].lastLine = line
        }
    }

    // MARK: Applying

    /// What is left to say, and what is to be said about the silences themselves.
    mutating func apply(to diagnostics: [Diagnostic], after search: Search) -> [Diagnostic] {
        guard !silences.isEmpty else { return diagnostics }
        var result = diagnostics.filter { !silences($0) }
        if case .complete(let without) = search { result += unneeded(without) }
        return result + silences.compactMap { fault(of: $0) }
    }

    /// What is to be said about the silences of what was looked for and not found.
    private mutating func unneeded(_ without: Set<Diagnostic.Code>) -> [Diagnostic] {
        var result: [Diagnostic] = []
        // One that is needed with other options only, such as with MLS, may be silenced itself.
        for isOwn in [false, true] {
            for silence in silences {
                guard let code = silence.code, !silence.isUsed, Self.codes.contains(code), !without.contains(code),
                    (code == Self.ownCode) == isOwn
                else { continue }
                let diagnostic = unused(silence, code)
                if isOwn ? !isAboveAnother(silence) : !silences(diagnostic) { result.append(diagnostic) }
            }
        }
        return result
    }

    /// Whether it silences what might be said about another, were that one not needed.
    private func isAboveAnother(_ silence: Silence) -> Bool {
        silences.contains { other in
            other.code != Self.ownCode && other.file == silence.file
                && (silence.line...silence.lastLine).contains(other.line)
        }
    }

    /// Whether a diagnostic is silenced; the silences that are about it are known to be needed from now on.
    private mutating func silences(_ diagnostic: Diagnostic) -> Bool {
        guard diagnostic.severity != .error, let location = map.location(of: diagnostic.primary.start) else { return false }
        var isSilenced = false
        for index in silences.indices {
            let silence = silences[index]
            guard silence.code == diagnostic.code, silence.file == location.file,
                (silence.line...silence.lastLine).contains(location.line)
            else { continue }
            silences[index].isUsed = true
            isSilenced = isSilenced || silence.hasReason
        }
        return isSilenced
    }

    private func fault(of silence: Silence) -> Diagnostic? {
        guard let code = silence.code else {
            return Diagnostic(
                "malformed-silence", .warning, "this comment is addressed to the compiler, which does not understand it",
                at: silence.span, help: "write `# xsm: allow CODE reason`")
        }
        if !Self.codes.contains(code) {
            let nearest = DiagnosticCatalogue.nearest(to: code.name)
            return Diagnostic(
                "malformed-silence", .warning, "there is no message with the code `\(code.name)`", at: silence.span,
                help: nearest.map { "did you mean `\($0)`?" } ?? "the code stands in brackets in the message")
        }
        guard silence.isUsed, !silence.hasReason else { return nil }
        return Diagnostic(
            "silence-without-reason", .warning, "`\(code.name)` is silenced without a reason, and therefore is not",
            at: silence.span, help: "say behind the code why it is all right")
    }

    /// A note: the same policy with other options may need the silence.
    private func unused(_ silence: Silence, _ code: Diagnostic.Code) -> Diagnostic {
        Diagnostic(
            Self.ownCode, .note, "there is no `\(code.name)` here to be silenced", at: silence.span,
            help: "leave the comment out; where other options need it, say so by `# xsm: allow unused-silence` and a reason")
    }
}
