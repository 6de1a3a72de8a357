/// One source line as it is shown: made visible, and cut around what matters if it is long.
struct Excerpt {
    /// UTF-8 without a line end and without spaces at the end.
    private(set) var text: [UInt8] = []
    /// What each shown piece of the source became, in order.
    private var cells: [Cell] = []
    /// The columns that the text takes, the signs of cuts included.
    private var width = 0

    /// A scalar of the source, or a byte that is part of none.
    private struct Cell {
        /// Offsets in the file.
        let source: Range<Int>
        let text: [UInt8]
        let width: Int
        /// The column at which it is shown, counted from 0.
        var column = 0
    }

    private static let cut: [UInt8] = Array("…".utf8)

    /// - Parameters:
    ///   - line: The line's text without its line end: offsets in `bytes`.
    ///   - focus: What must be visible, or as much of it as fits; it lies inside `line`.
    ///   - limit: How many columns the text may take, at least 20.
    init(of line: Range<Int>, in bytes: [UInt8], focus: Range<Int>, limit: Int) {
        let (candidates, isWhole) = Self.decode(line, in: bytes, around: focus, limit: limit)
        let total = candidates.reduce(0) { $0 + $1.width }
        if isWhole, total <= limit {
            show(candidates[...])
        } else {
            let window = Self.window(of: candidates, around: focus, limit: limit - 2)
            let isCutBefore = candidates[window].first.map { $0.source.lowerBound > line.lowerBound } ?? false
            let isCutAfter = candidates[window].last.map { $0.source.upperBound < line.upperBound } ?? false
            if isCutBefore { showCut() }
            show(candidates[window])
            if isCutAfter { showCut() }
        }
        while text.last == UInt8(ascii: " ") { text.removeLast() }
    }

    /// The columns, counted from 0, under which a range of the source stands. At least one column wide; what is
    /// cut off counts as standing at the cut.
    func columns(of source: Range<Int>) -> Range<Int> {
        let start: Int
        if let first = cells.first(where: { $0.source.upperBound > source.lowerBound }) {
            let edge = first.source.lowerBound
            start = source.lowerBound < edge && source.upperBound <= edge ? 0 : first.column
        } else {
            start = cells.last.map { $0.column + $0.width } ?? 0
        }
        let last = cells.last { $0.source.lowerBound < source.upperBound }
        let end = last.map { $0.column + $0.width } ?? 0
        return start..<max(start + 1, end)
    }

    // MARK: - Choosing what to show

    /// The cells that might be shown; a bounded number of them, whatever the line's length.
    private static func decode(
        _ line: Range<Int>, in bytes: [UInt8], around focus: Range<Int>, limit: Int
    ) -> (cells: [Cell], isWhole: Bool) {
        // A scalar takes up to four bytes.
        let reach = 4 * limit
        var start = max(line.lowerBound, focus.lowerBound - reach)
        let end = min(line.upperBound, focus.lowerBound + 2 * reach)
        // Do not begin in the middle of a scalar.
        var skipped = 0
        while start > line.lowerBound, start < focus.lowerBound, skipped < 3, bytes[start] & 0xC0 == 0x80 {
            start += 1
            skipped += 1
        }

        var cells: [Cell] = []
        var offset = start
        while offset < end {
            let step = UTF8Decoder.step(bytes, at: offset, end: line.upperBound)
            if let scalar = step.scalar {
                cells.append(cell(scalar, at: offset..<offset + step.length))
            } else {
                for byte in offset..<offset + step.length { cells.append(cell(illFormed: bytes[byte], at: byte)) }
            }
            offset += step.length
        }
        return (cells, start == line.lowerBound && offset >= line.upperBound)
    }

    private static func cell(_ scalar: Unicode.Scalar, at source: Range<Int>) -> Cell {
        if scalar == "\t" {
            let spaces = [UInt8](repeating: UInt8(ascii: " "), count: VisibleText.tabWidth)
            return Cell(source: source, text: spaces, width: spaces.count)
        }
        var text: [UInt8] = []
        let width = VisibleText.append(scalar, to: &text)
        return Cell(source: source, text: text, width: width)
    }

    private static func cell(illFormed byte: UInt8, at offset: Int) -> Cell {
        var text: [UInt8] = []
        let width = VisibleText.append(illFormed: byte, to: &text)
        return Cell(source: offset..<offset + 1, text: text, width: width)
    }

    /// Which cells fit into `limit` columns: the focus first, then a third of what is left before it and the
    /// rest behind it, then whatever still fits before.
    private static func window(of cells: [Cell], around focus: Range<Int>, limit: Int) -> Range<Int> {
        var low = cells.firstIndex { $0.source.upperBound > focus.lowerBound } ?? cells.count
        var high = low
        var free = limit
        func extendForward(while isWanted: (Cell) -> Bool) {
            while high < cells.count, isWanted(cells[high]), cells[high].width <= free {
                free -= cells[high].width
                high += 1
            }
        }
        func extendBackward(keeping reserve: Int) {
            while low > 0, cells[low - 1].width <= free - reserve {
                low -= 1
                free -= cells[low].width
            }
        }
        extendForward { $0.source.lowerBound < focus.upperBound }
        extendBackward(keeping: free - free / 3)
        extendForward { _ in true }
        extendBackward(keeping: 0)
        return low..<high
    }

    private mutating func show(_ shown: ArraySlice<Cell>) {
        for var cell in shown {
            cell.column = width
            width += cell.width
            text.append(contentsOf: cell.text)
            cells.append(cell)
        }
    }

    private mutating func showCut() {
        text.append(contentsOf: Self.cut)
        width += 1
    }
}
