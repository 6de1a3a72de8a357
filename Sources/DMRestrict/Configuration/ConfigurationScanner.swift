/// Takes a configuration's text apart (Xen, tools/libs/util/libxlu_cfg_l.l).
struct ConfigurationScanner {
    enum Token: Hashable {
        case name(String)
        /// A string in quotes, or digits.
        case text(String)
        case sign(UInt8)
        /// `+=`
        case addition
        case newline
        case end

        var description: String {
            switch self {
            case .name(let name): name
            case .text(let text): text
            case .sign(let byte): String(Unicode.Scalar(byte))
            case .addition: "+="
            case .newline: "the end of the line"
            case .end: "the end"
            }
        }
    }

    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var lineStart = 0
    /// Where the last token began.
    private(set) var position = ConfigurationPosition(line: 1, column: 1)

    init(_ bytes: [UInt8]) throws(ConfigurationMistake) {
        self.bytes = bytes
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw ConfigurationMistake(Self.position(of: error.byteOffsets.lowerBound, in: bytes), .notUTF8)
        }
        if let zero = bytes.firstIndex(of: 0) { throw ConfigurationMistake(Self.position(of: zero, in: bytes), .strangeByte(0)) }
    }

    private static func position(of index: Int, in bytes: [UInt8]) -> ConfigurationPosition {
        let before = bytes[..<index]
        let start = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
        return ConfigurationPosition(line: before.count { $0 == 10 } + 1, column: index - start + 1)
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func mistake(_ what: ConfigurationMistake.What) -> ConfigurationMistake { ConfigurationMistake(position, what) }

    mutating func next() throws(ConfigurationMistake) -> Token {
        while peek == 32 || peek == 9 { index += 1 }
        position = ConfigurationPosition(line: line, column: index - lineStart + 1)
        guard let byte = peek else { return .end }
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): return .name(take { Self.isOfName($0) })
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return .text(take { Self.isOfNumber($0) })
        case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "="), UInt8(ascii: ";"):
            index += 1
            return .sign(byte)
        case UInt8(ascii: "+") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "="):
            index += 2
            return .addition
        case UInt8(ascii: "#"):
            while let byte = peek, byte != 10 { index += 1 }
            if peek == nil { throw mistake(.openComment) }
            return endLine()
        case 10: return endLine()
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return .text(try string(byte))
        default: throw mistake(.strangeByte(byte))
        }
    }

    private mutating func endLine() -> Token {
        index += 1
        line += 1
        lineStart = index
        return .newline
    }

    private mutating func take(while isOf: (UInt8) -> Bool) -> String {
        let start = index
        while let byte = peek, isOf(byte) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func string(_ quote: UInt8) throws(ConfigurationMistake) -> String {
        index += 1
        var string: [UInt8] = []
        while let byte = peek, byte != 10 {
            index += 1
            if byte == quote { return String(decoding: string, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                string.append(byte)
                continue
            }
            guard let escaped = peek, escaped != 10 else { break }
            string.append(try character(escapedBy: escaped))
            index += 1
        }
        throw mistake(.openString)
    }

    private func character(escapedBy byte: UInt8) throws(ConfigurationMistake) -> UInt8 {
        let place = ConfigurationPosition(line: line, column: index - lineStart)
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): return byte
        case UInt8(ascii: "a"): return 7
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "f"): return 12
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "v"): return 11
        case UInt8(ascii: "x"), UInt8(ascii: "0")...UInt8(ascii: "7"): throw ConfigurationMistake(place, .numericEscape)
        default: throw ConfigurationMistake(place, .unknownEscape(byte))
        }
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "x"): true
        default: false
        }
    }
}
