/// Lines of an answer. Names come from whoever made a policy or wrote a log: what would command a terminal is shown instead.
public struct AnswerText: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func append(_ text: [UInt8]) {
        if text.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) {
            bytes += text
            return
        }
        var place = 0
        while place < text.count {
            let byte = text[place]
            place += 1
            if byte < 0x20 || byte == 0x7f {
                escape(byte)
            } else if byte == 0xc2, place < text.count, (0x80...0x9f).contains(text[place]) {
                // The controls of eight bits, as UTF-8 has them.
                escape(text[place])
                place += 1
            } else {
                bytes.append(byte)
            }
        }
    }

    private mutating func escape(_ byte: UInt8) {
        bytes += (byte < 0x10 ? "\\x0" : "\\x").utf8
        bytes += String(byte, radix: 16).utf8
    }

    public mutating func append(_ text: String) { append(Array(text.utf8)) }

    /// A word of ours that says what came of something, in a column.
    public mutating func verdict(_ word: String, _ verdict: VerdictStyle.Verdict, _ style: VerdictStyle, width: Int) {
        bytes += style.words(word, verdict).utf8
        bytes += String(repeating: " ", count: max(0, width - word.utf8.count)).utf8
    }

    public mutating func endLine() { bytes.append(UInt8(ascii: "\n")) }

    public mutating func line(_ text: String) {
        append(text)
        endLine()
    }
}
