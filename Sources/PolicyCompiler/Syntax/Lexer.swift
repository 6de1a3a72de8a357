/// Cuts the text of a policy into tokens.
///
/// It decides as checkpolicy's scanner does: the longest token wins, and among equally long ones the first of
/// identifiers, numbers, file systems, addresses (checkpolicy, policy_scan.l). It goes beyond it where the scanner
/// only has limits: carriage returns are white space, and lines may have any length.
struct Lexer {
    private let bytes: [UInt8]
    private var position = 0
    private let hasInterfacePatterns: Bool
    private let hasAddressBlocks: Bool
    private(set) var identifiers = IdentifierTable()
    /// Where comments stand that may be `#line` markers. They are read only when a place must be shown.
    private(set) var lineMarkers: [UInt32] = []
    /// Comments addressed to the compiler, which silence a warning.
    private(set) var remarks: [Range<Int>] = []

    /// `text` is what was written, or what macros made of it.
    init(_ bytes: [UInt8], dialect: Dialect) {
        self.bytes = bytes
        hasInterfacePatterns = dialect.hasInterfacePatterns
        hasAddressBlocks = dialect.hasAddressBlocks
    }

    /// The next token; `end` for ever once the text is used up.
    mutating func next() -> Token {
        skipSpace()
        guard position < bytes.count else {
            return Token(kind: .end, identifier: .minus, offset: UInt32(bytes.count), length: 0)
        }
        let byte = bytes[position]
        if byte.isLetter { return word() }
        if byte.isDigit { return numeral() }
        return punctuation(byte)
    }

    // MARK: White space and comments

