internal import Diagnostics

/// What SELinux's reference policy makes of its expanded modules: declarations go before the rules, contexts and users
/// behind them, and what moved stays in its place as a comment, so that line numbers hold.
///
/// Its `support/*.sed` and its `Rules.monolithic` say which lines are which, line by line; so does this.
struct MonolithicSections {
    private(set) var text: MappedText
    /// Lines to go in front, without the blanks at their beginning.
    private var declarations: [Range<Int>] = []
    /// Where lines that moved begin.
    private var moved: [Int] = []
    private var users: [Range<Int>] = []
    /// By the index of their keyword in ``contextKeywords``.
    private var contexts: [[Range<Int>]]

    /// The order in which contexts are put behind the rules. A `fs_use` is one by its second word.
    private static let contextKeywords = [
        "sid ", "fs_use_", "genfscon", "portcon", "netifcon", "nodecon", "ibpkeycon", "ibendportcon",
    ]

    private static let comment = "# this line was moved by the build process: "

    /// Sorts the lines of the expanded modules.
    init(_ text: MappedText) {
        self.text = text
        contexts = Array(repeating: [], count: Self.contextKeywords.count)
        scan()
    }

    // MARK: Sections

    /// The declarations, sorted by their bytes.
    func appendDeclarations(to result: inout MappedText) {
        let bytes = text.bytes.span
        let sorted = declarations.map { ($0, Self.key(bytes, $0)) }.sorted { first, second in
            first.1 == second.1 ? Self.precedes(first.0, second.0, bytes) : first.1 < second.1
        }
        for (line, _) in sorted { appendLine(line, to: &result) }
    }

    /// The first bytes of a line as a number: most lines are told apart by it.
    private static func key(_ bytes: Swift.Span<UInt8>, _ line: Range<Int>) -> UInt128 {
        var key: UInt128 = 0
        for index in 0..<16 {
            key = key << 8 | (index < line.count ? UInt128(bytes[line.lowerBound + index]) : 0)
        }
        return key
    }

    /// The modules, in which every line that moved is a comment.
    func appendRules(to result: inout MappedText) {
        var start = 0
        for line in moved {
            result.append(text, start..<line)
            result.append(Self.comment.utf8)
            start = line
        }
        result.append(text, start..<text.bytes.count)
    }

    /// The modules, in which every line that moved is a comment, in the room that they have: the other sections must be
    /// made before.
    mutating func takeRules() -> MappedText {
        var rules = MappedText()
        swap(&rules, &text)
        rules.commentOut(linesAt: moved)
        return rules
    }

    func appendUsers(to result: inout MappedText) {
        for line in users { appendLine(line, to: &result) }
    }

    func appendContexts(to result: inout MappedText) {
        for lines in contexts {
            for line in lines { appendLine(line, to: &result) }
        }
    }

    /// A line with its end, which the last one of a text may lack.
    private func appendLine(_ line: Range<Int>, to result: inout MappedText) {
        result.append(text, line)
        result.append([UInt8(ascii: "\n")])
    }

    private static func precedes(_ first: Range<Int>, _ second: Range<Int>, _ bytes: Swift.Span<UInt8>) -> Bool {
        let length = min(first.count, second.count)
        for index in 0..<length {
            let (a, b) = (bytes[first.lowerBound + index], bytes[second.lowerBound + index])
            if a != b { return a < b }
        }
        return first.count < second.count
    }

    // MARK: Lines

