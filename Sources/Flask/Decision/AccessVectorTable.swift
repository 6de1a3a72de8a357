/// The rules of a policy, ready to be asked: by source, and then by class.
///
/// A decision walks the attributes of its source and looks at the rules of each about the class. With those side by side,
/// most of that is reading memory in order. Their targets are in no order: to sort them too would take longer than all
/// that it could save.
struct AccessVectorTable: Sendable {
    struct ConditionalRule: Sendable {
        /// Two for each condition: the branch that holds when it is true, then the other.
        let branch: UInt32
        let data: UInt32
    }

    /// In a rule's kind: that it holds under a condition, and that its data is an index into ``conditionalRules``.
    static let conditionalMark: UInt16 = 0x8000

    let rules: [Rule]
    private(set) var conditionalRules: [ConditionalRule] = []
    /// By source number, where its rules begin; one more at the end.
    private let sources: [UInt32]
    /// Whether two rules of a kind that hold always are about the same types and class.
    let hasDuplicates: Bool

    /// The rules of a policy, of which it needs the symbols, rules and conditions. Extended permissions decide nothing here.
    init(_ policy: borrowing Policy) {
        let rules = policy.rules.rules
        let plain = rules.contains { $0.kind.isExtended } ? rules.filter { !$0.kind.isExtended } : rules
        let conditional = Self.conditionalRules(policy.conditionals, &conditionalRules)
        // By class, and then by source: each time those of one number stay in order.
        let byClass = CountingSort([plain, conditional], upTo: policy.classes.count) { Int($0.objectClass) }
        let bySource = CountingSort([byClass.elements], upTo: policy.types.count) { Int($0.source) }
        self.rules = bySource.elements
        sources = bySource.starts
        hasDuplicates = Self.hasDuplicates(self.rules, typeCount: policy.types.count)
    }

    /// The rules of all conditions, each with an index into a list of what they say and when.
    private static func conditionalRules(_ conditionals: [Conditional], _ list: inout [ConditionalRule]) -> [Rule] {
        var rules: [Rule] = []
        func append(_ branchRules: [Rule], _ branch: Int) {
            for var rule in branchRules where !rule.kind.isExtended {
                rule.kind = Rule.Kind(rawValue: rule.kind.rawValue | conditionalMark)
                list.append(ConditionalRule(branch: UInt32(branch), data: rule.data))
                rule.data = UInt32(list.count - 1)
                rules.append(rule)
            }
        }
        let count = conditionals.reduce(0) { $0 + $1.whenTrue.count + $1.whenFalse.count }
        rules.reserveCapacity(count)
        list.reserveCapacity(count)
        for (number, conditional) in conditionals.enumerated() {
            append(conditional.whenTrue, number * 2)
            append(conditional.whenFalse, number * 2 + 1)
        }
        return rules
    }

    /// Looks for two rules that say the same thing twice, in rules that are sorted by source and class.
    private static func hasDuplicates(_ sorted: [Rule], typeCount: Int) -> Bool {
        // For each target when it was seen last, and with which kinds: the count of sources and classes until then.
        var seen = [UInt64](repeating: 0, count: typeCount + 1)
        var row: UInt64 = 0
        var source: UInt16 = 0
        var objectClass: UInt16 = 0
        for rule in sorted where rule.kind.rawValue & conditionalMark == 0 {
            if rule.source != source || rule.objectClass != objectClass {
                row += 1 << 16
                source = rule.source
                objectClass = rule.objectClass
            }
            var kinds = seen[Int(rule.target)]
            if kinds < row { kinds = row }
            let kind = UInt64(rule.kind.rawValue)
            if kinds & kind != 0 { return true }
            seen[Int(rule.target)] = kinds | kind
        }
        return false
    }

    /// Where the rules about a source and a class stand.
    func row(source: UInt16, objectClass: UInt16) -> Range<Int> {
        let end = Int(sources[Int(source) + 1])
        let start = firstRule(from: Int(sources[Int(source)]), to: end) { $0 >= objectClass }
        guard start < end, rules[start].objectClass == objectClass else { return start..<start }
        // Most sources say little about a class.
        var last = start + 1
        var step = 1
        while last < end, rules[last].objectClass == objectClass {
            last += step
            step *= 2
        }
        return start..<firstRule(from: last - step / 2, to: min(last, end)) { $0 > objectClass }
    }

    /// The first rule of a range whose class is as asked, when behind it all are.
    private func firstRule(from start: Int, to end: Int, where isBehind: (UInt16) -> Bool) -> Int {
        var low = start
        var high = end
        while low < high {
            let middle = (low + high) / 2
            if isBehind(rules[middle].objectClass) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
