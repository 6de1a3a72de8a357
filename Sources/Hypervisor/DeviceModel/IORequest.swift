/// An access that somebody is to emulate, `ioreq_t` (Xen, xen/include/public/hvm/ioreq.h).
struct IORequest: Hashable, Sendable {
    enum Kind: UInt8, Hashable, Sendable {
        case port = 0
        case memory = 1
        case pciConfiguration = 2
        case timeOffset = 7
        case invalidate = 8
    }

    /// How far it is.
    enum State {
        static let none: UInt32 = 0
        static let ready: UInt32 = 1
        static let inProcess: UInt32 = 2
        static let responseReady: UInt32 = 3
    }

    var kind = Kind.port
    var address: UInt64
    /// What is written, or where in the guest's memory it lies.
    var data: UInt64 = 0
    var count: UInt32 = 1
    var size: UInt32 = 4
    var isRead = false
    var isDataPointer = false
    /// Whether repeated accesses go down in memory.
    var goesDown = false

    static let byteCount = 32
    /// Where the event channel's port and the word with the state are.
    static let portOffset = 24
    static let stateOffset = 28

    /// The state out of the word that holds it.
    static func state(_ word: UInt32) -> UInt32 { word >> 16 & 0xf }

    /// The last word, with a state.
    func word(_ state: UInt32) -> UInt32 {
        state << 16 | (isDataPointer ? 1 << 20 : 0) | (isRead ? 1 << 21 : 0) | (goesDown ? 1 << 22 : 0)
            | UInt32(kind.rawValue) << 24
    }

    /// Writes all but the port, which is there, and the last word.
    func write(to memory: SharedMemory, at offset: Int) {
        memory.store(address, at: offset)
        memory.store(data, at: offset + 8)
        memory.store(count, at: offset + 16)
        memory.store(size, at: offset + 20)
    }

    /// Whether the processor waits for what is answered (Xen: `ioreq_needs_completion`).
    var needsAnswer: Bool { !isDataPointer && (kind != .port || isRead) }

    /// The bytes of memory that it reaches (Xen: `ioreq_mmio_first_byte`, `ioreq_mmio_last_byte`); nil where there are none.
    var memory: ClosedRange<UInt64>? {
        let first = goesDown ? address &- (UInt64(count) &- 1) &* UInt64(size) : address
        let last = (goesDown ? address &+ UInt64(size) : address &+ UInt64(size) &* UInt64(count)) &- 1
        return first <= last ? first...last : nil
    }

    /// The ports that it reaches; nil where there are none.
    var ports: ClosedRange<UInt64>? {
        let last = address &+ UInt64(size) &- 1
        return address <= last ? address...last : nil
    }
}
