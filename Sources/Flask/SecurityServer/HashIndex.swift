/// Where in a table elements stand, by their hash: open addressing, in many small parts, so that growing one takes a few
/// microseconds however large the whole is.
struct HashIndex: Sendable {
    private static var partBits: Int { 8 }

    private struct Part: Sendable {
        /// The upper half of the hash, and the place plus one; 0 is an empty slot.
        var slots: [UInt64] = []
        var count = 0
    }

    private var parts = [Part](repeating: Part(), count: 1 << partBits)

    /// The place of the element with a hash that is the one that is looked for.
    func find(hash: Int, isElement: (Int) -> Bool) -> Int? {
        let hash = UInt64(truncatingIfNeeded: hash)
        let slots = parts[Self.part(hash)].slots
        guard !slots.isEmpty else { return nil }
        var slot = Int(hash >> 32) & (slots.count - 1)
        while slots[slot] != 0 {
            let place = Int(truncatingIfNeeded: slots[slot] & 0xffff_ffff) - 1
            if slots[slot] >> 32 == hash >> 32, isElement(place) { return place }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Adds an element that is not there yet.
    mutating func insert(hash: Int, place: Int) {
        let hash = UInt64(truncatingIfNeeded: hash)
        let part = Self.part(hash)
        if (parts[part].count + 1) * 2 > parts[part].slots.count { grow(part) }
        Self.put(hash & ~0xffff_ffff | UInt64(place + 1), &parts[part].slots)
        parts[part].count += 1
    }

    /// Lets a hash lead to another element than before.
    mutating func replace(hash: Int, place: Int, by other: Int) {
        let hash = UInt64(truncatingIfNeeded: hash)
        let part = Self.part(hash)
        let old = hash & ~0xffff_ffff | UInt64(place + 1)
        guard let slot = parts[part].slots.firstIndex(of: old) else { return }
        parts[part].slots[slot] = hash & ~0xffff_ffff | UInt64(other + 1)
    }

    /// The lower half of a hash chooses the part; the upper half chooses the slot, and is kept there.
    private static func part(_ hash: UInt64) -> Int { Int(hash & (1 << UInt64(partBits) - 1)) }

    private mutating func grow(_ part: Int) {
        let old = parts[part].slots
        var slots = [UInt64](repeating: 0, count: max(old.count * 2, 8))
        for entry in old where entry != 0 { Self.put(entry, &slots) }
        parts[part].slots = slots
    }

    /// Gives an entry the first slot that is free, from the one that the upper half of its hash chooses.
    static func put(_ entry: UInt64, _ slots: inout [UInt64]) {
        var slot = Int(entry >> 32) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = entry
    }
}
