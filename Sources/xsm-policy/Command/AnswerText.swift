/// Lines of an answer. Names come from whoever made the policy: what would command a terminal is shown instead.
struct AnswerText {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ text: [UInt8]) {
        if text.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) {
            bytes += text
            return
        }
        for byte in text {
            if byte >= 0x20, byte != 0x7f {
                bytes.append(byte)
            } else {
                bytes += (byte < 0x10 ? "\\x0" : "\\x").utf8
                bytes += String(byte, radix: 16).utf8
            }
        }
    }

    mutating func append(_ text: String) { append(Array(text.utf8)) }

    mutating func endLine() { bytes.append(UInt8(ascii: "\n")) }

    mutating func line(_ text: String) {
        append(text)
        endLine()
    }
}
