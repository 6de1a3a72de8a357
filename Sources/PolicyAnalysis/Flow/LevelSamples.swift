import Flask

/// Levels of two contexts, one pair of ranges for each way in which they can relate.
///
/// A constraint sees four levels, the low and the high one of both, and of those only which is the same as, above, below or beside which.
/// So one example for each relation that the clearances permit stands for all levels, however many there are: the sensitivities are
/// tried in all orders, and a category matters only by which of the four levels have it.
struct LevelSamples {
    typealias Pair = (source: MLSRange, target: MLSRange)

    /// Two of the four levels: source low, source high, target low, target high.
    private static let pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    /// So many sensitivities are tried of each context.
    private static let sensitivityLimit = 24
    /// So many combinations of sensitivities with different categories, and so many categories of all of them together.
    private static let combinationLimit = 64
    private static let categoryLimit = 1 << 18

    private let policy: Policy
    /// By sensitivity: which others have the same categories.
    private let kinds: [Int]
    /// Whether there were more ways than may be tried.
    private(set) var isIncomplete = false
    /// How much has been looked at: sensitivities, and categories of each combination.
    private(set) var work = 0

    init(_ policy: Policy) {
        self.policy = policy
        var known: [Bitmap: Int] = [:]
        kinds = policy.sensitivities.map { entry in
            let next = known.count
            return known[entry.level.categories] ?? {
                known[entry.level.categories] = next
                return next
            }()
        }
    }

    /// Which of ``pairs`` a constraint compares, as bits.
    static func compared(_ constraint: Constraint) -> UInt8 {
        var bits: UInt8 = 0
        for term in constraint.expression where term.kind == .attribute {
            switch term.attribute {
            case .sourceLowHigh: bits |= 1
            case .lowLow: bits |= 2
            case .lowHigh: bits |= 4
            case .highLow: bits |= 8
            case .highHigh: bits |= 16
            case .targetLowHigh: bits |= 32
            default: break
            }
        }
        return bits
    }

    /// Ranges within two clearances, nil for any, for each relation of the levels that are compared; those that are most alike first.
    mutating func samples(_ source: MLSRange?, _ target: MLSRange?, compared: UInt8) -> [Pair] {
        guard policy.isMLS else { return [(MLSRange(), MLSRange())] }
        var found: [(likeness: Int, pair: Pair)] = []
        var seen: Set<UInt16> = []
        for (combination, orders) in combinations(source, target) {
            work += policy.categories.count
            let sets = combination.map { policy.sensitivities[Int($0) - 1].level.categories }
            for (mask, categories) in categorySets(sets, source, target) {
                for sensitivities in orders {
                    let relation = Self.relation(sensitivities, mask, compared)
                    guard seen.insert(relation).inserted else { continue }
                    let levels = (0..<4).map { MLSLevel(sensitivity: sensitivities[$0], categories: categories[$0]) }
                    let pair = (MLSRange(low: levels[0], high: levels[1]), MLSRange(low: levels[2], high: levels[3]))
                    found.append((relation.nonzeroBitCount, pair))
                }
            }
        }
        return found.sorted { $0.likeness > $1.likeness }.map(\.pair)
    }

    /// Two bits for each pair that is compared: whether the first dominates the second, and the other way round.
    private static func relation(_ sensitivities: [UInt32], _ mask: UInt16, _ compared: UInt8) -> UInt16 {
        var relation: UInt16 = 0
        for (index, (a, b)) in pairs.enumerated() where compared >> UInt8(index) & 1 == 1 {
            let (first, second) = (sensitivities[a], sensitivities[b])
            let lacks = mask >> UInt16(2 * index) & 3
            if first >= second, lacks & 1 == 0 { relation |= 1 << UInt16(2 * index) }
            if second >= first, lacks & 2 == 0 { relation |= 2 << UInt16(2 * index) }
        }
        return relation
    }

    // MARK: Sensitivities

