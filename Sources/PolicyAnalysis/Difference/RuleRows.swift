import Flask

/// The rules of a policy about one subject, by source.
struct RuleRows {
    /// A rule for a pair of types that does not hold always.
    struct Conditional: BitwiseCopyable {
        let target: Int
        let condition: DecisionDiagram.Function
        let vector: UInt64
    }

    /// Conditional rules about one source, for each target. More are too much work.
    private static let maximumConditional = 1 << 22

    /// Sorted by source.
    private let rules: [JointRule]
    private var starts: [Int: Int] = [:]

    /// Rules must be sorted by subject, and then by source.
    init(_ sorted: [JointRule], of subject: RuleSubject) {
        let start = Self.firstIndex(sorted) { $0.subject >= subject }
        let end = Self.firstIndex(sorted) { $0.subject > subject }
        rules = Array(sorted[start..<end])
        for (index, rule) in rules.enumerated() where starts[rule.source] == nil { starts[rule.source] = index }
    }

    var isEmpty: Bool { rules.isEmpty }

    private static func firstIndex(_ rules: [JointRule], where isBehind: (JointRule) -> Bool) -> Int {
        var (low, high) = (0, rules.count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(rules[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// What the rules give a source for each of some targets: what holds always is joined to `vectors`, the rest comes back by
    /// target.
    func collect(
        _ source: Int, _ targets: Bitmap, _ members: JointMembers, _ vectors: inout [UInt64], _ work: inout Int,
        limit: Int
    ) -> [Conditional] {
        var conditional: [Conditional] = []
        for symbol in members.attributes(of: source) {
            // A type may have many attributes about which no rule is.
            work += 1
            guard work <= limit else { return [] }
            guard var index = starts[symbol] else { continue }
            while index < rules.count, rules[index].source == symbol {
                // Whoever counts the work sees it.
                guard work <= limit, conditional.count <= Self.maximumConditional else {
                    work = limit + 1
                    return []
                }
                let rule = rules[index]
                index += 1
                work += 1
                members.types[rule.target].forEachShared(with: targets) { target in
                    work += 1
                    if rule.condition == DecisionDiagram.always {
                        vectors[target] |= rule.vector
                    } else {
                        conditional.append(Conditional(target: target, condition: rule.condition, vector: rule.vector))
                    }
                }
            }
        }
        return conditional.sorted { $0.target < $1.target }
    }
}

extension Bitmap {
    /// The numbers that both sets have, ascending.
    @inline(__always)
    func forEachShared(with other: Bitmap, _ body: (Int) -> Void) {
        var (i, j) = (0, 0)
        let (a, b) = (words, other.words)
        while i < a.count, j < b.count {
            if a[i].start < b[j].start {
                i += 1
            } else if a[i].start > b[j].start {
                j += 1
            } else {
                var bits = a[i].bits & b[j].bits
                while bits != 0 {
                    body(Int(a[i].start) + bits.trailingZeroBitCount)
                    bits &= bits - 1
                }
                i += 1
                j += 1
            }
        }
    }
}
