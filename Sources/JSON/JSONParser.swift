/// Reads one document, whose bytes are known to be UTF-8.
struct JSONParser {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private let greatestDepth: Int
    private var index = 0
    private var depth = 0
    private var values = 0

    init(_ bytes: [UInt8], _ limits: JSONLimits) throws(JSONMistake) {
        guard bytes.count <= limits.bytes else {
            throw JSONMistake(offset: max(0, limits.bytes), what: .tooManyBytes(limit: limits.bytes))
        }
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw JSONMistake(offset: error.byteOffsets.lowerBound, what: .notUTF8)
        }
        self.bytes = bytes
        self.limits = limits
        greatestDepth = min(limits.depth, JSONLimits.greatestDepth)
    }

    mutating func document() throws(JSONMistake) -> JSONValue {
        skipBlanks()
        let value = try value()
        skipBlanks()
        if index < bytes.count { throw unexpected("the end") }
        return value
    }

    // MARK: - Values

    /// The value that begins here.
    private mutating func value() throws(JSONMistake) -> JSONValue {
        values += 1
        guard values <= limits.values else { throw mistake(.tooManyValues(limit: limits.values)) }
        guard let first = peek else { throw unexpected("a value") }
        switch first {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw unexpected("a value")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONMistake) -> JSONValue {
        for byte in word.description.utf8 {
            guard peek == byte else { throw unexpected("`\(word)`") }
            index += 1
        }
        return value
    }

    private mutating func array() throws(JSONMistake) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        if leave(UInt8(ascii: "]")) { return elements }
        repeat {
            skipBlanks()
            elements.append(try value())
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard leave(UInt8(ascii: "]")) else { throw unexpected("`,` or `]`") }
        return elements
    }

    private mutating func object() throws(JSONMistake) -> JSONObject {
        try enter()
        var members: [JSONObject.Member] = []
        if leave(UInt8(ascii: "}")) { return JSONObject() }
        var names = JSONNames()
        repeat {
            skipBlanks()
            guard peek == UInt8(ascii: "\"") else { throw unexpected("a name") }
            let start = index
            let name = try string()
            guard names.add(name, to: members) else { throw JSONMistake(offset: start, what: .repeatedName(name)) }
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw unexpected("`:`") }
            skipBlanks()
            members.append(JSONObject.Member(name, try value()))
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard leave(UInt8(ascii: "}")) else { throw unexpected("`,` or `}`") }
        return JSONObject(distinct: members)
    }

    /// Goes into an array or object.
    private mutating func enter() throws(JSONMistake) {
        guard depth < greatestDepth else { throw mistake(.tooDeep(limit: greatestDepth)) }
        depth += 1
        index += 1
        skipBlanks()
    }

    /// Goes out of it, if it ends here.
    private mutating func leave(_ byte: UInt8) -> Bool {
        guard take(byte) else { return false }
        depth -= 1
        return true
    }

    // MARK: - Numbers

    private mutating func number() throws(JSONMistake) -> JSONValue {
        let start = index
        let isNegative = take(UInt8(ascii: "-"))
        let integer = index
        if !take(UInt8(ascii: "0")) { try digits() }
        let isZero = index - integer == 1 && bytes[integer] == UInt8(ascii: "0")
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        // An integer has no zero with a sign.
        if isInteger, !(isZero && isNegative) {
            guard let number = Int64(text) else { throw JSONMistake(offset: start, what: .integerOutOfRange) }
            return .integer(number)
        }
        guard let number = Double(text), number.isFinite else { throw JSONMistake(offset: start, what: .numberOutOfRange) }
        return .number(number)
    }

    private mutating func digits() throws(JSONMistake) {
        let start = index
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        if index == start { throw unexpected("a digit") }
    }

    // MARK: - Strings

    private mutating func string() throws(JSONMistake) -> String {
        index += 1
        var start = index
        // What lies before the last escape; most strings have none.
        var decoded: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                let rest = bytes[start..<index]
                index += 1
                return String(decoding: decoded.isEmpty ? rest : (decoded + rest)[...], as: UTF8.self)
            case UInt8(ascii: "\\"):
                decoded += bytes[start..<index]
                index += 1
                try decodeEscape(to: &decoded)
                start = index
            case 0..<0x20: throw mistake(.controlCharacter(byte))
            default: index += 1
            }
        }
        throw unexpected("the end of the string")
    }

    private mutating func decodeEscape(to decoded: inout [UInt8]) throws(JSONMistake) {
        let start = index - 1
        guard let byte = peek else { throw unexpected("an escape") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"):
            let first = try unit()
            var code = UInt32(first)
            if (0xD800..<0xDC00).contains(first) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
                    throw JSONMistake(offset: start, what: .loneSurrogate)
                }
                let second = try unit()
                guard (0xDC00..<0xE000).contains(second) else { throw JSONMistake(offset: start, what: .loneSurrogate) }
                code = 0x1_0000 + (code - 0xD800) << 10 + (UInt32(second) - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw JSONMistake(offset: start, what: .loneSurrogate) }
            decoded += Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw JSONMistake(offset: start, what: .unknownEscape(byte))
        }
    }

    /// Four hexadecimal digits.
    private mutating func unit() throws(JSONMistake) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch peek {
            case let byte? where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte): digit = byte & 0xF
            case let byte? where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20): digit = (byte & 0xF) + 9
            default: throw unexpected("a hexadecimal digit")
            }
            unit = unit << 4 | UInt16(digit)
            index += 1
        }
        return unit
    }

    // MARK: - Bytes

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// Skips a byte if it is this one.
    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private func mistake(_ what: JSONMistake.What) -> JSONMistake { JSONMistake(offset: index, what: what) }

    private func unexpected(_ wanted: String) -> JSONMistake {
        mistake(peek.map { .unexpected($0, wanted: wanted) } ?? .unexpectedEnd(wanted: wanted))
    }
}
