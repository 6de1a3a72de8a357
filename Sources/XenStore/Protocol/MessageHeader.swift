/// The beginning of every message: four little-endian words (Xen, xen/include/public/io/xs_wire.h: `struct xsd_sockmsg`).
struct MessageHeader: Hashable {
    var type: UInt32
    var request: UInt32 = 0
    var transaction: UInt32 = 0
    var length: UInt32 = 0

    static let size = 16
    /// Whoever sends more in one message is disconnected (`XENSTORE_PAYLOAD_MAX`).
    static let maximumLength = 4_096

    init(_ type: MessageType, request: UInt32 = 0, transaction: UInt32 = 0, length: UInt32 = 0) {
        (self.type, self.request, self.transaction, self.length) = (type.rawValue, request, transaction, length)
    }

    /// Reads it from a place at which there are as many bytes.
    init(_ bytes: [UInt8], at offset: Int) {
        func word(_ index: Int) -> UInt32 {
            let at = offset + 4 * index
            return UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
        }
        (type, request, transaction, length) = (word(0), word(1), word(2), word(3))
    }

    func append(to bytes: inout [UInt8]) {
        bytes.append(littleEndian: type)
        bytes.append(littleEndian: request)
        bytes.append(littleEndian: transaction)
        bytes.append(littleEndian: length)
    }
}
