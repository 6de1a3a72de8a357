/// One diagnostic laid out as text.
struct TextPage {
    private let diagnostic: Diagnostic
    /// One per source line that is shown, the primary one first.
    private var blocks: [Block] = []
    /// The messages of labels that have no place to be shown at.
    private var placelessLabels: [String] = []

    /// A source line and what is marked on it.
    private struct Block {
        let region: SourceRegion
        var marks: [Mark]
    }

    private struct Mark {
        let region: SourceRegion
        let message: String
        let isPrimary: Bool
    }

    init(_ diagnostic: Diagnostic, locator: inout SourceLocator) {
        self.diagnostic = diagnostic
        add(diagnostic.primary, diagnostic.primaryLabel ?? "", isPrimary: true, locator: &locator)
        for label in diagnostic.labels {
            add(label.span, label.message, isPrimary: false, locator: &locator)
        }
    }

    private mutating func add(_ span: Span, _ message: String, isPrimary: Bool, locator: inout SourceLocator) {
        guard let region = locator.region(of: span) else {
            if !message.isEmpty { placelessLabels.append(message) }
            return
        }
        let mark = Mark(region: region, message: message, isPrimary: isPrimary)
        if let index = blocks.firstIndex(where: { $0.region.sharesLine(with: region) }) {
            blocks[index].marks.append(mark)
        } else {
            blocks.append(Block(region: region, marks: [mark]))
        }
    }

    func write(to output: inout StyledText, excerptWidth: Int, locator: inout SourceLocator) {
        let lineDigits = blocks.map { String($0.region.location.line).utf8.count }.max() ?? 1
        output.gutter = lineDigits
        output.putHeader(of: diagnostic)
        for (index, block) in blocks.enumerated() {
            if index > 0 { output.putBar() }
            write(block, to: &output, excerptWidth: excerptWidth)
        }
        writeRemarks(to: &output, locator: &locator)
        output.endLine()
    }

    private func write(_ block: Block, to output: inout StyledText, excerptWidth: Int) {
        output.putArrow(block.marks.contains(where: \.isPrimary) ? "-->" : ":::", block.region.location)
        output.putBar()
        let excerpt = Excerpt(
            of: block.region.lineText, in: block.region.file.bytes,
            focus: Self.focus(of: block, excerptWidth: excerptWidth), limit: excerptWidth)
        output.putSource(excerpt, line: block.region.location.line)
        for mark in block.marks {
            output.putMark(
                excerpt.columns(of: mark.region.shown), sign: UInt8(ascii: mark.isPrimary ? "^" : "-"),
                mark.message, mark.isPrimary ? .severity(diagnostic.severity) : .secondary)
        }
    }

    /// What to show if the line is cut: all that is marked where that fits with some context, else the first mark.
    private static func focus(of block: Block, excerptWidth: Int) -> Range<Int> {
        let marked = block.marks.map(\.region.shown)
        let first = block.region.shown
        let low = marked.map(\.lowerBound).min() ?? first.lowerBound
        let high = marked.map(\.upperBound).max() ?? first.upperBound
        return high - low <= excerptWidth / 2 ? low..<high : first
    }

    private func writeRemarks(to output: inout StyledText, locator: inout SourceLocator) {
        var remarks = Remarks()
        remarks.addStack(of: diagnostic.primary, locator: &locator)
        for note in placelessLabels + locator.notes(of: diagnostic) { remarks.add("note", note) }
        if let help = diagnostic.help { remarks.add("help", help) }
        if let suggestion = diagnostic.suggestion {
            remarks.add(suggestion, primary: diagnostic.primary, locator: &locator)
        }
        if !blocks.isEmpty, !remarks.lines.isEmpty { output.putBar() }
        for line in remarks.lines { output.putRemark(line.title, line.text) }
    }
}
