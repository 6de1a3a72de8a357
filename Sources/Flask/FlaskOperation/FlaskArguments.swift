/// The bytes of a `flask_op` hypercall's argument, `struct xen_flask_op` of xen/include/public/xsm/flask_op.h: a command, the
/// interface's version, and a union. All numbers are little endian.
struct FlaskArguments {
    /// As many for guests of either width.
    static let size = 40
    /// The only version that there is.
    static let interfaceVersion: UInt32 = 1

    private(set) var bytes: [UInt8]
    private let width: GuestPointerWidth

    /// Nil when there are not as many bytes as a call has.
    init?(_ bytes: [UInt8], _ width: GuestPointerWidth) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
        self.width = width
    }

    /// The command's number, which need not be one that exists.
    var command: UInt32 { word32(at: 0) }
    var version: UInt32 { word32(at: 4) }

    /// A number of the union, by its place in the whole.
    func word32(at offset: Int) -> UInt32 { bytes.word(at: offset) }
    func word64(at offset: Int) -> UInt64 { bytes.word(at: offset) }
    func byte(at offset: Int) -> UInt8 { bytes[offset] }

    func sid(at offset: Int) -> SecurityIdentifier { SecurityIdentifier(rawValue: word32(at: offset)) }

    /// A pointer into the guest, which lies there if the guest's pointers have eight bytes.
    func address(at offset: Int) -> UInt64 { width == .bits64 ? word64(at: offset) : UInt64(word32(at: offset)) }

    /// Where a number lies that comes behind a pointer.
    func behindPointer(at offset: Int) -> Int { offset + (width == .bits64 ? 8 : 4) }

    /// A pointer behind three words and four bytes, which has to begin at a multiple of its width.
    var nameAddress: UInt64 { width == .bits64 ? word64(at: 24) : UInt64(word32(at: 20)) }

    mutating func set(_ value: UInt32, at offset: Int) {
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
    }

    mutating func set(_ value: UInt8, at offset: Int) { bytes[offset] = value }

    /// Sets numbers that lie one behind the other.
    mutating func set(_ values: [UInt32], at offset: Int) {
        for (index, value) in values.enumerated() { set(value, at: offset + 4 * index) }
    }
}
