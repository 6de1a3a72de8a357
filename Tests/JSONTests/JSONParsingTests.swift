import JSON
import Testing

@Suite("JSON is read as RFC 8259 has it")
struct JSONParsingTests {
    private static func parse(_ text: String, _ limits: JSONLimits = JSONLimits()) throws(JSONMistake) -> JSONValue {
        try JSONValue(parsing: Array(text.utf8), limits: limits)
    }

    private static func mistake(_ bytes: [UInt8], _ limits: JSONLimits = JSONLimits()) -> JSONMistake? {
        do throws(JSONMistake) {
            _ = try JSONValue(parsing: bytes, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test("What is JSON has its value")
    func values() throws {
        let cases: [(String, JSONValue)] = [
            ("null", nil), ("true", true), ("false", false), (" \t\r\n1 \n", 1),
            ("0", 0), ("-1", -1), ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("-0", -0.0), ("0.0", 0.0), ("1.0", 1.0), ("0.1", 0.1), ("1e2", 100.0), ("1E+2", 100.0), ("25e-2", 0.25), ("0e9", 0.0),
            ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)), ("5e-324", .number(.leastNonzeroMagnitude)),
            ("18446744073709551615.0", 18446744073709551615.0), ("1e-999", 0.0),
            (#""""#, ""), (#""a""#, "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""é字🦊""#, "é字🦊"),
            (#""\u0041\u00e9\u5B57\ud83e\udd8A""#, "Aé字🦊"), (#""\u0000x""#, "\0x"), ("\"\u{7F}\u{FFFF}\u{2028}\"", "\u{7F}\u{FFFF}\u{2028}"),
            (#""\\u0041""#, #"\u0041"#), (#""a\nb\nc""#, "a\nb\nc"),
            ("[]", []), ("[ ]", []), ("[1,\n2]", [1, 2]), ("[[],[[]]]", [[], [[]]]),
            ("{}", [:]), ("{ }", [:]), (#"{"a":1,"b":{"a":[]}}"#, ["a": 1, "b": ["a": []]]), (#"{"":0}"#, ["": 0]),
            // These are equivalent, and yet two names.
            ("{\"\u{E9}\":1,\"e\u{301}\":2}", .object(JSONObject([.init("\u{E9}", 1), .init("e\u{301}", 2)]))),
        ]
        for (text, value) in cases { #expect(try Self.parse(text) == value, "\(text)") }
        // The sign of zero, which `==` does not see.
        #expect(try Self.parse("-0").number?.sign == .minus)
        #expect(try Self.parse("-0.0").number?.sign == .minus)
        #expect(try Self.parse("0.0").number?.sign == .plus)
        #expect(try Self.parse(#"{"b":1,"a":2}"#).object?.members.map(\.name) == ["b", "a"])
    }

    @Test("What is not JSON is refused, with the place and the reason")
    func mistakes() {
        func unexpected(_ byte: Character, _ wanted: String) -> JSONMistake.What { .unexpected(byte.asciiValue ?? 0, wanted: wanted) }
        let cases: [(String, Int, JSONMistake.What)] = [
            ("", 0, .unexpectedEnd(wanted: "a value")), ("  ", 2, .unexpectedEnd(wanted: "a value")),
            ("nul", 3, .unexpectedEnd(wanted: "`null`")), ("nulL", 3, unexpected("L", "`null`")), ("True", 0, unexpected("T", "a value")),
            ("truex", 4, unexpected("x", "the end")), ("1 2", 2, unexpected("2", "the end")), ("[]]", 2, unexpected("]", "the end")),
            ("\u{C}1", 0, unexpected("\u{C}", "a value")), ("\u{FEFF}1", 0, .unexpected(0xEF, wanted: "a value")),
            ("1\0", 1, unexpected("\0", "the end")), ("\u{A0}1", 0, .unexpected(0xC2, wanted: "a value")),
            // Numbers
            ("01", 1, unexpected("1", "the end")), ("-", 1, .unexpectedEnd(wanted: "a digit")), ("-a", 1, unexpected("a", "a digit")),
            ("+1", 0, unexpected("+", "a value")), (".5", 0, unexpected(".", "a value")), ("1.", 2, .unexpectedEnd(wanted: "a digit")),
            ("1.e1", 2, unexpected("e", "a digit")), ("1e", 2, .unexpectedEnd(wanted: "a digit")), ("1e+", 3, .unexpectedEnd(wanted: "a digit")),
            ("1e+-1", 3, unexpected("-", "a digit")), ("0x10", 1, unexpected("x", "the end")), ("-01", 2, unexpected("1", "the end")),
            ("NaN", 0, unexpected("N", "a value")), ("Infinity", 0, unexpected("I", "a value")), ("-Infinity", 1, unexpected("I", "a digit")),
            ("9223372036854775808", 0, .integerOutOfRange), ("[-9223372036854775809]", 1, .integerOutOfRange),
            ("1e309", 0, .numberOutOfRange), ("-1e999999999999999999999", 0, .numberOutOfRange), ("1_000", 1, unexpected("_", "the end")),
            // Strings
            (#"""#, 1, .unexpectedEnd(wanted: "the end of the string")), (#""a\"#, 3, .unexpectedEnd(wanted: "an escape")),
            (#""\x41""#, 1, .unknownEscape(0x78)), (#""\'""#, 1, .unknownEscape(0x27)), (#""\U0041""#, 1, .unknownEscape(0x55)),
            ("\"\u{1F}\"", 1, .controlCharacter(0x1F)), ("\"a\nb\"", 2, .controlCharacter(0x0A)), ("\"\0\"", 1, .controlCharacter(0)),
            (#""\u004""#, 6, unexpected("\"", "a hexadecimal digit")), (#""\u00g0""#, 5, unexpected("g", "a hexadecimal digit")),
            (#""\u004"#, 6, .unexpectedEnd(wanted: "a hexadecimal digit")), (#""\u:000""#, 3, unexpected(":", "a hexadecimal digit")),
            (#""\u@000""#, 3, unexpected("@", "a hexadecimal digit")), (#""\u`000""#, 3, unexpected("`", "a hexadecimal digit")),
            (#""\ud83e""#, 1, .loneSurrogate), (#""\udd8a""#, 1, .loneSurrogate), (#""x\ud83e\u0041""#, 2, .loneSurrogate),
            (#""\ud83e\ud83e""#, 1, .loneSurrogate), (#""\ud83e\n""#, 1, .loneSurrogate), (#""\udd8a\ud83e""#, 1, .loneSurrogate),
            ("'a'", 0, unexpected("'", "a value")),
            // Arrays and objects
            ("[", 1, .unexpectedEnd(wanted: "a value")), ("[1", 2, .unexpectedEnd(wanted: "`,` or `]`")), ("[1,]", 3, unexpected("]", "a value")),
            ("[,1]", 1, unexpected(",", "a value")), ("[1 2]", 3, unexpected("2", "`,` or `]`")), ("[1}", 2, unexpected("}", "`,` or `]`")),
            ("{", 1, .unexpectedEnd(wanted: "a name")), (#"{"a""#, 4, .unexpectedEnd(wanted: "`:`")), (#"{"a":"#, 5, .unexpectedEnd(wanted: "a value")),
            (#"{"a":1"#, 6, .unexpectedEnd(wanted: "`,` or `}`")), (#"{"a":1,}"#, 7, unexpected("}", "a name")), ("{a:1}", 1, unexpected("a", "a name")),
            ("{1:1}", 1, unexpected("1", "a name")), (#"{"a"=1}"#, 4, unexpected("=", "`:`")), (#"{"a":1]"#, 6, unexpected("]", "`,` or `}`")),
            (#"{"a":1,"b":2,"a":1}"#, 13, .repeatedName("a")), (#"{"a":1,"\u0061":2}"#, 7, .repeatedName("a")),
            ("[1] // x", 4, unexpected("/", "the end")),
        ]
        for (text, offset, what) in cases { #expect(Self.mistake(Array(text.utf8)) == JSONMistake(offset: offset, what: what), "\(text)") }
    }

    @Test("Bytes that are not UTF-8 are refused wherever they stand")
    func illFormed() {
        let stretches: [[UInt8]] = [
            [0x80], [0xFF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE5, 0xAD], [0xC3],
        ]
        for stretch in stretches {
            #expect(Self.mistake(Array("[\"a".utf8) + stretch + Array("\"]".utf8)) == JSONMistake(offset: 3, what: .notUTF8))
            #expect(Self.mistake(stretch) == JSONMistake(offset: 0, what: .notUTF8))
        }
    }

    @Test("Limits hold to the byte, the level and the value")
    func limits() throws {
        #expect(try Self.parse("[1]", JSONLimits(bytes: 3)) == [1])
        #expect(Self.mistake(Array("[1] ".utf8), JSONLimits(bytes: 3)) == JSONMistake(offset: 3, what: .tooManyBytes(limit: 3)))
        #expect(try Self.parse(#"[[],{"a":[]}]"#, JSONLimits(depth: 3)) == [[], ["a": []]])
        #expect(Self.mistake(Array(#"[[],{"a":[]}]"#.utf8), JSONLimits(depth: 2)) == JSONMistake(offset: 9, what: .tooDeep(limit: 2)))
        #expect(Self.mistake(Array("[]".utf8), JSONLimits(depth: 0)) == JSONMistake(offset: 0, what: .tooDeep(limit: 0)))
        #expect(try Self.parse(#"{"a":[1,2]}"#, JSONLimits(values: 4)) == ["a": [1, 2]])
        #expect(Self.mistake(Array(#"{"a":[1,2]}"#.utf8), JSONLimits(values: 3)) == JSONMistake(offset: 8, what: .tooManyValues(limit: 3)))
        #expect(Self.mistake([], JSONLimits(bytes: -1)) != nil)
        // No limit makes it read deeper than a thread's stack allows.
        let deep = Array(repeating: UInt8(ascii: "["), count: 1 << 20)
        #expect(Self.mistake(deep, JSONLimits(depth: .max)) == JSONMistake(offset: 512, what: .tooDeep(limit: 512)))
        let levels = String(repeating: #"{"a":["#, count: 256) + String(repeating: "]}", count: 256)
        let value = try Self.parse(levels, JSONLimits(depth: 512))
        #expect(String(decoding: value.bytes(), as: UTF8.self) == levels)
    }

    @Test("A name that stands twice is found among many, in no more than linear time")
    func manyNames() throws {
        let names = (0..<40_000).map { "\"n\($0)\":0" }.joined(separator: ",")
        #expect(try Self.parse("{\(names)}").object?.members.count == 40_000)
        #expect(Self.mistake(Array("{\(names),\"n77\":0}".utf8))?.what == .repeatedName("n77"))
        for count in [1, 15, 16, 17] {
            let few = (0..<count).map { "\"n\($0)\":0" }.joined(separator: ",")
            #expect(Self.mistake(Array("{\(few),\"n\(count - 1)\":0}".utf8))?.what == .repeatedName("n\(count - 1)"))
            #expect(Self.mistake(Array("{\(few),\"n0\":0}".utf8))?.what == .repeatedName("n0"))
        }
    }

    @Test("Members are found, replaced, added and removed")
    func members() {
        var object = JSONObject([.init("a", 1), .init("b", 2), .init("a", 3)])
        #expect(object.members == [.init("a", 3), .init("b", 2)])
        object["c"] = "x"
        object["a"] = nil
        object["d"] = nil
        #expect(JSONValue.object(object) == ["b": 2, "c": "x"])
        #expect(JSONValue.object(object) != ["c": "x", "b": 2])
        #expect(object["e"] == nil)
        #expect(JSONValue.array([])["a"] == nil)
        #expect(JSONValue.integer(1) != .number(1))
        #expect(JSONValue.integer(1).number == 1)
    }

    @Test("Mistakes are told in words")
    func words() {
        #expect(Self.mistake(Array("[1;".utf8))?.text == "`;` stands where `,` or `]` is wanted")
        #expect(Self.mistake(Array("\"\u{1}".utf8))?.text == "byte 0x1 is not escaped")
    }
}