    private mutating func scan() {
        let text = text
        let bytes = text.bytes.span
        // Lines of these blocks stay where they are. Each goes from a line with its beginning to a later one with its
        // end; a `require` block is looked for first, in optional blocks too.
        var isInRequire = false
        var isInOptional = false
        var start = 0
        var brace = -1
        while start < bytes.count {
            let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: start, to: bytes.count) ?? bytes.count
            var first = start
            while first < end, Self.isBlank(bytes[first]) { first += 1 }
            var opensRequire = false
            var opensOptional = false
            while brace < end {
                if brace >= start {
                    opensRequire = opensRequire || Self.stands("require ", before: brace, from: start, in: bytes)
                    opensOptional = opensOptional || Self.stands("optional ", before: brace, from: start, in: bytes)
                }
                brace = bytes.firstIndex(of: UInt8(ascii: "{"), from: brace + 1, to: bytes.count) ?? bytes.count
            }
            var canMove = false
            if isInRequire {
                isInRequire = !Self.contains("} # end require", bytes, start..<end)
            } else if opensRequire {
                isInRequire = true
            } else if isInOptional {
                isInOptional = !Self.contains("} # end optional", bytes, start..<end)
            } else if opensOptional {
                isInOptional = true
            } else {
                canMove = true
            }
            if first < end { sort(start..<end, first: first, canMove: canMove, bytes) }
            start = end + 1
        }
    }

    /// Puts one line where it belongs; `first` is its first byte that is no blank.
    private mutating func sort(_ line: Range<Int>, first: Int, canMove: Bool, _ bytes: Swift.Span<UInt8>) {
        func begins(_ word: String) -> Bool { Self.begins(word, bytes, first..<line.upperBound) }
        switch bytes[first] {
        case UInt8(ascii: "a") where canMove && (begins("attribute ") || begins("attribute_role ")),
            UInt8(ascii: "t") where canMove && (begins("type ") || begins("typealias ")),
            UInt8(ascii: "b") where canMove && begins("bool "),
            UInt8(ascii: "r") where canMove && Self.declaresRole(bytes, first..<line.upperBound):
            declarations.append(first..<line.upperBound)
            moved.append(line.lowerBound)
        case UInt8(ascii: "u") where begins("user "):
            users.append(line)
            if canMove, Self.declaresUser(bytes, first..<line.upperBound) { moved.append(line.lowerBound) }
        case UInt8(ascii: "f") where begins("fs_use_"):
            let kinds: [(String, String)] = [
                ("fs_use_xattr", "fs_use_xattr "), ("fs_use_task", "fs_use_task "), ("fs_use_trans", "fs_use_trans "),
            ]
            for (kind, word) in kinds where begins(kind) {
                contexts[1].append(line)
                if canMove, begins(word) { moved.append(line.lowerBound) }
            }
        case UInt8(ascii: "s"), UInt8(ascii: "g"), UInt8(ascii: "p"), UInt8(ascii: "n"), UInt8(ascii: "i"):
            for (index, keyword) in Self.contextKeywords.enumerated()
            where Self.begins(keyword, bytes, first..<line.upperBound) {
                contexts[index].append(line)
                let end = first + keyword.utf8.count
                let isWord = index == 0 || end < line.upperBound && bytes[end] == UInt8(ascii: " ")
                if canMove, isWord { moved.append(line.lowerBound) }
            }
        default: break
        }
    }

    /// `role NAME;`, whose name has no digits.
    private static func declaresRole(_ bytes: Swift.Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard begins("role", bytes, range) else { return false }
        var place = range.lowerBound + 4
        let blanks = place
        while place < range.upperBound, isBlank(bytes[place]) { place += 1 }
        let name = place
        while place < range.upperBound, isLetter(bytes[place]) { place += 1 }
        guard name > blanks, place > name else { return false }
        while place < range.upperBound, isBlank(bytes[place]) { place += 1 }
        return place < range.upperBound && bytes[place] == UInt8(ascii: ";")
    }

    /// `user NAME roles `, whose name has no digits.
    private static func declaresUser(_ bytes: Swift.Span<UInt8>, _ range: Range<Int>) -> Bool {
        let name = range.lowerBound + 5
        var place = name
        while place < range.upperBound, isLetter(bytes[place]) { place += 1 }
        return place > name && begins(" roles ", bytes, place..<range.upperBound)
    }

    // MARK: Bytes

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte | 0x20 &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
    }

    private static func begins(_ word: String, _ bytes: Swift.Span<UInt8>, _ range: Range<Int>) -> Bool {
        var place = range.lowerBound
        for byte in word.utf8 {
            guard place < range.upperBound, bytes[place] == byte else { return false }
            place += 1
        }
        return true
    }

    /// Whether `word` ends where `place` is, in a line that begins at `start`.
    private static func stands(_ word: String, before place: Int, from start: Int, in bytes: Swift.Span<UInt8>) -> Bool {
        let first = place - word.utf8.count
        return first >= start && begins(word, bytes, first..<place)
    }

    /// Whether one of these words that begin with a brace stands in a line.
    private static func contains(_ word: String, _ bytes: Swift.Span<UInt8>, _ range: Range<Int>) -> Bool {
        var place = range.lowerBound
        while let brace = bytes.firstIndex(of: UInt8(ascii: "}"), from: place, to: range.upperBound) {
            if begins(word, bytes, brace..<range.upperBound) { return true }
            place = brace + 1
        }
        return false
    }
}
