/// The spellings of all identifiers of one text.
///
/// An open-addressing table over one arena of bytes: looking up a name that is known allocates nothing. The
/// keywords go in first, so that an identifier's number tells whether it is one.
struct IdentifierTable: Sendable {
    private struct Entry {
        let start: UInt32
        let length: UInt32
        let hash: UInt32
    }

    private var arena: [UInt8] = []
    private var entries: [Entry] = []
    /// Entry numbers plus one; zero is an empty slot.
    private var slots: [UInt32]
    private var mask: Int

    init() {
        slots = [UInt32](repeating: 0, count: 4_096)
        mask = slots.count - 1
        for marker in ["-", "~", "*"] { _ = intern(Array(marker.utf8)) }
        for keyword in Keyword.allCases { _ = intern(Array(keyword.rawValue.utf8)) }
        for keyword in Keyword.allCases { _ = intern(Array(keyword.rawValue.uppercased().utf8)) }
        for name in ["object_r", "self"] { _ = intern(Array(name.utf8)) }
    }

    var count: Int { entries.count }

    static func hash(_ bytes: [UInt8], from start: Int, to end: Int) -> UInt32 {
        var hash: UInt32 = 0x811c_9dc5
        for index in start..<end { hash = (hash ^ UInt32(bytes[index])) &* 0x0100_0193 }
        return hash
    }

    mutating func intern(_ bytes: [UInt8]) -> Identifier {
        intern(bytes, from: 0, to: bytes.count, hash: Self.hash(bytes, from: 0, to: bytes.count))
    }

    /// The identifier of a stretch of `bytes` whose hash is already known.
    mutating func intern(_ bytes: [UInt8], from start: Int, to end: Int, hash: UInt32) -> Identifier {
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 15) & mask
        while slots[slot] != 0 {
            if isEntry(Int(slots[slot]) - 1, bytes, from: start, to: end, hash: hash) { return Identifier(rawValue: slots[slot] - 1) }
            slot = (slot + 1) & mask
        }
        let entry = Entry(start: UInt32(arena.count), length: UInt32(end - start), hash: hash)
        arena.append(contentsOf: bytes[start..<end])
        entries.append(entry)
        slots[slot] = UInt32(entries.count)
        if entries.count * 2 > slots.count { grow() }
        return Identifier(rawValue: UInt32(entries.count - 1))
    }

    /// The identifier of a spelling, if it occurred.
    func find(_ text: String) -> Identifier? {
        let bytes = Array(text.utf8)
        return find(bytes, from: 0, to: bytes.count, hash: Self.hash(bytes, from: 0, to: bytes.count))
    }

    /// The identifier of a stretch of `bytes`, if it occurred.
    func find(_ bytes: [UInt8], from start: Int, to end: Int, hash: UInt32) -> Identifier? {
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 15) & mask
        while slots[slot] != 0 {
            if isEntry(Int(slots[slot]) - 1, bytes, from: start, to: end, hash: hash) { return Identifier(rawValue: slots[slot] - 1) }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private func isEntry(_ number: Int, _ bytes: [UInt8], from start: Int, to end: Int, hash: UInt32) -> Bool {
        let entry = entries[number]
        guard entry.hash == hash, Int(entry.length) == end - start else { return false }
        let base = Int(entry.start)
        var index = 0
        while index < end - start, arena[base + index] == bytes[start + index] { index += 1 }
        return index == end - start
    }

    func bytes(of identifier: Identifier) -> ArraySlice<UInt8> {
        let entry = entries[identifier.index]
        return arena[Int(entry.start)..<Int(entry.start + entry.length)]
    }

    func length(of identifier: Identifier) -> Int {
        Int(entries[identifier.index].length)
    }

    func text(of identifier: Identifier) -> String {
        String(decoding: bytes(of: identifier), as: UTF8.self)
    }

    /// The keyword that an identifier is, in lower or in upper case.
    func keyword(_ identifier: Identifier) -> Keyword? {
        let index = Int(identifier.rawValue) - Int(Identifier.markerCount)
        guard index >= 0, index < Keyword.allCases.count * 2 else { return nil }
        return Keyword.all[index % Keyword.all.count]
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        mask = slots.count - 1
        for (number, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash ^ entry.hash >> 15) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(number + 1)
        }
    }
}
