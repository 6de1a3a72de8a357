/// Bytes in the making, little endian.
struct ByteBuffer {
    var bytes: [UInt8] = []

    mutating func reserve(_ count: Int) {
        bytes.reserveCapacity(bytes.count + count)
    }

    mutating func append(_ value: UInt8) {
        bytes.append(value)
    }

    mutating func append(_ value: UInt16) {
        bytes.append(UInt8(truncatingIfNeeded: value))
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    }

    mutating func append(_ value: UInt32) {
        append(UInt16(truncatingIfNeeded: value))
        append(UInt16(truncatingIfNeeded: value >> 16))
    }

    mutating func append(_ value: UInt64) {
        append(UInt32(truncatingIfNeeded: value))
        append(UInt32(truncatingIfNeeded: value >> 32))
    }

    mutating func append(count: Int) {
        append(UInt32(truncatingIfNeeded: count))
    }

    mutating func append(_ name: Name) {
        bytes.append(contentsOf: name.bytes)
    }

    mutating func append(raw: [UInt8]) {
        bytes.append(contentsOf: raw)
    }
}
