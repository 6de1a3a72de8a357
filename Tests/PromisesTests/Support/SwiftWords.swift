/// The words of a Swift source, without its comments, and with each string as one word.
///
/// As much of the language as it takes not to mistake what is said in a comment or a string for code: nested comments, raw
/// strings, strings of several lines, and code within strings.
struct SwiftWords {
    enum Word: Equatable {
        case name(String)
        case string
        case symbol(Unicode.Scalar)
    }

    private let text: [UInt8]
    private var place = 0
    private(set) var words: [Word] = []

    init(_ source: String) {
        text = Array(source.utf8)
        while place < text.count { step() }
    }

    private func at(_ offset: Int) -> UInt8? { place + offset < text.count ? text[place + offset] : nil }

    private mutating func step() {
        guard let byte = at(0) else { return }
        switch byte {
        case UInt8(ascii: "/") where at(1) == UInt8(ascii: "/"):
            place = text[place...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
        case UInt8(ascii: "/") where at(1) == UInt8(ascii: "*"): skipComment()
        case UInt8(ascii: "\""):
            skipString()
            words.append(.string)
        case UInt8(ascii: "#") where startsRawString:
            skipString()
            words.append(.string)
        case UInt8(ascii: "`"):
            let end = text[(place + 1)...].firstIndex(of: byte) ?? text.count
            words.append(.name(String(decoding: text[(place + 1)..<end], as: UTF8.self)))
            place = min(end + 1, text.count)
        case _ where Self.isLetter(byte):
            let end = text[place...].firstIndex { !Self.isLetter($0) && !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0) } ?? text.count
            words.append(.name(String(decoding: text[place..<end], as: UTF8.self)))
            place = end
        default:
            if byte > UInt8(ascii: " ") { words.append(.symbol(Unicode.Scalar(byte))) }
            place += 1
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...: true
        default: false
        }
    }

    private var startsRawString: Bool {
        var offset = 1
        while at(offset) == UInt8(ascii: "#") { offset += 1 }
        return at(offset) == UInt8(ascii: "\"")
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if at(0) == UInt8(ascii: "/"), at(1) == UInt8(ascii: "*") {
                depth += 1
                place += 2
            } else if at(0) == UInt8(ascii: "*"), at(1) == UInt8(ascii: "/") {
                depth -= 1
                place += 2
            } else {
                place += 1
            }
        } while depth > 0 && place < text.count
    }

    private mutating func skipString() {
        var marks = 0
        while at(marks) == UInt8(ascii: "#") { marks += 1 }
        place += marks
        let quotes = run(of: UInt8(ascii: "\"")) >= 3 ? 3 : 1
        place += quotes
        while let byte = at(0) {
            if byte == UInt8(ascii: "\""), run(of: byte) >= quotes, run(of: UInt8(ascii: "#"), from: quotes) >= marks {
                place += quotes + marks
                return
            }
            // A string of one line that has no end is none: a regular expression has a quote in it.
            if quotes == 1, byte == UInt8(ascii: "\n") { return }
            guard byte == UInt8(ascii: "\\"), run(of: UInt8(ascii: "#"), from: 1) >= marks else {
                place += 1
                continue
            }
            place += 1 + marks
            if at(0) == UInt8(ascii: "(") { skipCode() } else { place += 1 }
        }
    }

    /// How often a byte stands there, one behind the other; as far as it matters.
    private func run(of byte: UInt8, from offset: Int = 0) -> Int {
        var count = 0
        while count < 16, at(offset + count) == byte { count += 1 }
        return count
    }

    /// Code within a string, which may have strings itself.
    private mutating func skipCode() {
        var depth = 0
        repeat {
            switch at(0) {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            case UInt8(ascii: "\""):
                skipString()
                continue
            default: break
            }
            place += 1
        } while depth > 0 && place < text.count
    }
}
