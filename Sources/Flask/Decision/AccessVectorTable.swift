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
    init(rules: [Rule], conditionals: [Conditional], typeCount: Int, classCount: Int) {
        var placed = rules.contains { $0.kind.isExtended } ? rules.filter { !$0.kind.isExtended } : rules
        for (number, conditional) in conditionals.enumerated() {
            for (branch, list) in [conditional.whenTrue, conditional.whenFalse].enumerated() {
                for var rule in list where !rule.kind.isExtended {
                    conditionalRules.append(ConditionalRule(branch: UInt32(number * 2 + branch), data: rule.data))
                    rule.kind = Rule.Kind(rawValue: rule.kind.rawValue | Self.conditionalMark)
                    rule.data = UInt32(conditionalRules.count - 1)
                    placed.append(rule)
                }
            }
        }
        var other = placed
        other.place(placed, upTo: typeCount) { Int($0.target) }
        placed.place(other, upTo: classCount) { Int($0.objectClass) }
        other.place(placed, upTo: typeCount) { Int($0.source) }
        entries = other.map { Entry(target: $0.target, kind: $0.kind.rawValue, data: $0.data) }
        sources = [UInt32](repeating: 0, count: typeCount + 2)
        var source = 0
        for (index, rule) in other.enumerated() {
            let isNewSource = Int(rule.source) != source
            while source < Int(rule.source) {
                source += 1
                sources[source] = UInt32(classes.count)
            }
            guard isNewSource || rule.objectClass != classes.last else { continue }
            classes.append(rule.objectClass)
            rows.append(UInt32(index))
        }
        while source <= typeCount {
            source += 1
            sources[source] = UInt32(classes.count)
        }
        rows.append(UInt32(entries.count))
    }

    /// Whether two rules of a kind that hold always are about the same types and class.
    var hasDuplicates: Bool {
        for row in classes.indices {
            var target: UInt16?
            var kinds: UInt16 = 0
            for index in Int(rows[row])..<Int(rows[row + 1]) where entries[index].kind & Self.conditionalMark == 0 {
                if entries[index].target != target { kinds = 0 }
                target = entries[index].target
                guard kinds & entries[index].kind == 0 else { return true }
                kinds |= entries[index].kind
            }
        }
        return false
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
