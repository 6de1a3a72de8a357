import CLinux
import Files
import Glibc

/// Columns of text for a terminal: those that may be long are wrapped where it ends.
struct TextTable {
    private struct Column {
        let title: String
        let isRight: Bool
        let isFlexible: Bool
    }

    private var columns: [Column] = []
    var rows: [[String]] = []

    mutating func add(_ title: String, isRight: Bool = false, isFlexible: Bool = false) {
        columns.append(Column(title: title, isRight: isRight, isFlexible: isFlexible))
    }

    /// How many characters the terminal has in a line; 120 where there is none.
    static var terminalWidth: Int {
        if let columns = Files.environment("COLUMNS").flatMap({ Int($0) }), columns >= 40 { return columns }
        let columns = Int(linux_terminal_columns(STDOUT_FILENO))
        return columns >= 40 ? columns : 120
    }

    /// The title's lines, and those of each row.
    func lines(width: Int) -> [[String]] {
        let all = [columns.map(\.title)] + rows
        var widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        // What is too wide is taken from the flexible columns, the widest first.
        let least = columns.map { max(14, $0.title.count) }
        while widths.reduce(0, +) + 2 * (columns.count - 1) > width {
            guard let column = columns.indices.filter({ columns[$0].isFlexible && widths[$0] > least[$0] }).max(by: { widths[$0] < widths[$1] }) else { break }
            widths[column] -= 1
        }
        return all.map { lines(of: $0, widths) }
    }

    private func lines(of row: [String], _ widths: [Int]) -> [String] {
        let cells = columns.indices.map { Self.wrapped(row[$0], columns[$0].isFlexible ? widths[$0] : .max) }
        let height = cells.map(\.count).max() ?? 0
        return (0..<height).map { line in
            var text = ""
            for column in columns.indices {
                let cell = line < cells[column].count ? cells[column][line] : ""
                let blank = String(repeating: " ", count: max(0, widths[column] - cell.count))
                text += (column > 0 ? "  " : "") + (columns[column].isRight ? blank + cell : cell + blank)
            }
            while text.last == " " { text.removeLast() }
            return text
        }
    }

    /// Lines of words; a word that is longer than a line is broken.
    private static func wrapped(_ text: String, _ width: Int) -> [String] {
        guard text.count > width else { return [text] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            var word = Substring(word)
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            while word.count > width {
                lines.append(String(word.prefix(width)))
                word = word.dropFirst(width)
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + [line]
    }
}
