/// A page as it is written: markup of ours, and text of anybody's, in which nothing is markup.
public struct HTMLText: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func raw(_ markup: String) { bytes += markup.utf8 }

    public mutating func text(_ text: String) { self.text(Array(text.utf8)) }

    /// Any bytes: what is no UTF-8, and what no page may hold, becomes U+FFFD.
    public mutating func text(_ text: [UInt8]) {
        for character in String(decoding: text, as: UTF8.self).unicodeScalars {
            switch character {
            case "&": bytes += "&amp;".utf8
            case "<": bytes += "&lt;".utf8
            case ">": bytes += "&gt;".utf8
            case "\"": bytes += "&quot;".utf8
            case "'": bytes += "&#39;".utf8
            case "\n", "\t": bytes.append(32)
            // What has no shape, and what turns the order of others around, would let a name look like another.
            case "\0"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{200b}"..."\u{200f}", "\u{2028}"..."\u{202e}", "\u{2066}"..."\u{2069}", "\u{61c}", "\u{feff}":
                bytes += "\u{fffd}".utf8
            default: bytes += String(character).utf8
            }
        }
    }

    public mutating func element(_ name: String, _ text: String) { element(name, Array(text.utf8), isCode: false) }

    public mutating func element(_ name: String, _ text: [UInt8], isCode: Bool) {
        raw("<\(name)>" + (isCode ? "<code>" : ""))
        self.text(text)
        raw((isCode ? "</code>" : "") + "</\(name)>\n")
    }
}
