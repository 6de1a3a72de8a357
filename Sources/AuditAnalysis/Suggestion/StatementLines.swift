/// The lines of a file behind which a statement can be written: where no quote, parenthesis, brace or statement is open.
///
/// It reads as m4 does while quotes and comments are the usual ones. What it finds is tried by compiling, so that a file in which they are
/// not costs a better place, and no more.
struct StatementLines: Sendable {
    /// For each number of lines, whether a statement can stand behind so many.
    private let isOpen: [Bool]

    init(_ bytes: [UInt8], hasMacros: Bool) {
        var scanner = Scanner(bytes, hasMacros: hasMacros)
        isOpen = scanner.scan()
    }

    /// The first place behind a line, which is counted from 1.
    func place(behind line: Int) -> Int? {
        guard line >= 1, line < isOpen.count else { return nil }
        return isOpen[line...].firstIndex(of: true)
    }

    /// Behind everything.
    var last: Int? { isOpen.lastIndex(of: true) }

    private struct Scanner {
        private let bytes: [UInt8]
        private let hasMacros: Bool
        private var quotes = 0
        private var parentheses = 0
        private var braces = 0
        /// Whether the last thing that was read ends a statement.
        private var isEnded = true

        init(_ bytes: [UInt8], hasMacros: Bool) {
            self.bytes = bytes
            self.hasMacros = hasMacros
        }

        mutating func scan() -> [Bool] {
            var places = [true]
            var place = 0
            while place < bytes.count {
                let byte = bytes[place]
                place += 1
                if byte == UInt8(ascii: "\n") {
                    places.append(quotes == 0 && parentheses == 0 && braces == 0 && isEnded && !goesOn(place))
                    continue
                }
                if quotes == 0, byte == UInt8(ascii: "#") || hasMacros && isDiscard(place - 1) {
                    while place < bytes.count, bytes[place] != UInt8(ascii: "\n") { place += 1 }
                    continue
                }
                read(byte)
            }
            if bytes.last != UInt8(ascii: "\n"), !bytes.isEmpty {
                places.append(quotes == 0 && parentheses == 0 && braces == 0 && isEnded)
            }
            return places
        }

        private mutating func read(_ byte: UInt8) {
            if hasMacros {
                if byte == UInt8(ascii: "`") { quotes += 1 }
                if byte == UInt8(ascii: "'"), quotes > 0 { quotes -= 1 }
                if quotes > 0 || byte == UInt8(ascii: "'") { return }
            }
            switch byte {
            case UInt8(ascii: "("): parentheses += 1
            case UInt8(ascii: ")"): parentheses = max(0, parentheses - 1)
            case UInt8(ascii: "{"): braces += 1
            case UInt8(ascii: "}"): braces = max(0, braces - 1)
            default: break
            }
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
            case UInt8(ascii: ";"), UInt8(ascii: "}"): isEnded = true
            // A call of a macro ends so.
            case UInt8(ascii: ")"): isEnded = hasMacros
            default: isEnded = false
            }
        }

        /// Whether the word `dnl` stands here, behind which m4 drops the line.
        private func isDiscard(_ place: Int) -> Bool {
            guard bytes[place] == UInt8(ascii: "d"), bytes[place...].starts(with: "dnl".utf8) else { return false }
            let before = place > 0 ? bytes[place - 1] : 0x20
            let after = place + 3 < bytes.count ? bytes[place + 3] : 0x20
            return !Self.isWord(before) && !Self.isWord(after)
        }

        private static func isWord(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }

        /// Whether what follows belongs to what stands before: a block, or the other branch of one.
        private func goesOn(_ place: Int) -> Bool {
            var place = place
            while place < bytes.count, bytes[place] == 0x20 || bytes[place] == 0x09 || bytes[place] == 0x0a || bytes[place] == 0x0d { place += 1 }
            guard place < bytes.count else { return false }
            return bytes[place] == UInt8(ascii: "{") || bytes[place...].starts(with: "else".utf8)
        }
    }
}
