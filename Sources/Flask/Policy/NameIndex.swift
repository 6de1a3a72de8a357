/// Names and the numbers that they stand for: open addressing over a quick hash, which begins with a number that differs
/// from process to process, so that nobody can choose names that meet.
struct NameIndex: Sendable {
    private static let seed = UInt64.random(in: .min ... .max)

    private var names: [Name] = []
    private var numbers: [UInt32] = []
    /// The upper half of the hash, and the place of the name plus one; 0 is an empty slot. At most half of them are taken.
    private var slots: [UInt64]
    private let seed = Self.seed

    init(capacity: Int = 0) {
        var count = 8
        while count < capacity * 2 { count *= 2 }
        slots = [UInt64](repeating: 0, count: count)
        names.reserveCapacity(capacity)
        numbers.reserveCapacity(capacity)
    }

    /// The number of a name; nil when it is not there.
    subscript(name: Name) -> UInt32? {
        let slot = slots[slot(of: name, Self.hash(name.bytes.span, seed))]
        return slot == 0 ? nil : numbers[Int(truncatingIfNeeded: slot & 0xffff_ffff) - 1]
    }

    /// Adds a name, unless it is there already; whether it was added.
    @discardableResult
    mutating func insert(_ name: Name, _ number: UInt32) -> Bool {
        let hash = Self.hash(name.bytes.span, seed)
        let slot = slot(of: name, hash)
        guard slots[slot] == 0 else { return false }
        names.append(name)
        numbers.append(number)
        slots[slot] = hash & ~0xffff_ffff | UInt64(names.count)
        if names.count * 2 > slots.count { grow() }
        return true
    }

    /// Where a name stands, or would stand.
    private func slot(of name: Name, _ hash: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: hash >> 32) & (slots.count - 1)
        while slots[slot] != 0 {
            if slots[slot] >> 32 == hash >> 32, names[Int(truncatingIfNeeded: slots[slot] & 0xffff_ffff) - 1] == name { break }
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        for entry in old where entry != 0 { HashIndex.put(entry, &slots) }
    }

    /// Eight bytes at a time, each mixed in by a multiplication whose halves are joined.
    private static func hash(_ bytes: Span<UInt8>, _ seed: UInt64) -> UInt64 {
        var hash = seed ^ UInt64(bytes.count)
        var place = 0
        while place + 8 <= bytes.count {
            hash = mixed(hash ^ bytes.word(at: place))
            place += 8
        }
        var rest: UInt64 = 0
        while place < bytes.count {
            rest = rest << 8 | UInt64(bytes[place])
            place += 1
        }
        return mixed(mixed(hash ^ rest) ^ seed)
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        let (high, low) = value.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return high ^ low
    }
}
