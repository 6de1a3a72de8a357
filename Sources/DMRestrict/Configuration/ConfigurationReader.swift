/// Takes values of a configuration by their keys, of the type and range that a key is to have.
struct ConfigurationReader {
    private let settings: [String: ConfigurationSetting]

    init(_ text: ConfigurationText) {
        settings = text.effective
    }

    func position(of key: String) -> ConfigurationPosition {
        settings[key]?.position ?? ConfigurationPosition(line: 1, column: 1)
    }

    func mistake(_ key: String, _ what: ConfigurationMistake.What) -> ConfigurationMistake {
        ConfigurationMistake(position(of: key), what)
    }

    // MARK: - Strings

    func string(_ key: String) throws(ConfigurationMistake) -> String? {
        guard let setting = settings[key] else { return nil }
        guard case .string(let text) = setting.value.content else { throw mistake(key, .wrongType(key, wanted: "a string")) }
        return text
    }

    /// A string that must not be empty, and that passes a test.
    func string(_ key: String, _ wanted: String, where isSuitable: (String) -> Bool) throws(ConfigurationMistake) -> String? {
        guard let text = try string(key) else { return nil }
        guard !text.isEmpty, isSuitable(text) else { throw mistake(key, .unsuitable(key, wanted: wanted)) }
        return text
    }

    /// A word that stands for a case.
    func word<Word: RawRepresentable & CaseIterable>(
        _ key: String, _ type: Word.Type
    ) throws(ConfigurationMistake) -> Word? where Word.RawValue == String {
        guard let text = try string(key) else { return nil }
        guard let word = Word(rawValue: text) else {
            throw mistake(key, .unknownWord(key, value: text, known: Word.allCases.map(\.rawValue)))
        }
        return word
    }

    // MARK: - Numbers

    /// A number as C's `strtol` reads it, in the base that it shows.
    func integer(_ key: String, _ range: ClosedRange<Int>) throws(ConfigurationMistake) -> Int? {
        guard let setting = settings[key] else { return nil }
        guard case .string(let text) = setting.value.content else { throw mistake(key, .wrongType(key, wanted: "a number")) }
        guard !setting.isAddition else { throw mistake(key, .addedNumber(key)) }
        guard let digits = Self.digits(text) else { throw mistake(key, .notNumber(key, value: text)) }
        guard let number = Int(digits.text, radix: digits.base), range.contains(number) else {
            throw mistake(key, .outOfRange(key, range: range))
        }
        return number
    }

    /// A number's digits with their sign; nil where it is none.
    private static func digits(_ text: String) -> (text: String, base: Int)? {
        var rest = Array(text.utf8)[...]
        while let byte = rest.first, byte == 32 || (9...13).contains(byte) { rest.removeFirst() }
        var sign = ""
        if let byte = rest.first, byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") {
            if byte == UInt8(ascii: "-") { sign = "-" }
            rest.removeFirst()
        }
        var base = 10
        if rest.count > 2, rest.starts(with: Array("0x".utf8)) || rest.starts(with: Array("0X".utf8)) {
            base = 16
            rest = rest.dropFirst(2)
        } else if rest.count > 1, rest.first == UInt8(ascii: "0") {
            base = 8
        }
        let digits = String(decoding: rest, as: UTF8.self)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
            digits.allSatisfy({ ($0.hexDigitValue ?? 16) < base })
        else { return nil }
        return (sign + digits, base)
    }

    func boolean(_ key: String) throws(ConfigurationMistake) -> Bool? {
        try integer(key, 0...1).map { $0 == 1 }
    }

    // MARK: - Lists

    /// The strings of a list, each with its place.
    func strings(_ key: String) throws(ConfigurationMistake) -> [(text: String, position: ConfigurationPosition)]? {
        guard let setting = settings[key] else { return nil }
        guard case .list(let elements) = setting.value.content else {
            throw mistake(key, .wrongType(key, wanted: "a list of strings"))
        }
        var strings: [(text: String, position: ConfigurationPosition)] = []
        for element in elements {
            guard case .string(let text) = element.content else {
                throw ConfigurationMistake(element.position, .wrongType(key, wanted: "a list of strings"))
            }
            strings.append((text, element.position))
        }
        return strings
    }

    /// A list of strings, or one string in place of a list of one.
    func stringOrStrings(_ key: String) throws(ConfigurationMistake) -> [(text: String, position: ConfigurationPosition)]? {
        guard let setting = settings[key] else { return nil }
        if case .string(let text) = setting.value.content { return [(text, setting.value.position)] }
        return try strings(key)
    }
}
