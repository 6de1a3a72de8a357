extension Chapter {
    /// What is wrong with a page.
    struct Malformed: Error, Equatable, CustomStringConvertible {
        let page: String
        let line: Int
        let reason: String

        var description: String { "\(page):\(line): \(reason)" }
    }

    /// Which blocks are examples: all of a chapter, and it has to have some; or, in a page that is none, those that say `run`.
    enum Form {
        case chapter, marked
    }

    init(_ name: String, _ text: String, form: Form = .chapter) throws(Malformed) {
        self.name = name
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var reader = Reader(page: name, lines: lines, form: form)
        try reader.read()
        steps = reader.steps
        needs = reader.needs
        guard form == .chapter else { return }
        guard lines[0].hasPrefix("# ") else { throw Malformed(page: name, line: 1, reason: "the first line is no title") }
        guard runCount > 0 else { throw Malformed(page: name, line: 1, reason: "no example is run") }
    }
}

private struct Reader {
    let page: String
    let lines: [String]
    let form: Chapter.Form
    var steps: [Chapter.Step] = []
    var needs: [Chapter.Need] = []

    private func malformed(_ index: Int, _ reason: String) -> Chapter.Malformed {
        Chapter.Malformed(page: page, line: index + 1, reason: reason)
    }

    mutating func read() throws(Chapter.Malformed) {
        var index = 0
        while index < lines.count {
            let line = lines[index]
            if line.hasPrefix("<!-- needs:") { try readNeeds(line, at: index) }
            guard line.drop(while: { $0 == " " }).hasPrefix("```") || line.hasPrefix("~~~") else {
                index += 1
                continue
            }
            let fence = line.prefix { $0 == "`" }
            guard let end = lines[(index + 1)...].firstIndex(where: { $0 == fence || fence.isEmpty && $0.contains("```") }) else {
                throw malformed(index, "the block has no end")
            }
            try readBlock(line, at: index, (index + 1)..<end)
            index = end + 1
        }
    }

    private mutating func readNeeds(_ line: String, at index: Int) throws(Chapter.Malformed) {
        for word in line.dropFirst(11).split(separator: " ") where word != "-->" {
            guard let need = Chapter.Need(rawValue: String(word)) else { throw malformed(index, "nothing is known of the need `\(word)`") }
            needs.append(need)
        }
    }

    private mutating func readBlock(_ opening: String, at index: Int, _ block: Range<Int>) throws(Chapter.Malformed) {
        var words = opening.drop { $0 == "`" }.split(separator: " ").map(String.init)
        if form == .marked {
            guard words.count > 1, words.last == "run", opening.hasPrefix("```") else { return }
            words.removeLast()
        }
        guard opening.hasPrefix("```"), !opening.hasPrefix("````") else { throw malformed(index, "a block of a chapter begins with three backticks at the line's begin") }
        switch words.first {
        case "console" where words.count == 1: try readConsole(block, notRunReason: nil)
        case "console" where words.count > 2 && words[1] == "not-run":
            try readConsole(block, notRunReason: words[2...].joined(separator: " "))
        case "console" where words.dropFirst() == ["not-run"]: throw malformed(index, "what is not run needs a reason: `console not-run REASON`")
        case "file" where words.count == 2 || words.count == 3 && words[2] == "append":
            guard Self.isInside(words[1]) else { throw malformed(index, "`\(words[1])` is no path in the working folder") }
            let text = lines[block].map { $0 + "\n" }.joined()
            steps.append(.file(.init(line: index + 1, path: words[1], text: text, isAppended: words.count == 3)))
        default: throw malformed(index, "`\(opening)` is no block of a chapter: `console`, `console not-run REASON`, `file PATH`, `file PATH append`")
        }
    }

    private static func isInside(_ path: String) -> Bool {
        !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
            && path.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-/+".contains($0)) }
    }

    private mutating func readConsole(_ block: Range<Int>, notRunReason: String?) throws(Chapter.Malformed) {
        guard let first = block.first, lines[first].hasPrefix("$ ") else {
            throw malformed(block.lowerBound - 1, "a block of commands begins with `$ `")
        }
        var index = block.lowerBound
        while index < block.upperBound {
            let start = index
            var text = [String(lines[index].dropFirst(2))]
            while lines[index].hasSuffix("\\") {
                index += 1
                guard index < block.upperBound else { throw malformed(start, "the command goes on behind the block's end") }
                text.append(lines[index])
            }
            index += 1
            let output = index..<(lines[index..<block.upperBound].firstIndex { $0.hasPrefix("$ ") } ?? block.upperBound)
            steps.append(
                .command(
                    .init(
                        line: start + 1, text: text.joined(separator: "\n"), outputLines: output, output: ExpectedOutput(Array(lines[output])),
                        notRunReason: notRunReason)))
            index = output.upperBound
        }
    }
}
