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
        let line: Line
        /// Whether nothing stands before it on its line.
        let standsAlone: Bool
        /// The last line that it is about.
        var lastLine: Int
        var isUsed = false
    }

    private struct Line: Hashable {
        let file: String
        let number: Int

        func advanced(to number: Int) -> Line { Line(file: file, number: number) }
    }

    /// A line that silences are about, and what they silence there.
    private struct Place: Hashable {
        let line: Line
        let code: Diagnostic.Code
    }

    private static let codes = Set(DiagnosticCatalogue.entries.map(\.code))
    /// Those that a compilation looks for.
    private static let soughtCodes = Set(DiagnosticCatalogue.entries.lazy.filter { $0.area != .policies }.map(\.code))
    private static let ownCode: Diagnostic.Code = "unused-silence"
    /// How many comments below it a silence of ``ownCode`` is about: no place has more, and searches stay short.
    private static let reach = 32

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
            let isAllowance = words.count >= 4 && words[2] == "allow"
            silences.append(
                Silence(
                    span: span, code: isAllowance ? Diagnostic.Code(String(words[3])) : nil, hasReason: words.count > 4,
                    line: Line(file: location.file, number: location.line),
                    standsAlone: Self.standsAlone(remark, text.bytes), lastLine: location.line))
        }
        extendToWhatIsBelow()
        for (index, silence) in silences.enumerated() { register(silence, index) }
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
        let alone = Set(silences.lazy.filter(\.standsAlone).map(\.line))
        var ends: [Line: Int] = [:]
        // The lines below are known first.
        for line in alone.sorted(by: { $0.number > $1.number }) {
            let next = line.advanced(to: line.number + 1)
            ends[line] = alone.contains(next) ? ends[next] ?? next.number : next.number
        }
        for index in silences.indices where silences[index].standsAlone {
            silences[index].lastLine = ends[silences[index].line] ?? silences[index].lastLine
        }
    }

    /// Between a silence and the last line that it is about stand others: only ``ownCode`` is about these.
    private mutating func register(_ silence: Silence, _ index: Int) {
        guard let code = silence.code else { return }
        var lines = [silence.line.number, silence.lastLine]
        if code == Self.ownCode { lines += silence.line.number...min(silence.lastLine, silence.line.number + Self.reach) }
        for number in Set(lines) {
            places[Place(line: silence.line.advanced(to: number), code: code), default: []].append(index)
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

    /// Of diagnostics that come later, those that are not silenced.
    mutating func remaining(of diagnostics: [Diagnostic]) -> [Diagnostic] { diagnostics.filter { !silences($0) } }

    /// What is to be said about the silences of what was looked for and not found.
    private mutating func unneeded(_ without: Set<Diagnostic.Code>) -> [Diagnostic] {
        var result: [Diagnostic] = []
        let others = Set(silences.lazy.filter { $0.code != Self.ownCode }.map(\.line))
        // One that is needed with other options only, such as with MLS, may be silenced itself.
        for isOwn in [false, true] {
            for silence in silences {
                guard let code = silence.code, !silence.isUsed, Self.soughtCodes.contains(code), !without.contains(code),
                    (code == Self.ownCode) == isOwn
                else { continue }
                let diagnostic = unused(silence, code)
                if isOwn ? !isAbove(others, silence) : !silences(diagnostic) { result.append(diagnostic) }
            }
        }
        return result
    }

    /// Whether it silences what might be said about another, were that one not needed.
    private func isAbove(_ others: Set<Line>, _ silence: Silence) -> Bool {
        let first = silence.line.number
        return (first...min(silence.lastLine, first + Self.reach)).contains { others.contains(silence.line.advanced(to: $0)) }
    }

    /// Whether a diagnostic is silenced; the silences that are about it are known to be needed from now on.
    private mutating func silences(_ diagnostic: Diagnostic) -> Bool {
        guard diagnostic.severity != .error, let location = locations.location(of: diagnostic.primary.start) else { return false }
        let place = Place(line: Line(file: location.file, number: location.line), code: diagnostic.code)
        var isSilenced = false
        for index in places[place] ?? [] {
            silences[index].isUsed = true
            isSilenced = isSilenced || silences[index].hasReason
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
