/// Line numbers of places in files, for sync lines and `__line__`: quick when places are asked for in order.
struct LineCounter {
    private var segment = -1
    /// The line of the last answer, and where it begins and ends.
    private var line = 1
    private var start = 1
    private var end = 0

    /// The number, from 1, of the line that holds `offset`, which lies in the file `number`.
    mutating func line(of offset: Int, in file: FileSegment, number: Int, text: borrowing Arena) -> Int {
        if segment == number, offset >= start, offset < end { return line }
        if segment != number || offset < start {
            if segment == number, offset >= file.start, start - offset < offset - file.start {
                while start > offset {
                    start -= 1
                    line -= 1
                    while start > file.start, text[start - 1] != UInt8(ascii: "\n") { start -= 1 }
                }
            } else {
                segment = number
                line = 1
                start = file.start
            }
            end = Self.lineEnd(from: start, before: file.end, in: text)
        }
        while offset >= end, end < file.end {
            start = end
            line += 1
            end = Self.lineEnd(from: start, before: file.end, in: text)
        }
        return line
    }

    /// The place behind the line end that follows `start`, or `limit`.
    private static func lineEnd(from start: Int, before limit: Int, in text: borrowing Arena) -> Int {
        text.bytes.span.firstIndex(of: UInt8(ascii: "\n"), from: start, to: limit).map { $0 + 1 } ?? limit
    }
}
