/// The words of a line: names and numbers, and signs.
struct ProfileWords {
    private var rest: ArraySlice<UInt8>

    init(_ line: ArraySlice<UInt8>) {
        rest = line
    }

    private static let signs = ["=>", "==", "!=", "<=", ">=", "<", ">", "&", "|", ":", ",", "[", "]"].map { Array($0.utf8) }

    mutating func next() -> String? {
        while let byte = rest.first, byte <= 32 { rest.removeFirst() }
        guard !rest.isEmpty else { return nil }
        if let sign = Self.signs.first(where: { rest.starts(with: $0) }) { return take(sign.count) }
        let length = rest.prefix { Self.isOfWord($0) }.count
        return take(max(length, 1))
    }

    /// The next word, which stays.
    var peek: String? {
        var copy = self
        return copy.next()
    }

    var isAtEnd: Bool { peek == nil }

    private mutating func take(_ count: Int) -> String {
        let word = String(decoding: rest.prefix(count), as: UTF8.self)
        rest = rest.dropFirst(count)
        return word
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
