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

    /// Whether two rules of a kind that hold always are about the same types and class.
    private(set) var hasDuplicates = false

    /// The number of sources is that of types, attributes included. Extended permissions decide nothing here.
    init(rules: [Rule], conditionals: [Conditional], typeCount: Int, classCount: Int) {
        let plain = rules.contains { $0.kind.isExtended } ? rules.filter { !$0.kind.isExtended } : rules
        let conditional = Self.conditionalRules(conditionals, &conditionalRules)
        // By target, then by class, then by source: each time those of one number stay in order.
        var sorted = [Rule](
            repeating: Rule(source: 0, target: 0, objectClass: 0, kind: .allow, data: 0), count: plain.count + conditional.count)
        var targets = CountingPlaces(upTo: typeCount)
        targets.count(plain) { Int($0.target) }
        targets.count(conditional) { Int($0.target) }
        targets.begin()
        targets.place(plain, into: &sorted) { Int($0.target) }
        targets.place(conditional, into: &sorted) { Int($0.target) }
        var byClass = sorted
        byClass.place(sorted, upTo: classCount) { Int($0.objectClass) }
        sorted.place(byClass, upTo: typeCount) { Int($0.source) }
        entries = []
        sources = []
        addRows(sorted, typeCount: typeCount)
    }

    /// The rules of all conditions, each with an index into a list of what they say and when.
    private static func conditionalRules(_ conditionals: [Conditional], _ list: inout [ConditionalRule]) -> [Rule] {
        var rules: [Rule] = []
        for (number, conditional) in conditionals.enumerated() {
            for (branch, branchRules) in [conditional.whenTrue, conditional.whenFalse].enumerated() {
                for var rule in branchRules where !rule.kind.isExtended {
                    rule.kind = Rule.Kind(rawValue: rule.kind.rawValue | conditionalMark)
                    list.append(ConditionalRule(branch: UInt32(number * 2 + branch), data: rule.data))
                    rule.data = UInt32(list.count - 1)
                    rules.append(rule)
                }
            }
        }
        return rules
    }

    /// Finds where rows begin in rules that are sorted: wherever the source or the class is another.
    private mutating func addRows(_ sorted: [Rule], typeCount: Int) {
        var sources: [UInt32] = []
        var classes: [UInt16] = []
        var rows: [UInt32] = []
        var entries: [Entry] = []
        sources.reserveCapacity(typeCount + 2)
        entries.reserveCapacity(sorted.count)
        var previous = Rule(source: 0, target: 0, objectClass: 0, kind: .allow, data: 0)
        var kinds: UInt16 = 0
        for rule in sorted {
            if rule.source != previous.source || rule.objectClass != previous.objectClass {
                while sources.count <= Int(rule.source) { sources.append(UInt32(classes.count)) }
                classes.append(rule.objectClass)
                rows.append(UInt32(entries.count))
                kinds = 0
            } else if rule.target != previous.target {
                kinds = 0
            }
            let kind = rule.kind.rawValue
            if kind & Self.conditionalMark == 0 {
                if kinds & kind != 0 { hasDuplicates = true }
                kinds |= kind
            }
            entries.append(Entry(target: rule.target, kind: kind, data: rule.data))
            previous = rule
        }
        while sources.count <= typeCount + 1 { sources.append(UInt32(classes.count)) }
        rows.append(UInt32(entries.count))
        self.sources = sources
        self.classes = classes
        self.rows = rows
        self.entries = entries
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
