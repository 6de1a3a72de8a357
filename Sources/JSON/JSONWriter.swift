/// Writes one JSON value as UTF-8, in the order of the calls.
///
/// The caller pairs keys and values; the writer takes care of commas, escapes and, if asked, of indentation.
public struct JSONWriter {
    public private(set) var bytes: [UInt8] = []
    /// Whether members stand on lines of their own, indented by two spaces.
    public let isIndented: Bool
    private var depth = 0
    /// Whether the next key or element follows another one in the same object or array.
    private var needsComma = false

    public init(indented: Bool = false) {
        isIndented = indented
    }

    /// An object, whose members the closure writes.
    public mutating func object(_ members: (inout JSONWriter) -> Void) {
        enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
    }

    /// An array, whose elements the closure writes.
    public mutating func array(_ elements: (inout JSONWriter) -> Void) {
        enclose(UInt8(ascii: "["), UInt8(ascii: "]"), elements)
    }

    /// Begins a member: exactly one value follows.
    public mutating func key(_ name: String) {
        beginElement()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        if isIndented { bytes.append(UInt8(ascii: " ")) }
        needsComma = false
        isAfterKey = true
    }

    public mutating func value(_ string: String) {
        beginElement()
        quote(string)
    }

    /// A string of bytes that ought to be UTF-8; every ill-formed stretch becomes U+FFFD.
    public mutating func value(_ string: ArraySlice<UInt8>) {
        beginElement()
        // Decoding repairs, stretch by stretch.
        quote(String(decoding: string, as: UTF8.self))
    }

    public mutating func value(_ number: Int) {
        beginElement()
        bytes.append(contentsOf: String(number).utf8)
    }

    /// The shortest digits that are read as the same number. One that is not finite is written as null, as JSON has none such.
    public mutating func value(_ number: Double) {
        beginElement()
        bytes.append(contentsOf: (number.isFinite ? "\(number)" : "null").utf8)
    }

    public mutating func value(_ truth: Bool) {
        beginElement()
        bytes.append(contentsOf: (truth ? "true" : "false").utf8)
    }

    public mutating func null() {
        beginElement()
        bytes.append(contentsOf: "null".utf8)
    }

    public mutating func member(_ name: String, _ string: String?) {
        key(name)
        if let string { value(string) } else { null() }
    }

    public mutating func member(_ name: String, _ number: Int?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    /// A member that is `true` or `false`, or null where that is not known.
    public mutating func member(_ name: String, _ truth: Bool?) {
        key(name)
        if let truth { value(truth) } else { null() }
    }

    /// A member that is a string of bytes that ought to be UTF-8: every ill-formed stretch becomes U+FFFD. Null for none.
    public mutating func member(_ name: String, _ string: ArraySlice<UInt8>?) {
        key(name)
        if let string { value(string) } else { null() }
    }

    public mutating func member(_ name: String, object members: (inout JSONWriter) -> Void) {
        key(name)
        object(members)
    }

    public mutating func member(_ name: String, array elements: (inout JSONWriter) -> Void) {
        key(name)
        array(elements)
    }

    /// Ends the document's last line.
    public mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
    }

    // MARK: - Punctuation

    /// Whether the value that comes next belongs to a key, and so stands on the key's line.
    private var isAfterKey = false

    private mutating func beginElement() {
        if isAfterKey {
            isAfterKey = false
        } else {
            if needsComma { bytes.append(UInt8(ascii: ",")) }
            if depth > 0 { breakLine() }
        }
        needsComma = true
    }

    private mutating func enclose(_ open: UInt8, _ close: UInt8, _ contents: (inout JSONWriter) -> Void) {
        beginElement()
        bytes.append(open)
        depth += 1
        needsComma = false
        contents(&self)
        depth -= 1
        // An empty object or array stays on one line.
        if needsComma { breakLine() }
        bytes.append(close)
        needsComma = true
    }

    private mutating func breakLine() {
        guard isIndented else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    // MARK: - Strings

    private mutating func quote(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in string.unicodeScalars { append(scalar) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": bytes.append(contentsOf: #"\""#.utf8)
        case "\\": bytes.append(contentsOf: #"\\"#.utf8)
        case "\n": bytes.append(contentsOf: #"\n"#.utf8)
        case "\r": bytes.append(contentsOf: #"\r"#.utf8)
        case "\t": bytes.append(contentsOf: #"\t"#.utf8)
        // JSON asks for the first 32 only; the others would still command a terminal that shows the document.
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
            let digits = String(scalar.value, radix: 16)
            bytes.append(contentsOf: #"\u"#.utf8)
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
            bytes.append(contentsOf: digits.utf8)
        default:
            bytes.append(contentsOf: scalar.utf8)
        }
    }
}