    private mutating func skipSpace() {
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")
                || byte == UInt8(ascii: "\r") || byte == 0x0c
            {
                position += 1
            } else if byte == UInt8(ascii: "#") {
                skipComment()
            } else {
                return
            }
        }
    }

    private mutating func skipComment() {
        let start = position
        position = bytes.span.firstIndex(of: UInt8(ascii: "\n"), from: start, to: bytes.count) ?? bytes.count
        if start + 5 < position, bytes[start + 1] == UInt8(ascii: "l") {
            lineMarkers.append(UInt32(start))
        } else if start + 6 < position, bytes[start + 2] == UInt8(ascii: "x") {
            if bytes[start + 1..<start + 6].elementsEqual(" xsm:".utf8) { remarks.append(start..<position) }
        }
    }

    // MARK: Names and numbers

    /// A token that begins with a letter: an identifier or keyword, unless an address or pattern is longer.
    private mutating func word() -> Token {
        let start = position
        var end = start
        var hash: UInt32 = 0x811c_9dc5
        while end < bytes.count {
            let byte = bytes[end]
            if byte.isIdentifierByte {
                hash = (hash ^ UInt32(byte)) &* 0x0100_0193
                end += 1
            } else if byte == UInt8(ascii: "."), end + 1 < bytes.count, bytes[end + 1].isIdentifierByte {
                hash = (hash ^ UInt32(byte)) &* 0x0100_0193
                end += 1
            } else {
                break
            }
        }
        if end < bytes.count, bytes[end].mayLengthenWord(of: end - start), let longer = longerToken(from: start, than: end) {
            return longer
        }
        let identifier = identifiers.intern(bytes, from: start, to: end, hash: hash)
        position = end
        let kind: Token.Kind = identifiers.keyword(identifier).map { .keyword($0) } ?? .identifier
        return Token(kind: kind, identifier: identifier, offset: UInt32(start), length: UInt32(end - start))
    }

    /// A token that begins with a digit: the longest of number, file system, address and version.
    private mutating func numeral() -> Token {
        let start = position
        var kind = Token.Kind.number
        var end = start
        while end < bytes.count, bytes[end].isDigit { end += 1 }
        if end == start + 1, bytes[start] == UInt8(ascii: "0"), end + 1 < bytes.count,
            bytes[end] == UInt8(ascii: "x"), bytes[end + 1].isHexDigit
        {
            end += 1
            while end < bytes.count, bytes[end].isHexDigit { end += 1 }
        }
        var word = start
        while word < bytes.count, bytes[word].isLetter || bytes[word].isDigit { word += 1 }
        if word > end {
            kind = .filesystem
            end = word
        }
        let candidates: [(Token.Kind, Int)] = [
            (.ipv4Block, hasAddressBlocks ? endOfIPv4(from: start, block: true) : 0),
            (.ipv4, endOfIPv4(from: start, block: false)),
            (.version, endOfVersion(from: start)),
        ]
        for (candidate, candidateEnd) in candidates where candidateEnd > end {
            kind = candidate
            end = candidateEnd
        }
        if let longer = longerToken(from: start, than: end) { return longer }
        return token(kind, from: start, to: end)
    }

    /// An IPv6 address or an interface pattern that is longer than what ends at `end`.
    private mutating func longerToken(from start: Int, than end: Int) -> Token? {
        var best: (kind: Token.Kind, end: Int)?
        var address = start
        var colons = 0
        while colons < 2 {
            var digits = 0
            while address < bytes.count, bytes[address].isHexDigit, digits < 4 {
                address += 1
                digits += 1
            }
            guard address < bytes.count, bytes[address] == UInt8(ascii: ":") else { break }
            address += 1
            colons += 1
        }
        if colons == 2 {
            while address < bytes.count,
                bytes[address].isHexDigit || bytes[address] == UInt8(ascii: ":") || bytes[address] == UInt8(ascii: ".")
            {
                address += 1
            }
            if address > end { best = (.ipv6, address) }
            if hasAddressBlocks, let blockEnd = endOfBlock(from: address, digits: 3) { best = (.ipv6Block, blockEnd) }
        }
        if hasInterfacePatterns {
            var pattern = start
            while pattern < bytes.count, pattern - start < 16,
                bytes[pattern].isLetter || bytes[pattern].isDigit || bytes[pattern].isPatternByte
            {
                pattern += 1
            }
            if pattern > (best?.end ?? end) { best = (.interfaceName, pattern) }
        }
        return best.map { token($0.kind, from: start, to: $0.end) }
    }

    private func endOfIPv4(from start: Int, block: Bool) -> Int {
        var end = start
        for part in 0..<4 {
            if part > 0 {
                guard end < bytes.count, bytes[end] == UInt8(ascii: ".") else { return 0 }
                end += 1
            }
            let first = end
            while end < bytes.count, end - first < 3, bytes[end].isDigit { end += 1 }
            guard end > first else { return 0 }
        }
        return block ? endOfBlock(from: end, digits: 2) ?? 0 : end
    }

    private func endOfBlock(from start: Int, digits: Int) -> Int? {
        guard start < bytes.count, bytes[start] == UInt8(ascii: "/") else { return nil }
        var end = start + 1
        while end < bytes.count, end - start <= digits, bytes[end].isDigit { end += 1 }
        return end > start + 1 ? end : nil
    }

    private func endOfVersion(from start: Int) -> Int {
        var end = start
        while end < bytes.count, bytes[end].isDigit { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: ".") else { return end }
        while end < bytes.count,
            bytes[end].isLetter || bytes[end].isDigit || bytes[end] == UInt8(ascii: "_")
                || bytes[end] == UInt8(ascii: ".")
        {
            end += 1
        }
        return end
    }

    // MARK: Everything else

    private mutating func punctuation(_ byte: UInt8) -> Token {
        let start = position
        let next = start + 1 < bytes.count ? bytes[start + 1] : 0
        switch byte {
        case UInt8(ascii: ","): return token(.comma, from: start, to: start + 1)
        case UInt8(ascii: ":"):
            return longerToken(from: start, than: start + 1) ?? token(.colon, from: start, to: start + 1)
        case UInt8(ascii: ";"): return token(.semicolon, from: start, to: start + 1)
        case UInt8(ascii: "("): return token(.leftParenthesis, from: start, to: start + 1)
        case UInt8(ascii: ")"): return token(.rightParenthesis, from: start, to: start + 1)
        case UInt8(ascii: "{"): return token(.leftBrace, from: start, to: start + 1)
        case UInt8(ascii: "}"): return token(.rightBrace, from: start, to: start + 1)
        case UInt8(ascii: "["): return token(.leftBracket, from: start, to: start + 1)
        case UInt8(ascii: "]"): return token(.rightBracket, from: start, to: start + 1)
        case UInt8(ascii: "-"): return token(.minus, from: start, to: start + 1)
        case UInt8(ascii: "."): return token(.dot, from: start, to: start + 1)
        case UInt8(ascii: "~"): return token(.tilde, from: start, to: start + 1)
        case UInt8(ascii: "^"): return token(.xor, from: start, to: start + 1)
        case UInt8(ascii: "*"), UInt8(ascii: "?"):
            if let pattern = longerToken(from: start, than: start + 1) { return pattern }
            return token(byte == UInt8(ascii: "*") ? .star : .invalid, from: start, to: start + 1)
        case UInt8(ascii: "!"):
            return next == UInt8(ascii: "=")
                ? token(.notEqual, from: start, to: start + 2) : token(.not, from: start, to: start + 1)
        case UInt8(ascii: "=") where next == byte: return token(.equal, from: start, to: start + 2)
        case UInt8(ascii: "&") where next == byte: return token(.and, from: start, to: start + 2)
        case UInt8(ascii: "|") where next == byte: return token(.or, from: start, to: start + 2)
        case UInt8(ascii: "/"): return path(from: start)
        case UInt8(ascii: "\""): return quoted(from: start)
        default:
            // A stretch of bytes that begin nothing is one mistake, not many.
            var end = start + 1
            while end < bytes.count, bytes[end] >= 0x80 { end += 1 }
            return token(.invalid, from: start, to: end)
        }
    }

    private mutating func path(from start: Int) -> Token {
        var end = start
        while end < bytes.count, !bytes[end].isSpace { end += 1 }
        return token(.path, from: start, to: end)
    }

    private mutating func quoted(from start: Int) -> Token {
        var end = start + 1
        var hasSlash = false
        while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\n") {
            hasSlash = hasSlash || bytes[end] == UInt8(ascii: "/")
            end += 1
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else {
            return token(.invalid, from: start, to: start + 1)
        }
        let isPath = start + 1 < end && bytes[start + 1] == UInt8(ascii: "/")
        guard isPath || (!hasSlash && end > start + 1) else { return token(.invalid, from: start, to: start + 1) }
        return token(isPath ? .quotedPath : .fileName, from: start, to: end + 1)
    }

    /// A token whose text is kept as an identifier, without its quotes where it has some.
    private mutating func token(_ kind: Token.Kind, from start: Int, to end: Int) -> Token {
        position = end
        var first = start
        var last = end
        if kind == .quotedPath || kind == .fileName {
            first += 1
            last -= 1
        }
        let identifier: Identifier
        switch kind {
        case .number, .filesystem, .ipv4, .ipv4Block, .ipv6, .ipv6Block, .version, .interfaceName, .path, .quotedPath,
            .fileName:
            let hash = IdentifierTable.hash(bytes, from: first, to: last)
            identifier = identifiers.intern(bytes, from: first, to: last, hash: hash)
        default: identifier = .minus
        }
        return Token(kind: kind, identifier: identifier, offset: UInt32(start), length: UInt32(end - start))
    }
}

extension UInt8 {
    /// Whether a word of `length` bytes with this byte behind it may be an IPv6 address or an interface pattern.
    fileprivate func mayLengthenWord(of length: Int) -> Bool {
        self == UInt8(ascii: ":") ? length <= 4 : self == UInt8(ascii: "*") || self == UInt8(ascii: "?")
    }

    fileprivate var isLetter: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 }
    fileprivate var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
    fileprivate var isHexDigit: Bool { isDigit || (self | 0x20) &- UInt8(ascii: "a") < 6 }
    fileprivate var isPatternByte: Bool {
        self == UInt8(ascii: "*") || self == UInt8(ascii: "?") || self == UInt8(ascii: "_")
    }
    fileprivate var isIdentifierByte: Bool {
        isLetter || isDigit || self == UInt8(ascii: "_") || self == UInt8(ascii: "-")
    }
    fileprivate var isSpace: Bool {
        self == UInt8(ascii: " ") || self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r")
            || self == UInt8(ascii: "\t") || self == 0x0c
    }
}
