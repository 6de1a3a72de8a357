/// A span found in its file.
struct SourceRegion {
    let file: SourceFile
    /// The span's bytes, clamped to the file: offsets in `file.bytes`.
    let extent: Range<Int>
    /// The number, from 0, of the line that holds the first byte.
    let line: Int
    /// That line's text without its line end: offsets in `file.bytes`.
    let lineText: Range<Int>
    /// Where the span starts for a reader, line markers heeded.
    let location: SourceLocation

    /// The part of the span that lies on the first line. Empty where the span begins at the line's end.
    var shown: Range<Int> {
        let start = min(extent.lowerBound, lineText.upperBound)
        return start..<max(start, min(extent.upperBound, lineText.upperBound))
    }

    /// Where the span starts in the file that was read.
    var physical: SourceLocation {
        SourceLocation(file: file.name, line: line + 1, column: location.column)
    }

    /// Whether both start on the same line of the same file.
    func sharesLine(with other: SourceRegion) -> Bool {
        file.start == other.file.start && line == other.line
    }
}
