import Flask

/// Rules by key, joined as they come: the access vector table in the making.
///
/// An open-addressing table over the packed key (source, target, class, kind): a policy of a thousand guests has
/// millions of entries, and each is looked up before it is added. A slot holds a part of the key's hash beside the
/// rule's number, so that a miss touches nothing else; and keys that differ only in the last bits of the target share
/// a cache line, because rules come with targets in ascending order.
struct RuleAccumulator {
    private(set) var rules: [Rule] = []
    /// The statement that first made the rule, for diagnostics.
    private(set) var nodes: [UInt32] = []
    /// A part of the hash in the upper half, the rule's number plus one in the lower; zero is an empty slot.
    private var slots: [UInt64]
    private var shift: UInt64

    /// With room for a few rules, as the branch of a condition has them, or for those of a policy.
    init(isSmall: Bool = false) {
        let groups: UInt64 = isSmall ? 1 : 7
        slots = [UInt64](repeating: 0, count: 8 << Int(groups))
        shift = 64 - groups
    }

    /// More rules than this are not counted on.
    static let maximumExpected = 1 << 21

    /// Makes room for a number of rules.
    mutating func expect(_ count: Int) {
        let count = min(count, Self.maximumExpected)
        rules.reserveCapacity(count)
        nodes.reserveCapacity(count)
        makeSlots(for: count)
    }

    /// A hash of everything but the last three bits of the target; those choose the place within a group of slots.
    private static func hash(_ rule: Rule) -> UInt64 {
        let key =
            UInt64(rule.source) << 48 | UInt64(rule.target >> 3) << 32 | UInt64(rule.objectClass) << 16
            | UInt64(rule.kind.rawValue)
        let mixed = (key ^ key >> 29) &* 0x9e37_79b9_7f4a_7c15
        return (mixed ^ mixed >> 32) &* 0xd6e8_feb8_6659_fd93
    }

    /// The slot at which the search for a rule begins, and the part of the hash that its slot holds.
    private func place(_ rule: Rule) -> (slot: Int, mark: UInt64) {
        let hash = Self.hash(rule)
        let slot = Int(truncatingIfNeeded: hash >> shift) << 3 | Int(rule.target & 7)
        return (slot, (hash << 3 | UInt64(rule.target & 7)) << 32)
    }

    /// The number of the rule with the key of `rule`, if there is one.
    func index(ofKey rule: Rule) -> Int? {
        var (slot, mark) = place(rule)
        while slots[slot] != 0 {
            if slots[slot] & 0xffff_ffff_0000_0000 == mark {
                let index = Int(truncatingIfNeeded: slots[slot] & 0xffff_ffff) - 1
                if rules[index].hasKey(of: rule) { return index }
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The number of the rule with the key of `rule`; adds `rule` when there is none.
    mutating func insert(_ rule: Rule, node: UInt32) -> (index: Int, isNew: Bool) {
        var (slot, mark) = place(rule)
        while slots[slot] != 0 {
            if slots[slot] & 0xffff_ffff_0000_0000 == mark {
                let index = Int(truncatingIfNeeded: slots[slot] & 0xffff_ffff) - 1
                if rules[index].hasKey(of: rule) { return (index, false) }
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        rules.append(rule)
        nodes.append(node)
        slots[slot] = mark | UInt64(rules.count)
        if rules.count * 2 > slots.count { grow() }
        return (rules.count - 1, true)
    }

    /// Adds a rule whose key others may have; they are not found through it.
    mutating func appendDuplicate(_ rule: Rule, node: UInt32) -> Int {
        rules.append(rule)
        nodes.append(node)
        return rules.count - 1
    }

    subscript(data index: Int) -> UInt32 {
        get { rules[index].data }
        set { rules[index].data = newValue }
    }

    /// Duplicates are added without growing: the table may have to grow to more than twice its size.
    private mutating func grow() {
        makeSlots(for: rules.count)
        for index in rules.indices { insertAgain(index) }
    }

    /// Empty slots, two for each of a number of rules.
    private mutating func makeSlots(for ruleCount: Int) {
        var count = slots.count
        while count < ruleCount * 2 {
            count <<= 1
            shift -= 1
        }
        // The old ones go first: together they would take half as much again.
        slots = []
        slots = [UInt64](repeating: 0, count: count)
    }

    /// Gives a rule its slot in a table that has grown; a duplicate needs none.
    private mutating func insertAgain(_ index: Int) {
        var (slot, mark) = place(rules[index])
        while slots[slot] != 0 {
            if slots[slot] & 0xffff_ffff_0000_0000 == mark,
                rules[Int(truncatingIfNeeded: slots[slot] & 0xffff_ffff) - 1].hasKey(of: rules[index])
            {
                return
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = mark | UInt64(index + 1)
    }
}

extension Rule {
    /// Whether both are about the same source, target and class, and of one kind.
    func hasKey(of other: Rule) -> Bool {
        source == other.source && target == other.target && objectClass == other.objectClass && kind == other.kind
    }
}
