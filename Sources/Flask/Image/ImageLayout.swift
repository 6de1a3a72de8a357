/// How a compiler orders the symbols of an image.
///
/// An image lists symbols as a hash table of the compiler walks them, and the compiler numbers types, roles, users
/// and booleans in such a walk too. libsepol changed its hash function in 3.6, so there are two layouts; any kernel
/// takes either (libsepol, src/symtab.c and src/hashtab.c).
public enum ImageLayout: Hashable, Sendable, CaseIterable {
    /// What checkpolicy 2.4 to 3.5 write (tables that grow: since 3.1).
    case checkpolicy3_5
    /// What checkpolicy 3.6 and later write.
    case checkpolicy3_6

    /// The hash of a name, before it is cut to a table's size.
    func hash(_ name: Name) -> UInt32 {
        switch self {
        case .checkpolicy3_5:
            name.bytes.reduce(0) { (value: UInt32, byte) in
                (value << 4 | value >> 28) ^ UInt32(bitPattern: Int32(Int8(bitPattern: byte)))
            }
        case .checkpolicy3_6:
            name.bytes.reduce(5_381) { (value: UInt32, byte) in ((value << 5) &+ value) ^ UInt32(byte) }
        }
    }
}

extension ImageLayout {
    /// The slots of a table after `count` names went in one by one.
    public static func slots(initial: Int, count: Int) -> Int {
        var slots = initial
        while slots < count { slots *= 2 }
        return slots
    }

    /// The indices of `names` in the order in which a table of `slots` slots is walked: slot by slot, and by name
    /// within a slot.
    public func order(of names: [Name], slots: Int) -> [Int] {
        let mask = UInt32(slots - 1)
        let places = names.map { hash($0) & mask }
        return names.indices.sorted { a, b in
            places[a] != places[b] ? places[a] < places[b] : names[a] < names[b]
        }
    }

    /// The same for a table that began with `initial` slots and grew as its names went in.
    public func order(of names: [Name], initialSlots: Int) -> [Int] {
        order(of: names, slots: Self.slots(initial: initialSlots, count: names.count))
    }
}
