/// Takes an input apart, from its begin on. Where it ends there are zeros.
struct ByteReader {
    private let bytes: [UInt8]
    private var next = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { next >= bytes.count }

    mutating func byte() -> UInt8 {
        guard next < bytes.count else { return 0 }
        defer { next += 1 }
        return bytes[next]
    }

    mutating func word16() -> UInt16 { UInt16(byte()) | UInt16(byte()) << 8 }

    mutating func word64() -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(byte()) << UInt64($1 * 8) } }

    /// Some bytes, or those that are left.
    mutating func take(_ count: Int) -> [UInt8] {
        let end = min(bytes.count, next + count)
        defer { next = end }
        return Array(bytes[min(next, end)..<end])
    }
}
