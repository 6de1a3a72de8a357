import Flask

/// A ring in a domain's memory, into which the hypervisor puts messages of others (Xen, xen/common/argo.c: `struct
/// argo_ring_info`; xen/include/public/argo.h: `xen_argo_ring_t`). The domain says how far it has read, and is believed as far
/// as that is a place of the ring.
struct ArgoRing: Sendable {
    /// How many bytes it has room for, in whole slots.
    let length: UInt32
    /// The memory: the ring begins behind a header.
    let pages: [HeldPage]
    /// Where the next message goes, whatever the domain writes there.
    private var next: UInt32
    /// Who waits for how much room.
    private(set) var waiting: [UInt16: UInt32] = [:]

    private static let slot: UInt32 = 16
    private static let headerSize = 64
    private static let readOffset = 0
    private static let writeOffset = 4
    /// So many wait at most (`MAX_PENDING_PER_RING`).
    static let mostWaiting = 32

    /// A ring goes on where it was when it was registered before; where that is nowhere, what it holds is given up.
    init(length: UInt32, pages: [HeldPage], waiting: [UInt16: UInt32] = [:]) {
        self.length = length
        self.pages = pages
        self.waiting = waiting
        next = 0
        let wish = word(Self.writeOffset)
        if wish < length, wish % Self.slot == 0 {
            next = wish
        } else {
            next = readPlace
            publish()
        }
    }

    /// How many pages a ring of a length takes.
    static func pageCount(_ length: UInt32) -> UInt32 { (length + UInt32(headerSize) + 4_095) / 4_096 }

    private static func wholeSlots(_ count: UInt32) -> UInt32 { (count &+ (slot - 1)) & ~(slot - 1) }

    private func word(_ offset: Int) -> UInt32 {
        pages.first.flatMap { $0.page.memory.load32(at: $0.page.offset + offset) } ?? 0
    }

    private func publish() {
        guard let first = pages.first else { return }
        _ = first.page.memory.store(next, at: first.page.offset + Self.writeOffset)
    }

    /// How far the domain has read.
    private var readPlace: UInt32 {
        let place = word(Self.readOffset)
        let whole = Self.wholeSlots(place)
        return whole < place || whole >= length ? 0 : whole
    }

    private var free: UInt32 {
        let read = readPlace
        return read > next ? read - next : read + (length - next)
    }

    /// A message must leave a slot free, so that a full ring is no empty one.
    var maximumMessage: UInt32 { length - 2 * Self.slot }
    var space: UInt32 { free > 2 * Self.slot ? free - 2 * Self.slot : 0 }

    /// Puts a message into the ring. Throws `EMSGSIZE` for what never fits, `EAGAIN` for what does not fit now, and `EBUSY` where
    /// too many wait.
    mutating func append(_ message: ArgoState.Message) throws(XenErrorNumber) {
        let size = Self.wholeSlots(UInt32(message.data.count)) + Self.slot
        guard size < length else { throw .messageTooLong }
        guard size < free else {
            guard wait(message.sender, for: UInt32(message.data.count)) else { throw .busy }
            throw .tryAgain
        }
        var header = ABIStructure(size: Int(Self.slot))
        header.set(UInt32(message.data.count) + Self.slot, at: 0)
        header.set(message.port, at: 4)
        header.set(message.sender, at: 8)
        header.set(message.type, at: 12)
        write(header.bytes[...], at: next)
        let start = (next + Self.slot) % length
        let tail = min(message.data.count, Int(length - start))
        write(message.data[..<tail], at: start)
        write(message.data[tail...], at: 0)
        next = (next + size) % length
        publish()
    }

    private func write(_ bytes: ArraySlice<UInt8>, at place: UInt32) {
        var rest = bytes
        var offset = Self.headerSize + Int(place)
        while !rest.isEmpty, offset / 4_096 < pages.count {
            let count = min(rest.count, 4_096 - offset % 4_096)
            let page = pages[offset / 4_096].page
            _ = page.memory.write(Array(rest.prefix(count)), at: page.offset + offset % 4_096)
            rest = rest.dropFirst(count)
            offset += count
        }
    }

    // MARK: Waiting for room

    /// Somebody wants to hear when there is room; false when too many do.
    mutating func wait(_ sender: UInt16, for room: UInt32) -> Bool {
        guard waiting[sender] != nil || waiting.count < Self.mostWaiting else { return false }
        waiting[sender] = max(waiting[sender] ?? 0, room)
        return true
    }

    mutating func stopWaiting(_ sender: UInt16) { waiting[sender] = nil }

    /// Takes those for whom there is room now.
    mutating func takeServed() -> [UInt16] {
        let space = self.space
        guard space > 0 else { return [] }
        let served = waiting.filter { $0.value <= space }.keys.sorted()
        for sender in served { waiting[sender] = nil }
        return served
    }

    /// Whether what the hypervisor keeps of it is sound.
    var isSound: Bool {
        next < length && next % Self.slot == 0 && pages.count == Int(Self.pageCount(length)) && waiting.count <= Self.mostWaiting
    }
}