    /// Four sensitivities for each order in which they can be, grouped by the categories that they may have. The first member of a group
    /// stands for it.
    private mutating func combinations(_ source: MLSRange?, _ target: MLSRange?) -> [([UInt32], [[UInt32]])] {
        var groups: [[Int]: [[UInt32]]] = [:]
        var seen: Set<Order> = []
        let sources = candidates(source, target)
        let targets = candidates(target, source)
        for (low, high) in Self.ascending(sources) {
            for (otherLow, otherHigh) in Self.ascending(targets) {
                work += 1
                let order = Order(
                    source: UInt64(kind(low)) << 32 | UInt64(kind(high)), target: UInt64(kind(otherLow)) << 32 | UInt64(kind(otherHigh)),
                    low: Self.compare(low, otherLow), lowHigh: Self.compare(low, otherHigh), highLow: Self.compare(high, otherLow),
                    high: Self.compare(high, otherHigh), isSourceFlat: low == high, isTargetFlat: otherLow == otherHigh)
                guard seen.insert(order).inserted else { continue }
                let four = [low, high, otherLow, otherHigh]
                let kinds = four.map { self.kinds[Int($0) - 1] }
                if groups[kinds] == nil, groups.count >= min(Self.combinationLimit, max(1, Self.categoryLimit / max(1, policy.categories.count))) {
                    isIncomplete = true
                    continue
                }
                groups[kinds, default: []].append(four)
            }
        }
        return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.value[0], $0.value) }
    }

    /// What four sensitivities have to do with each other, and which have the same categories.
    private struct Order: Hashable {
        let source, target: UInt64
        let low, lowHigh, highLow, high: Int8
        let isSourceFlat, isTargetFlat: Bool
    }

    private func kind(_ sensitivity: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: kinds[Int(sensitivity) - 1]) }

    private static func compare(_ a: UInt32, _ b: UInt32) -> Int8 { a < b ? -1 : a == b ? 0 : 1 }

    private static func ascending(_ numbers: [UInt32]) -> [(UInt32, UInt32)] {
        numbers.indices.flatMap { low in numbers[low...].map { (numbers[low], $0) } }
    }

    /// The sensitivities of a clearance. Of many in a row with the same categories, four stand for all: there are four levels.
    private mutating func candidates(_ clearance: MLSRange?, _ other: MLSRange?) -> [UInt32] {
        let count = UInt32(clamping: policy.sensitivities.count)
        let low = max(clearance?.low.sensitivity ?? 1, 1)
        let high = min(clearance?.high.sensitivity ?? count, count)
        guard low <= high else { return [] }
        let limits = [other?.low.sensitivity, other?.high.sensitivity].compactMap(\.self)
        var result: [UInt32] = []
        var row = 0
        for number in low...high {
            let isStart = number == low || kinds[Int(number) - 1] != kinds[Int(number) - 2] || limits.contains(number) || limits.contains(number - 1)
            row = isStart ? 1 : row + 1
            guard row <= 4 || number == high else { continue }
            guard result.count < Self.sensitivityLimit else {
                isIncomplete = true
                break
            }
            result.append(number)
        }
        return result
    }

    // MARK: Categories

    /// For each way in which four levels with these categories to choose from can differ, what to choose. A bit of the way says that one
    /// of a pair lacks what the other has.
    private func categorySets(_ sets: [Bitmap], _ source: MLSRange?, _ target: MLSRange?) -> [(UInt16, [Bitmap])] {
        // Which levels have a category, as four bits, and of that which of the sixteen can be.
        var groups: [UInt16: [Int]] = [:]
        for category in policy.categories.indices {
            let possible = Self.patterns(category, sets, source, target)
            guard possible != 0 else { return [] }
            groups[possible, default: []].append(category)
        }
        let ordered = groups.sorted { $0.key < $1.key }
        var found: [UInt16: [(group: Int, pattern: UInt16)]] = [0: []]
        for (group, entry) in ordered.enumerated() {
            let patterns = (0..<16).map { UInt16($0) }.filter { entry.key >> $0 & 1 == 1 }
            var next: [UInt16: [(group: Int, pattern: UInt16)]] = [:]
            for (mask, chosen) in found.sorted(by: { $0.key < $1.key }) {
                for pattern in patterns where next[mask | Self.difference(pattern)] == nil {
                    next[mask | Self.difference(pattern)] = chosen + [(group, pattern)]
                }
            }
            for _ in 1..<max(1, min(entry.value.count, 16)) {
                let before = next
                for (mask, chosen) in before.sorted(by: { $0.key < $1.key }) {
                    for pattern in patterns where next[mask | Self.difference(pattern)] == nil {
                        next[mask | Self.difference(pattern)] = chosen + [(group, pattern)]
                    }
                }
                if next.count == before.count { break }
            }
            found = next
        }
        return found.sorted { $0.key < $1.key }.map { mask, chosen in (mask, Self.levels(chosen, ordered.map { ($0.key, $0.value) })) }
    }

    /// The categories of the four levels, by the patterns that were chosen for some of each group.
    private static func levels(_ chosen: [(group: Int, pattern: UInt16)], _ groups: [(possible: UInt16, categories: [Int])]) -> [Bitmap] {
        var levels = [Bitmap](repeating: Bitmap(), count: 4)
        for (number, group) in groups.enumerated() {
            let patterns = chosen.filter { $0.group == number }.map(\.pattern)
            // The rest makes no difference: in no level where that may be.
            let rest: UInt16 = group.possible & 1 == 1 ? 0 : patterns.first ?? 0
            for (place, category) in group.categories.enumerated() {
                let pattern = patterns.indices.contains(place) ? patterns[place] : rest
                guard pattern != 0 else {
                    if place >= patterns.count { break }
                    continue
                }
                for level in 0..<4 where pattern >> UInt16(level) & 1 == 1 { levels[level].insert(category) }
            }
        }
        return levels
    }

    private static func patterns(_ category: Int, _ sets: [Bitmap], _ source: MLSRange?, _ target: MLSRange?) -> UInt16 {
        var mustHave: UInt16 = 0
        var mayHave: UInt16 = 0
        for level in 0..<4 where sets[level].contains(category) { mayHave |= 1 << UInt16(level) }
        for (clearance, shift) in [(source, UInt16(0)), (target, UInt16(2))] {
            guard let clearance else { continue }
            if clearance.low.categories.contains(category) { mustHave |= 3 << shift }
            if !clearance.high.categories.contains(category) { mayHave &= ~(3 << shift) }
        }
        var result: UInt16 = 0
        for pattern in UInt16(0)..<16 {
            let isOrdered = pattern & 3 != 1 && pattern >> 2 != 1
            if isOrdered, pattern & ~mayHave == 0, mustHave & ~pattern == 0 { result |= 1 << pattern }
        }
        return result
    }

    /// What a category that these levels have says about pairs: bit 2i that the first lacks what the second has, bit 2i + 1 the reverse.
    private static func difference(_ pattern: UInt16) -> UInt16 {
        var mask: UInt16 = 0
        for (index, (a, b)) in pairs.enumerated() {
            let first = pattern >> UInt16(a) & 1
            let second = pattern >> UInt16(b) & 1
            if first < second { mask |= 1 << UInt16(2 * index) }
            if second < first { mask |= 2 << UInt16(2 * index) }
        }
        return mask
    }
}
