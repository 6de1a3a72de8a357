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
    private struct Placed: BitwiseCopyable {
        let slot: UInt32
        var rule: Rule
    }

    /// How many of a slot's upper bits tell the first pass where its rules go, and how many are left to the second.
    private var upperShift: UInt32 { max(UInt32(32 - mask.leadingZeroBitCount), 10) - 10 }

    /// The rules in the order of the image; equal keys keep the order they have.
    ///
    /// They are put into a thousand heaps by the upper bits of their slots, and each heap, which a processor's cache holds,
    /// into order by the lower ones.
    func sorted(_ rules: [Rule]) -> [Rule] {
        guard let filler = rules.first else { return [] }
        let shift = upperShift
        var ends = [Int](repeating: 0, count: 1_025)
        for rule in rules { ends[Int(slot(of: rule) >> shift) + 1] += 1 }
        for heap in 0..<1_024 { ends[heap + 1] += ends[heap] }
        var placed = [Placed](repeating: Placed(slot: 0, rule: filler), count: rules.count)
        for rule in rules {
            let slot = slot(of: rule)
            let heap = Int(slot >> shift)
            placed[ends[heap]] = Placed(slot: slot, rule: rule)
            ends[heap] += 1
        }
        var result: [Rule] = []
        result.reserveCapacity(rules.count)
        var heap: [Placed] = []
        var start = 0
        for end in ends.dropLast() where end > start {
            sortBySlot(placed[start..<end], 1 << shift - 1, into: &heap)
            sortWithinSlots(&heap)
            for entry in heap { result.append(entry.rule) }
            start = end
        }
        return result
    }

    /// A stable sort of one heap by the lower bits of the slots.
    private func sortBySlot(_ heap: ArraySlice<Placed>, _ lowerBits: UInt32, into result: inout [Placed]) {
        result.removeAll(keepingCapacity: true)
        result.append(contentsOf: heap)
        guard heap.count > 1 else { return }
        guard heap.count > 32 else {
            Self.insertionSort(&result, result.indices) { $0.slot < $1.slot }
            return
        }
        result = CountingSort([heap], upTo: Int(lowerBits)) { Int($0.slot & lowerBits) }.elements
    }

    /// Sorts rules that are in the order of their slots by their keys; equal ones stay in order.
    private func sortWithinSlots(_ placed: inout [Placed]) {
        var start = 0
        while start < placed.count {
            var end = start + 1
            while end < placed.count, placed[end].slot == placed[start].slot { end += 1 }
            if end - start <= 64 {
                Self.insertionSort(&placed, start..<end) { RuleOrder.precedes($0.rule, $1.rule) }
            } else {
                // Somebody made the rules collide.
                let run = placed[start..<end].map(\.rule).enumerated().sorted { RuleOrder.precedes($0, $1) }
                for (offset, entry) in run.enumerated() { placed[start + offset].rule = entry.element }
            }
            start = end
        }
    }

    /// A stable sort of a few entries.
    @inline(__always)
    private static func insertionSort(
        _ placed: inout [Placed], _ run: Range<Int>, by precedes: (Placed, Placed) -> Bool
    ) {
        for index in run.dropFirst() {
            let entry = placed[index]
            var place = index
            while place > run.lowerBound, precedes(entry, placed[place - 1]) {
                placed[place] = placed[place - 1]
                place -= 1
            }
            placed[place] = entry
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
}
