/// The words of a Swift source, without its comments, and with each string as one word.
///
/// As much of the language as it takes not to mistake what is said in a comment or a string for code: nested comments, raw
/// strings, strings of several lines, and code within strings.
struct SwiftWords {
    enum Word: Equatable {
        case name(String)
        case string
        case symbol(Character)
    }

    private let text: [Character]
    private var place = 0
    private(set) var words: [Word] = []

    init(_ source: String) {
        text = Array(source)
        while place < text.count { step() }
    }

    private func at(_ offset: Int) -> Character? { place + offset < text.count ? text[place + offset] : nil }

    private func stands(_ string: String) -> Bool {
        string.enumerated().allSatisfy { at($0.offset) == $0.element }
    }

    private mutating func step() {
        if stands("//") {
            while let character = at(0), !character.isNewline { place += 1 }
        } else if stands("/*") {
            skipComment()
        } else if let character = at(0), character == "\"" || character == "#" && startsRawString {
            skipString()
            words.append(.string)
        } else if let character = at(0), character == "`" {
            let end = text[(place + 1)...].firstIndex(of: "`") ?? text.count
            words.append(.name(String(text[min(place + 1, end)..<end])))
            place = end + 1
        } else if let character = at(0), character.isLetter || character == "_" {
            let end = text[place...].firstIndex { !$0.isLetter && !$0.isNumber && $0 != "_" } ?? text.count
            words.append(.name(String(text[place..<end])))
            place = end
        } else {
            if let character = at(0), !character.isWhitespace { words.append(.symbol(character)) }
            place += 1
        }
    }

    private var startsRawString: Bool {
        var offset = 1
        while at(offset) == "#" { offset += 1 }
        return at(offset) == "\""
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if stands("/*") {
                depth += 1
                place += 2
            } else if stands("*/") {
                depth -= 1
                place += 2
            } else {
                place += 1
            }
        } while depth > 0 && place < text.count
    }

    private mutating func skipString() {
        var marks = 0
        while at(0) == "#" {
            marks += 1
            place += 1
        }
        let quote = stands("\"\"\"") ? "\"\"\"" : "\""
        let raw = String(repeating: "#", count: marks)
        place += quote.count
        while place < text.count {
            if stands(quote + raw) {
                place += quote.count + marks
                return
            }
            // A string of one line that has no end is none: a regular expression has a quote in it.
            if quote.count == 1, let character = at(0), character.isNewline { return }
            guard stands("\\" + raw) else {
                place += 1
                continue
            }
            place += 1 + marks
            if at(0) == "(" { skipCode() } else { place += 1 }
        }
    }

    /// Code within a string, which may have strings itself.
    private mutating func skipCode() {
        var depth = 0
        repeat {
            switch at(0) {
            case "(": depth += 1
            case ")": depth -= 1
            case "\"":
                skipString()
                continue
            default: break
            }
            place += 1
        } while depth > 0 && place < text.count
    }
}
