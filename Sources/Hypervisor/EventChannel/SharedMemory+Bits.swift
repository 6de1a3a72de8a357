// Bits that a guest shares with the hypervisor. He may write to them at any time, and would like nothing more than to have
// the hypervisor try for ever: after some attempts a word is stored as it is to be, and what he loses by that is his own.

extension SharedMemory {
    private static let attempts = 64

    /// Changes a word; what it was, or nil when there is none.
    private func change(_ offset: Int, _ body: (UInt64) -> UInt64) -> UInt64? {
        guard var value = load64(at: offset) else { return nil }
        for _ in 0..<Self.attempts {
            guard let result = exchange(value, for: body(value), at: offset) else { return nil }
            if result.exchanged { return value }
            value = result.original
        }
        store(body(value), at: offset)
        return value
    }

    private func change32(_ offset: Int, _ body: (UInt32) -> UInt32) -> UInt32? {
        guard var value = load32(at: offset) else { return nil }
        for _ in 0..<Self.attempts {
            guard let result = exchange(value, for: body(value), at: offset) else { return nil }
            if result.exchanged { return value }
            value = result.original
        }
        store(body(value), at: offset)
        return value
    }

    /// Clears bits of a word; what it was, or nil when there is none.
    @discardableResult
    func subtract(_ bits: UInt64, at offset: Int) -> UInt64? { change(offset) { $0 & ~bits } }

    /// Sets bits of a word of 32; what it was, or nil when there is none.
    @discardableResult
    func formUnion32(_ bits: UInt32, at offset: Int) -> UInt32? { change32(offset) { $0 | bits } }

    /// Clears bits of a word of 32; what it was, or nil when there is none.
    @discardableResult
    func subtract32(_ bits: UInt32, at offset: Int) -> UInt32? { change32(offset) { $0 & ~bits } }

    // MARK: Bitmaps

    /// Sets a bit of a bitmap of words; whether it was set.
    func setBit(_ bit: UInt32, at offset: Int) -> Bool? {
        formUnion(1 << UInt64(bit % 64), at: offset + Int(bit / 64) * 8).map { $0 >> UInt64(bit % 64) & 1 == 1 }
    }

    func clearBit(_ bit: UInt32, at offset: Int) -> Bool? {
        subtract(1 << UInt64(bit % 64), at: offset + Int(bit / 64) * 8).map { $0 >> UInt64(bit % 64) & 1 == 1 }
    }

    func bit(_ bit: UInt32, at offset: Int) -> Bool {
        (load64(at: offset + Int(bit / 64) * 8) ?? 0) >> UInt64(bit % 64) & 1 == 1
    }
}
