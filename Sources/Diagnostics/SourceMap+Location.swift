extension SourceMap {
    /// Says that the text from `position` on is line `line`, and the lines after it, of `file`: what `#line`
    /// and sync lines in a flattened policy mean. It holds up to the next marker or the end of the file read.
    ///
    /// `position` is the first byte after the marker's own line. A second marker at the same position replaces
    /// the first; markers may come in any order, but adding them in the order of the text is fastest.
    public mutating func addLineMarker(at position: SourcePosition, file: String, line: Int) {
        lineMarkers.add(at: position, file: file, line: line)
    }

    /// Where a position stands for a reader, line markers heeded; nil for a position that is in no file.
    ///
    /// Linear in the distance to the last line marker or the file's start: the renderers, which ask for
    /// thousands, keep an index instead.
    public func location(of position: SourcePosition) -> SourceLocation? {
        let position = written(Span(start: position, length: 0)).start
        guard let file = file(at: position) else { return nil }
        let newline = UInt8(ascii: "\n")
        let offset = file.offset(of: position)
        var lineStart = offset
        while lineStart > 0, file.bytes[lineStart - 1] != newline { lineStart -= 1 }

        let marker = lineMarkers.governing(position, from: file.start)
        let origin = marker.map { file.offset(of: $0.position) } ?? 0
        var line = marker.map { Int($0.line) } ?? 1
        for byte in file.bytes[origin..<max(origin, offset)] where byte == newline { line += 1 }
        return SourceLocation(
            file: marker.map(lineMarkers.name) ?? file.name, line: line, column: offset - lineStart + 1,
            isPresumed: marker != nil)
    }
}
