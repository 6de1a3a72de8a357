/// The order in which an image lists its rules: that of libsepol's hash table over source, target and class
/// (libsepol, src/avtab.c).
struct RuleOrder {
    /// Slots of the table in which compilers expand rules.
    static let compilerSlots = 1 << 20

    let mask: UInt32

    init(slots: Int) {
        mask = UInt32(slots - 1)
    }

    /// The slots of the table into which `count` rules are read (libsepol, src/avtab.c: `avtab_alloc`).
    static func slots(forReading count: Int) -> Int {
        guard count > 0 else { return 1 }
        var shift = 0
        var work = count
        while work > 0 {
            work >>= 1
            shift += 1
        }
        if shift > 2 { shift -= 2 }
        return min(1 << shift, compilerSlots)
    }

    func slot(of rule: Rule) -> UInt32 {
        var hash: UInt32 = 0
        mix(UInt32(rule.objectClass), into: &hash)
        mix(UInt32(rule.target), into: &hash)
        mix(UInt32(rule.source), into: &hash)
        hash ^= hash >> 16
        hash = hash &* 0x85eb_ca6b
        hash ^= hash >> 13
        hash = hash &* 0xc2b2_ae35
        hash ^= hash >> 16
        return hash & mask
    }

    private func mix(_ input: UInt32, into hash: inout UInt32) {
        var value = input &* 0xcc9e_2d51
        value = value << 15 | value >> 17
        value = value &* 0x1b87_3593
        hash ^= value
        hash = hash << 13 | hash >> 19
        hash = hash &* 5 &+ 0xe654_6b64
    }

    /// A rule on its way to its place.
    private struct Placed {
        let slot: UInt32
        var rule: Rule
    }

    /// The rules in the order of the image; equal keys keep the order they have.
    func sorted(_ rules: [Rule]) -> [Rule] {
        var placed = rules.map { Placed(slot: slot(of: $0), rule: $0) }
        sortBySlot(&placed)
        var start = 0
        while start < placed.count {
            var end = start + 1
            while end < placed.count, placed[end].slot == placed[start].slot { end += 1 }
            if end - start <= 64 {
                insertionSort(&placed, start..<end)
            } else {
                // Somebody made the rules collide.
                let run = placed[start..<end].map(\.rule).enumerated().sorted { RuleOrder.precedes($0, $1) }
                for (offset, entry) in run.enumerated() { placed[start + offset].rule = entry.element }
            }
            start = end
        }
        return placed.map(\.rule)
    }

    /// Sorts the few rules of a slot; equal keys stay in order.
    private func insertionSort(_ placed: inout [Placed], _ run: Range<Int>) {
        for index in run.dropFirst() {
            let rule = placed[index].rule
            var place = index
            while place > run.lowerBound, RuleOrder.precedes(rule, placed[place - 1].rule) {
                placed[place].rule = placed[place - 1].rule
                place -= 1
            }
            placed[place].rule = rule
        }
    }

    private static func precedes(_ a: (offset: Int, element: Rule), _ b: (offset: Int, element: Rule)) -> Bool {
        a.element.hasSameKey(as: b.element) ? a.offset < b.offset : precedes(a.element, b.element)
    }

    private static func precedes(_ a: Rule, _ b: Rule) -> Bool {
        if a.source != b.source { return a.source < b.source }
        if a.target != b.target { return a.target < b.target }
        return a.objectClass < b.objectClass
    }

    /// A stable sort by slot: for many rules in two passes of ten bits, which move whole rules and so never jump
    /// through memory to fetch one.
    private func sortBySlot(_ placed: inout [Placed]) {
        guard placed.count > 256, let filler = placed.first else {
            let order = placed.indices.sorted { (placed[$0].slot, $0) < (placed[$1].slot, $1) }
            placed = order.map { placed[$0] }
            return
        }
        var other = [Placed](repeating: filler, count: placed.count)
        for shift in [0, 10] as [UInt32] {
            var starts = [Int](repeating: 0, count: 1_025)
            for entry in placed { starts[Int(entry.slot >> shift & 1_023) + 1] += 1 }
            for bucket in 0..<1_024 { starts[bucket + 1] += starts[bucket] }
            for entry in placed {
                let bucket = Int(entry.slot >> shift & 1_023)
                other[starts[bucket]] = entry
                starts[bucket] += 1
            }
            swap(&placed, &other)
        }
    }
}
