/// Finds spans in a source map on behalf of a renderer, and remembers where each file's lines begin.
///
/// It trusts nothing: spans that reach out of their file are clamped, spans of no file are not found, and
/// expansions that do not exist end the stack.
struct SourceLocator {
    private let map: SourceMap
    /// By the files' starts; filled as files are asked for.
    private var indexes: [SourcePosition: LineIndex] = [:]
    private var lastCount = CodePointCount()

    /// How many code points there are from a line's start up to an offset that lies between two of them.
    private struct CodePointCount {
        var file = SourcePosition.unknown
        var lineStart = 0
        var offset = 0
        var count = 0
    }

    init(_ map: SourceMap) {
        self.map = map
    }

    /// Where a span stands; nil if it is in no file.
    mutating func region(of span: Span) -> SourceRegion? {
        let span = map.written(span)
        guard let file = map.file(at: span.start) else { return nil }
        let start = file.offset(of: span.start)
        let length = min(max(span.length, 0), file.bytes.count - start)

        let index = lineIndex(of: file)
        let line = index.line(at: start)
        let lineText = index.text(ofLine: line, in: file.bytes)
        var location = SourceLocation(
            file: file.name, line: line + 1, column: start - lineText.lowerBound + 1)
        if let marker = map.lineMarkers.governing(span.start, from: file.start) {
            let linesSince = line - index.line(at: file.offset(of: marker.position))
            location = SourceLocation(
                file: map.lineMarkers.name(of: marker), line: Int(marker.line) + linesSince,
                column: location.column, isPresumed: true)
        }
        return SourceRegion(
            file: file, extent: start..<start + length, line: line, lineText: lineText, location: location)
    }

    /// Where a region ends in the file that was read: just behind its last byte, perhaps on a later line.
    mutating func end(of region: SourceRegion) -> SourceRegion {
        let end = Span(start: region.file.start.advanced(by: region.extent.upperBound), length: 0)
        return self.region(of: end) ?? region
    }

    /// The macro calls that produced a span's text, innermost first.
    func stack(of span: Span) -> [MacroExpansion] {
        var stack: [MacroExpansion] = []
        var current = Int(span.expansion.rawValue)
        while current > 0, current < map.expansions.count {
            let frame = map.expansions[current]
            stack.append(frame)
            // A call is registered after its parent, so a parent that is not older cannot be one: following it
            // might never end.
            let parent = Int(frame.parent.rawValue)
            guard parent < current else { break }
            current = parent
        }
        return stack
    }

    /// A macro's name; empty if there is none of this number.
    func macroName(of expansion: MacroExpansion) -> String {
        let macro = Int(expansion.macro)
        return macro < map.macroNames.count ? map.macroNames[macro] : ""
    }

    /// The columns of a region's first line that it covers, in code points and counted from 1; the upper bound
    /// is the column behind the last one. An ill-formed stretch counts as the one U+FFFD that replaces it.
    mutating func codePointColumns(of region: SourceRegion) -> Range<Int> {
        // Where a line ends in the span, `shown` does too; a span that begins behind it keeps its own start.
        let start = region.extent.lowerBound
        let lower = codePoints(before: start, in: region)
        let upper = codePoints(before: max(start, region.shown.upperBound), in: region)
        // A boundary inside a scalar takes the whole scalar in.
        return lower.count + 1..<upper.count + (upper.isInside ? 2 : 1)
    }

    /// How many code points end at or before `offset`, and whether `offset` is inside a further one.
    private mutating func codePoints(
        before offset: Int, in region: SourceRegion
    ) -> (count: Int, isInside: Bool) {
        let lineStart = region.lineText.lowerBound
        let bytes = region.file.bytes
        // Columns on one line are mostly asked for in ascending order. Going on from the last one keeps many
        // diagnostics on one enormous line from taking quadratic time.
        var current = lastCount
        if current.file != region.file.start || current.lineStart != lineStart || current.offset > offset {
            current = CodePointCount(file: region.file.start, lineStart: lineStart, offset: lineStart)
        }
        var isInside = false
        while current.offset < offset {
            let next = current.offset + UTF8Decoder.step(bytes, at: current.offset, end: bytes.count).length
            guard next <= offset else {
                isInside = true
                break
            }
            current.offset = next
            current.count += 1
        }
        lastCount = current
        return (current.count, isInside)
    }

    private mutating func lineIndex(of file: SourceFile) -> LineIndex {
        if let known = indexes[file.start] { return known }
        let new = LineIndex(file.bytes)
        indexes[file.start] = new
        return new
    }
}
