/// Bytes being read, little endian. Nothing is read beyond the end.
struct ByteCursor {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - offset }

    private func require(_ count: Int) throws(ImageReadError) {
        guard count <= remaining else { throw ImageReadError(offset: bytes.count, reason: .truncated) }
    }

    mutating func byte() throws(ImageReadError) -> UInt8 {
        try require(1)
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func word16() throws(ImageReadError) -> UInt16 {
        try require(2)
        defer { offset += 2 }
        return UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8
    }

    mutating func word32() throws(ImageReadError) -> UInt32 {
        try require(4)
        let low = try word16()
        return try UInt32(low) | UInt32(word16()) << 16
    }

    mutating func word64() throws(ImageReadError) -> UInt64 {
        try require(8)
        let low = try word32()
        return try UInt64(low) | UInt64(word32()) << 32
    }

    mutating func bytes(_ count: Int) throws(ImageReadError) -> [UInt8] {
        try require(count)
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    /// How many records follow, each of `size` bytes or more: no more than the rest of the image can hold, so that
    /// room for them can be made at once.
    mutating func count(ofSize size: Int) throws(ImageReadError) -> Int {
        let count = try Int(word32())
        guard count <= remaining / size else { throw ImageReadError(offset: bytes.count, reason: .truncated) }
        return count
    }
}
