/// Text in lines that fit.
enum FilledText {
    /// How wide a terminal is at least.
    static let width = 80

    /// Paragraphs, filled; those whose lines begin with a space stay as they are.
    static func paragraphs(_ text: String) -> String {
        paragraphs(of: text).map { $0.isAsItIs ? $0.lines.map { $0 + "\n" }.joined() : fill($0.lines.joined(separator: " "), indentation: 0) }
            .joined(separator: "\n")
    }

    /// The paragraphs of a text: whether each stays as it is, and its lines.
    static func paragraphs(of text: String) -> [(isAsItIs: Bool, lines: [String])] {
        var paragraphs: [(isAsItIs: Bool, lines: [String])] = []
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) + [""] {
            if !line.isEmpty {
                lines.append(line)
            } else if !lines.isEmpty {
                paragraphs.append((lines[0].hasPrefix(" "), lines))
                lines = []
            }
        }
        return paragraphs
    }

    /// Words in lines that are indented; the first one may have begun otherwise.
    static func fill(_ text: String, indentation: Int, starting start: String? = nil) -> String {
        let blank = String(repeating: " ", count: indentation)
        var result = start ?? blank
        var column = result.count
        var isAtStart = true
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            if !isAtStart, column + 1 + word.count > width {
                result += "\n" + blank
                (column, isAtStart) = (indentation, true)
            }
            if !isAtStart { result += " " }
            result += word
            column += word.count + (isAtStart ? 0 : 1)
            isAtStart = false
        }
        return result + "\n"
    }

    /// A command line as a shell takes it, on more lines than one where it is long.
    static func command(_ text: String) -> String {
        var lines = ["  "]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].count + word.count + 3 > width {
                lines[lines.count - 1] += "\\"
                lines.append("      ")
            }
            lines[lines.count - 1] += word + " "
        }
        return lines.map { $0.dropLast($0.hasSuffix(" ") ? 1 : 0) + "\n" }.joined()
    }

    /// A row: a name, and behind it in a column of its own what is to be said of it.
    static func row(_ name: String, _ text: String, column: Int) -> String {
        let left = "  " + name
        if left.count + 2 > column { return left + "\n" + fill(text, indentation: column) }
        return fill(text, indentation: column, starting: left + String(repeating: " ", count: column - left.count))
    }
}
