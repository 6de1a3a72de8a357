/// A `#line` marker: what follows it was written elsewhere.
struct LineMarker: Hashable, Sendable {
    /// The offset of the line that follows the marker's own.
    let offset: Int
    /// The number of that line.
    let line: Int
    /// The file, or nil when the marker only sets the line.
    let file: String?

    /// Reads `#line N` or `#line N "file"` at an offset; nil when the comment there is no marker.
    init?(_ bytes: [UInt8], at start: Int) {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        self.init(bytes, start..<end)
    }

    private init?(_ bytes: [UInt8], _ range: Range<Int>) {
        let prefix = Array("#line ".utf8)
        guard range.count > prefix.count, bytes[range.prefix(prefix.count)].elementsEqual(prefix) else { return nil }
        var index = range.lowerBound + prefix.count
        var end = range.upperBound
        if bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        var number = 0
        let firstDigit = index
        while index < end, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9"), number < 1 << 30 {
            number = number * 10 + Int(bytes[index] - UInt8(ascii: "0"))
            index += 1
        }
        guard index > firstDigit else { return nil }
        offset = range.upperBound + 1
        line = number
        if index == end {
            file = nil
            return
        }
        guard end - index >= 3, bytes[index] == UInt8(ascii: " "), bytes[index + 1] == UInt8(ascii: "\""),
            bytes[end - 1] == UInt8(ascii: "\"")
        else { return nil }
        file = String(decoding: bytes[index + 2..<end - 1], as: UTF8.self)
    }
}
