/// Bytes being read, little endian. Nothing is read beyond the end.
struct ByteCursor {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - offset }

    /// Where the next `count` bytes begin, which are there and taken.
    @inline(__always)
    private mutating func take(_ count: Int) throws(ImageReadError) -> Int {
        guard count <= remaining else { throw ImageReadError(offset: bytes.count, reason: .truncated) }
        defer { offset += count }
        return offset
    }

    /// All bytes, for a reader that minds the end itself.
    @inline(__always)
    func withBytes(_ body: (Span<UInt8>) -> Void) { body(bytes.span) }

    /// Goes behind bytes that are there.
    mutating func skip(_ count: Int) { offset += min(count, remaining) }

    mutating func byte() throws(ImageReadError) -> UInt8 {
        try bytes[take(1)]
    }

    @inline(__always)
    mutating func word32() throws(ImageReadError) -> UInt32 { try bytes.word(at: take(4)) }

    @inline(__always)
    mutating func word64() throws(ImageReadError) -> UInt64 { try bytes.word(at: take(8)) }

    mutating func bytes(_ count: Int) throws(ImageReadError) -> [UInt8] {
        let start = try take(count)
        return Array(bytes[start..<start + count])
    }

    /// How many records follow, each of `size` bytes or more: no more than the rest of the image can hold, so that
    /// room for them can be made at once.
    mutating func count(ofSize size: Int) throws(ImageReadError) -> Int {
        let count = try Int(word32())
        guard count <= remaining / size else { throw ImageReadError(offset: bytes.count, reason: .truncated) }
        return count
    }
}
