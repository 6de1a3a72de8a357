/// What a command is to print. A line `…` stands for any lines, also for none; `…` in a line for any part of it, also for nothing.
/// Blanks at the ends of lines do not count, nor empty lines at the end of all.
struct ExpectedOutput {
    let lines: [String]
    static let elision: Character = "…"

    init(_ lines: [String]) { self.lines = Array(lines.reversed().drop { $0.isEmpty }.reversed()) }

    /// The lines of what a program wrote.
    static func lines(of output: String) -> [String] {
        // A return and a line's end are one character of a string's, and two of its scalars.
        var lines = output.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { withoutBlanksAtEnd(String($0)) }
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    private static func withoutBlanksAtEnd(_ line: some StringProtocol) -> String {
        var line = String(line)
        while let last = line.last, last == " " || last == "\t" || last == "\r" { line.removeLast() }
        return line
    }

    func matches(_ actual: [String]) -> Bool {
        // reachable[i]: the expected lines so far can stand for the first i actual ones.
        var reachable = [Bool](repeating: false, count: actual.count + 1)
        reachable[0] = true
        for expected in lines {
            if Self.isElision(expected) {
                if let first = reachable.firstIndex(of: true) { for index in first..<reachable.count { reachable[index] = true } }
                continue
            }
            for index in stride(from: actual.count, to: 0, by: -1) {
                reachable[index] = reachable[index - 1] && Self.matches(expected, actual[index - 1])
            }
            reachable[0] = false
        }
        return reachable[actual.count]
    }

    static func isElision(_ expected: String) -> Bool { withoutBlanksAtEnd(expected.drop { $0 == " " }) == String(elision) }

    static func matches(_ expected: String, _ actual: String) -> Bool {
        let pieces = withoutBlanksAtEnd(expected).split(separator: elision, omittingEmptySubsequences: false)
        var rest = Substring(withoutBlanksAtEnd(actual))
        guard pieces.count > 1, let first = pieces.first, let last = pieces.last else { return pieces.first ?? "" == rest }
        guard rest.hasPrefix(first) else { return false }
        rest.removeFirst(first.count)
        guard rest.hasSuffix(last) else { return false }
        rest.removeLast(last.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let found = rest.firstRange(of: piece) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }

    /// What is missing (`-`) and what is there instead (`+`), with what stands around it.
    func difference(from actual: [String]) -> String {
        // An elision is like no line: what it stands for is told as added.
        let change = actual.difference(from: lines) { one, other in
            !Self.isElision(one) && !Self.isElision(other) && (Self.matches(one, other) || Self.matches(other, one))
        }
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for step in change {
            switch step {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var told: [String] = []
        var (before, after) = (0, 0)
        while before < lines.count || after < actual.count {
            if before < lines.count, removed.contains(before) {
                told.append((Self.isElision(lines[before]) ? "  " : "- ") + lines[before])
                before += 1
            } else if after < actual.count, inserted.contains(after) {
                told.append("+ " + actual[after])
                after += 1
            } else {
                if after < actual.count { told.append("  " + actual[after]) }
                before += 1
                after += 1
            }
        }
        let limit = 80
        return told.prefix(limit).joined(separator: "\n") + (told.count > limit ? "\n… and \(told.count - limit) more lines" : "")
    }
}
