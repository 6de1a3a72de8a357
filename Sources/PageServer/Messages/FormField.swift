/// A name and a value, as forms send them and queries have them.
public struct FormField: Hashable, Sendable {
    public var name: [UInt8]
    public var value: [UInt8]

    public init(_ name: String, _ value: [UInt8]) {
        self.name = Array(name.utf8)
        self.value = value
    }

    init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }
}

extension FormField {
    /// More fields than these are not looked at.
    static let limit = 64

    /// Fields as a form writes them: `a=b&c=d+e%20f` (WHATWG URL, application/x-www-form-urlencoded).
    static func fields(_ text: some Collection<UInt8>) -> [FormField] {
        text.split(separator: UInt8(ascii: "&"), maxSplits: limit).prefix(limit).map { part in
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            return FormField(
                name: decoded(part[..<equals], isForm: true), value: equals == part.endIndex ? [] : decoded(part[part.index(after: equals)...], isForm: true))
        }
    }

    /// Takes percent-encoding away. A `%` that begins none stands for itself.
    static func decoded(_ text: some Collection<UInt8>, isForm: Bool) -> [UInt8] {
        func digit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
            default: nil
            }
        }
        let text = Array(text)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var place = 0
        while place < text.count {
            let byte = text[place]
            if byte == UInt8(ascii: "%"), place + 2 < text.count, let high = digit(text[place + 1]), let low = digit(text[place + 2]) {
                bytes.append(high << 4 | low)
                place += 3
            } else {
                bytes.append(byte == UInt8(ascii: "+") && isForm ? UInt8(ascii: " ") : byte)
                place += 1
            }
        }
        return bytes
    }

    /// The other way: fields as a link has them behind its `?`.
    public static func query(_ fields: [FormField]) -> String {
        fields.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
    }

    /// What stands in a query or in a path for any bytes.
    public static func encoded(_ bytes: [UInt8]) -> String {
        var text = ""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
