// The ring of requests that no processor waits for (Xen, xen/common/ioreq.c: `ioreq_send_buffered`). The emulator may write
// what it likes to the ring's pointers: they are looked at once, and reduced before they are an index.

extension IORequestServer {
    /// How many requests fit, of eight bytes each behind the two pointers.
    static let slotCount: UInt32 = 511

    /// Puts a request into the ring; false when it is not one for it, or there is no room.
    func put(_ request: IORequest) -> Bool {
        guard let page = buffered, request.address <= 0xfffff, !request.isDataPointer, request.count == 1 else { return false }
        let sizes: [UInt32: UInt64] = [1: 0, 2: 1, 4: 2, 8: 3]
        guard let size = sizes[request.size] else { return false }
        // Of eight bytes, four come in a slot of their own.
        let extra: UInt32 = request.size == 8 ? 1 : 0
        guard let pointers = page.memory.load64(at: page.offset) else { return false }
        let (read, write) = (UInt32(truncatingIfNeeded: pointers), UInt32(truncatingIfNeeded: pointers >> 32))
        guard write &- read < Self.slotCount - extra else { return false }
        let head = UInt64(request.kind.rawValue) | (request.isRead ? 1 << 9 : 0) | size << 10 | request.address << 12
        func slot(_ index: UInt32, _ data: UInt32) {
            let offset = page.offset + 8 + Int(index % Self.slotCount) * 8
            page.memory.store(head | UInt64(data) << 32, at: offset)
        }
        slot(write, UInt32(truncatingIfNeeded: request.data))
        if extra == 1 { slot(write &+ 1, UInt32(truncatingIfNeeded: request.data >> 32)) }
        page.memory.store(write &+ 1 &+ extra, at: page.offset + 4)
        if buffering == .atomic { reduce(page, tries: Self.slotCount - extra) }
        return true
    }

    /// Keeps the pointers from growing without end, while the emulator reads. It may hinder that, but not for ever.
    private func reduce(_ page: SharedPage, tries: UInt32) {
        for _ in 0..<tries {
            guard let old = page.memory.load64(at: page.offset) else { return }
            let (read, write) = (UInt32(truncatingIfNeeded: old), UInt32(truncatingIfNeeded: old >> 32))
            guard read >= Self.slotCount else { return }
            let whole = read / Self.slotCount * Self.slotCount
            let new = UInt64(read &- whole) | UInt64(write &- whole) << 32
            _ = page.memory.exchange(old, for: new, at: page.offset)
        }
    }
}
