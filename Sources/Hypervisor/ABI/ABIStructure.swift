/// The bytes of a structure of Xen's interface, little endian, copied before anybody looks at them. Offsets are those of
/// 64-bit guests; each that is used here is one of a structure whose size was asked for.
struct ABIStructure: Hashable, Sendable {
    private(set) var bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// All bytes zero.
    init(size: Int) {
        bytes = [UInt8](repeating: 0, count: size)
    }

    func byte(at offset: Int) -> UInt8 { bytes[offset] }
    func word16(at offset: Int) -> UInt16 { UInt16(truncatingIfNeeded: number(at: offset, size: 2)) }
    func word32(at offset: Int) -> UInt32 { UInt32(truncatingIfNeeded: number(at: offset, size: 4)) }
    func word64(at offset: Int) -> UInt64 { number(at: offset, size: 8) }

    private func number(at offset: Int, size: Int) -> UInt64 {
        var result: UInt64 = 0
        for index in (0..<size).reversed() { result = result << 8 | UInt64(bytes[offset + index]) }
        return result
    }

    mutating func set(_ value: UInt8, at offset: Int) { bytes[offset] = value }
    mutating func set(_ value: UInt16, at offset: Int) { put(UInt64(value), at: offset, size: 2) }
    mutating func set(_ value: UInt32, at offset: Int) { put(UInt64(value), at: offset, size: 4) }
    mutating func set(_ value: Int32, at offset: Int) { set(UInt32(bitPattern: value), at: offset) }
    mutating func set(_ value: UInt64, at offset: Int) { put(value, at: offset, size: 8) }

    /// Puts bytes that lie one behind the other.
    mutating func set(_ values: [UInt8], at offset: Int) {
        bytes.replaceSubrange(offset..<offset + values.count, with: values)
    }

    private mutating func put(_ value: UInt64, at offset: Int, size: Int) {
        for index in 0..<size { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }
}
