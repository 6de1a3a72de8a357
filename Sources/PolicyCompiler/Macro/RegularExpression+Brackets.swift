// Sets of bytes in brackets, in both syntaxes.

extension RegularExpression.Parser {
    private typealias Malformed = RegularExpression.Malformed

    private static let namedSets: [(name: String, contains: @Sendable (UInt8) -> Bool)] = [
        ("alpha", isLetter), ("digit", { $0 &- 48 < 10 }), ("alnum", { isLetter($0) || $0 &- 48 < 10 }),
        ("upper", { $0 &- 65 < 26 }), ("lower", { $0 &- 97 < 26 }), ("space", DecimalNumber.isSpace),
        ("blank", { $0 == 32 || $0 == 9 }), ("punct", { isGraphic($0) && !isLetter($0) && $0 &- 48 >= 10 }),
        ("graph", isGraphic), ("print", { $0 &- 32 < 95 }), ("cntrl", { $0 < 32 || $0 == 127 }),
        ("xdigit", { $0 &- 48 < 10 || ($0 | 0x20) &- 97 < 6 }),
    ]

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 97 < 26 }
    private static func isGraphic(_ byte: UInt8) -> Bool { byte &- 33 < 94 }

    /// The set in brackets; the place is behind the opening one. Extended syntax has named sets besides, and no range that ends before it begins.
    mutating func bracket(isExtended: Bool) throws(RegularExpression.Malformed) -> Int {
        var set = RegularExpression.ByteSet()
        let inverted = place < pattern.count && pattern[place] == UInt8(ascii: "^")
        if inverted { place += 1 }
        var isFirst = true
        while true {
            guard place < pattern.count else { throw Malformed(reason: "a `[` has no `]`") }
            let byte = pattern[place]
            place += 1
            if byte == UInt8(ascii: "]"), !isFirst { break }
            isFirst = false
            if isExtended, byte == UInt8(ascii: "["), place < pattern.count, [UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ".")].contains(pattern[place]) {
                try addNamed(to: &set)
            } else if place + 1 < pattern.count, pattern[place] == UInt8(ascii: "-"), pattern[place + 1] != UInt8(ascii: "]") {
                let last = pattern[place + 1]
                place += 2
                if byte <= last {
                    for member in byte...last { set.insert(member) }
                } else if isExtended {
                    throw Malformed(reason: "a range in a `[` ends before it begins")
                }
            } else {
                set.insert(byte)
            }
        }
        if inverted { set.invert() }
        sets.append(set)
        return sets.count - 1
    }

    /// `[:alpha:]`, `[=a=]` or `[.a.]`; the place is behind its bracket.
    private mutating func addNamed(to set: inout RegularExpression.ByteSet) throws(RegularExpression.Malformed) {
        let mark = pattern[place]
        let start = place + 1
        var end = start
        while end + 1 < pattern.count, pattern[end] != mark || pattern[end + 1] != UInt8(ascii: "]") { end += 1 }
        guard end + 1 < pattern.count else { throw Malformed(reason: "a `[` has no `]`") }
        let name = pattern[start..<end]
        place = end + 2
        if mark == UInt8(ascii: ":") {
            guard let named = Self.namedSets.first(where: { $0.name.utf8.elementsEqual(name) }) else {
                throw Malformed(reason: "there is no set `[:\(String(decoding: name, as: UTF8.self)):]`")
            }
            for byte in UInt8.min...UInt8.max where named.contains(byte) { set.insert(byte) }
        } else {
            guard name.count == 1, let byte = name.first else { throw Malformed(reason: "there are no letters of more than one byte") }
            set.insert(byte)
        }
    }
}
