/// The size of the hash table in which libsepol holds the rules of a policy. An image lists its rules slot by slot.
public struct RuleTableSize: Hashable, Sendable {
    let slots: Int
    /// Whether the table was filled from an image.
    let isRead: Bool

    /// The table in which a compiler puts rules, which is always the largest.
    public static let compiled = RuleTableSize(slots: RuleOrder.compilerSlots, isRead: false)

    /// The table into which an image of so many entries is read.
    public static func read(entryCount: Int) -> RuleTableSize {
        RuleTableSize(slots: RuleOrder.slots(forReading: entryCount), isRead: true)
    }
}
