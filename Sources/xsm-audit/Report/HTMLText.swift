/// A page as it is written: markup of ours, and text of anybody's, in which nothing is markup.
struct HTMLText {
    private(set) var bytes: [UInt8] = []

    mutating func raw(_ markup: String) { bytes += markup.utf8 }

    mutating func text(_ text: String) { self.text(Array(text.utf8)) }

    /// Any bytes: what is no UTF-8, and what no page may hold, becomes U+FFFD.
    mutating func text(_ text: [UInt8]) {
        for character in String(decoding: text, as: UTF8.self).unicodeScalars {
            switch character {
            case "&": bytes += "&amp;".utf8
            case "<": bytes += "&lt;".utf8
            case ">": bytes += "&gt;".utf8
            case "\"": bytes += "&quot;".utf8
            case "'": bytes += "&#39;".utf8
            case "\n", "\t": bytes.append(32)
            case "\0"..."\u{1f}", "\u{7f}"..."\u{9f}": bytes += "\u{fffd}".utf8
            default: bytes += String(character).utf8
            }
        }
    }

    mutating func element(_ name: String, _ text: String) { element(name, Array(text.utf8), isCode: false) }

    mutating func element(_ name: String, _ text: [UInt8], isCode: Bool) {
        raw("<\(name)>" + (isCode ? "<code>" : ""))
        self.text(text)
        raw((isCode ? "</code>" : "") + "</\(name)>\n")
    }
}
