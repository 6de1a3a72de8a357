/// The rules of a policy, ready to be asked: by source, then class, then target.
///
/// A decision walks the attributes of its source and looks at those targets of each that the target has; with the
/// rules of one source and class side by side, most of that is reading memory in order.
struct AccessVectorTable: Sendable {
    struct Entry: Sendable {
        let target: UInt16
        /// The kind of the rule; ``conditionalMark`` is set when it holds under a condition.
        let kind: UInt16
        /// The rule's data; under a condition an index into ``conditionalRules``.
        let data: UInt32
    }

    struct ConditionalRule: Sendable {
        /// Two for each condition: the branch that holds when it is true, then the other.
        let branch: UInt32
        let data: UInt32
    }

    static let conditionalMark: UInt16 = 0x8000

    /// By source number, where its rows begin; one more at the end.
    private var sources: [UInt32]
    /// The class of each row, ascending within a source, and where its entries begin; one more at the end.
    private var classes: [UInt16] = []
    private var rows: [UInt32] = []
    /// Within a row by target and kind.
    private(set) var entries: [Entry]
    private(set) var conditionalRules: [ConditionalRule] = []

    /// The number of sources is that of types, attributes included. Extended permissions decide nothing here.
    init(rules: [Rule], conditionals: [Conditional], typeCount: Int) {
        var starts = [UInt32](repeating: 0, count: typeCount + 2)
        for rule in rules where !rule.kind.isExtended { starts[Int(rule.source) + 1] += 1 }
        for rule in conditionals.lazy.flatMap({ [$0.whenTrue, $0.whenFalse] }).joined() where !rule.kind.isExtended {
            starts[Int(rule.source) + 1] += 1
        }
        for source in starts.indices.dropFirst() { starts[source] += starts[source - 1] }
        var ends = starts
        let total = Int(starts[typeCount + 1])
        var placed = [(key: UInt64, data: UInt32)](repeating: (0, 0), count: total)
        func key(_ rule: Rule, _ mark: UInt16) -> UInt64 {
            UInt64(rule.objectClass) << 32 | UInt64(rule.target) << 16 | UInt64(rule.kind.rawValue | mark)
        }
        for rule in rules where !rule.kind.isExtended {
            placed[Int(ends[Int(rule.source)])] = (key(rule, 0), rule.data)
            ends[Int(rule.source)] += 1
        }
        for (number, conditional) in conditionals.enumerated() {
            for (branch, list) in [conditional.whenTrue, conditional.whenFalse].enumerated() {
                for rule in list where !rule.kind.isExtended {
                    placed[Int(ends[Int(rule.source)])] = (key(rule, Self.conditionalMark), UInt32(conditionalRules.count))
                    ends[Int(rule.source)] += 1
                    conditionalRules.append(ConditionalRule(branch: UInt32(number * 2 + branch), data: rule.data))
                }
            }
        }
        entries = []
        entries.reserveCapacity(total)
        sources = []
        sources.reserveCapacity(typeCount + 2)
        for source in 0...typeCount {
            sources.append(UInt32(classes.count))
            let range = Int(starts[source])..<Int(starts[source + 1])
            if range.count > 1 { placed[range].sort { $0.key == $1.key ? $0.data < $1.data : $0.key < $1.key } }
            var last: UInt16?
            for index in range {
                let (key, data) = placed[index]
                let objectClass = UInt16(truncatingIfNeeded: key >> 32)
                if objectClass != last {
                    classes.append(objectClass)
                    rows.append(UInt32(entries.count))
                    last = objectClass
                }
                entries.append(
                    Entry(target: UInt16(truncatingIfNeeded: key >> 16), kind: UInt16(truncatingIfNeeded: key), data: data))
            }
        }
        sources.append(UInt32(classes.count))
        rows.append(UInt32(entries.count))
    }

    /// The entries about a source and a class.
    func row(source: UInt16, objectClass: UInt16) -> Range<Int> {
        var low = Int(sources[Int(source)])
        let end = Int(sources[Int(source) + 1])
        var high = end
        while low < high {
            let middle = (low + high) / 2
            if classes[middle] < objectClass { low = middle + 1 } else { high = middle }
        }
        guard low < end, classes[low] == objectClass else { return 0..<0 }
        return Int(rows[low])..<Int(rows[low + 1])
    }

    /// The first entry of a part of a row whose target is not below `target`.
    func firstEntry(of range: Range<Int>, from target: UInt16) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].target < target { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
