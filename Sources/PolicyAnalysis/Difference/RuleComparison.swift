import Flask

/// Compares what the rules of two policies say for each pair of types, without expanding what is the same.
///
/// A rule about the same types and attributes with the same permissions under the same condition cancels out: where its
/// attributes have the same types in both, nothing differs because of it, and where they have not, only the types that differ are
/// looked at. Of what does not cancel each pair of types that it is about is looked at with all rules of both policies, those
/// that cancelled too. So what is found is exact: a pair that is in nobody's hands has the same rules in both.
struct RuleComparison {
    /// Steps, each of which looks at a pair of types or at 64 types of a set. More are not taken.
    static let maximumWork = AnalysedPolicy.maximumSteps
    /// Differences, each a set of sources by a set of targets.
    static let maximumFound = 1 << 20

    /// Words of sets in differences, of 16 bytes.
    static let maximumHeld = 1 << 24
    /// Sources that are looked at together: more would take more memory.
    private static let rowsAtOnce = 4_096

    /// What differs for each of some sources with each of some targets.
    struct Found {
        let subject: RuleSubject
        let outcome: Outcome
        let sources: Bitmap
        let targets: Bitmap
    }

    struct Part: Hashable {
        let vector: UInt64
        /// When the first policy says it, and when the second.
        let before: DecisionDiagram.Function
        let after: DecisionDiagram.Function
    }

    struct Outcome: Hashable {
        let parts: [Part]
        /// Whether both policies have something to say about the pair.
        let isInBoth: Bool
    }

    let pair: PolicyPair
    let members: (first: JointMembers, second: JointMembers)
    private let rules: (first: [JointRule], second: [JointRule])
    private(set) var found: [Found] = []

    private var conditions: JointConditions
    private let limit: Int
    private var work = 0
    private var held = 0
    /// Whether an attribute has different types in both.
    private let isChanged: [Bool]
    /// By joint index of a type, what holds always in the row that is looked at.
    private var scratch: (first: [UInt64], second: [UInt64])

    init(
        _ pair: PolicyPair, _ members: (first: JointMembers, second: JointMembers), first: [JointRule], second: [JointRule],
        _ conditions: JointConditions, limit: Int = maximumWork
    ) {
        self.pair = pair
        self.limit = limit
        self.members = members
        rules = (first, second)
        self.conditions = conditions
        isChanged = zip(members.first.types, members.second.types).map { $0 != $1 }
        scratch = ([UInt64](repeating: 0, count: pair.types.count), [UInt64](repeating: 0, count: pair.types.count))
    }

    /// Compares, and gives the conditions back, which know more functions now.
    mutating func run() throws(QuestionMistake) -> JointConditions {
        let suspects = suspects()
        guard !suspects.isEmpty else { return conditions }
        // Only rules of sources that are suspected matter, among the subjects that are.
        var sources = [Bool](repeating: false, count: pair.types.count)
        var subjects = Set<RuleSubject>()
        for suspect in suspects {
            subjects.insert(suspect.subject)
            for (set, _) in rectangles(suspect) {
                try take(set.words.count)
                for source in set { sources[source] = true }
            }
        }
        let relevant = (
            first: try relevantRules(rules.first, members.first, sources, subjects),
            second: try relevantRules(rules.second, members.second, sources, subjects)
        )
        var start = 0
        while start < suspects.count {
            let subject = suspects[start].subject
            var end = start
            while end < suspects.count, suspects[end].subject == subject { end += 1 }
            try compare(subject, suspects[start..<end], relevant)
            start = end
        }
        return conditions
    }

    private mutating func take(_ steps: Int) throws(QuestionMistake) {
        work += steps
        guard work <= limit else { throw .tooMany(what: "steps to compare the policies", limit: limit) }
    }

    // MARK: Cancelling

    /// A rule because of which pairs of types have to be looked at.
    private struct Suspect: BitwiseCopyable {
        let subject: RuleSubject
        let source: Int
        let target: Int
        /// Whether the rule is the same, so that only types count that its attributes have in one of the policies.
        let isSame: Bool
    }

    private func suspects() -> [Suspect] {
        let (first, second) = rules
        var suspects: [Suspect] = []
        func note(_ rule: JointRule, isSame: Bool) {
            guard !isSame || isChanged[rule.source] || isChanged[rule.target] else { return }
            suspects.append(Suspect(subject: rule.subject, source: rule.source, target: rule.target, isSame: isSame))
        }
        func isSame(_ a: JointRule, _ b: JointRule) -> Bool { a.isAbout(b) && a.vector == b.vector }
        // Two builds of nearly the same have most in the same order.
        var start = 0
        while start < first.count, start < second.count, isSame(first[start], second[start]) {
            note(first[start], isSame: true)
            start += 1
        }
        var (firstEnd, secondEnd) = (first.count, second.count)
        while firstEnd > start, secondEnd > start, isSame(first[firstEnd - 1], second[secondEnd - 1]) {
            note(first[firstEnd - 1], isSame: true)
            firstEnd -= 1
            secondEnd -= 1
        }
        let left = Self.merged(first[start..<firstEnd])
        let right = Self.merged(second[start..<secondEnd])
        var (i, j) = (0, 0)
        while i < left.count || j < right.count {
            if j == right.count || i < left.count && JointRule.precedes(left[i], right[j]) {
                note(left[i], isSame: false)
                i += 1
            } else if i == left.count || JointRule.precedes(right[j], left[i]) {
                note(right[j], isSame: false)
                j += 1
            } else {
                note(left[i], isSame: left[i].vector == right[j].vector)
                i += 1
                j += 1
            }
        }
        return suspects.sorted { $0.subject < $1.subject }
    }

    /// Sorted, each about something else.
    private static func merged(_ rules: ArraySlice<JointRule>) -> [JointRule] {
        var result: [JointRule] = []
        result.reserveCapacity(rules.count)
        for rule in rules.sorted(by: JointRule.precedes) {
            if let last = result.last, last.isAbout(rule) {
                result[result.count - 1].vector |= rule.vector
            } else {
                result.append(rule)
            }
        }
        return result
    }

    /// The pairs of types that have to be looked at, as sources by targets.
    private func rectangles(_ suspect: Suspect) -> [(sources: Bitmap, targets: Bitmap)] {
        func all(_ symbol: Int) -> Bitmap {
            var types = members.first.types[symbol]
            if isChanged[symbol] { types.formUnion(members.second.types[symbol]) }
            return types
        }
        func changed(_ symbol: Int) -> Bitmap {
            guard isChanged[symbol] else { return [] }
            let (first, second) = (members.first.types[symbol], members.second.types[symbol])
            var types = first.subtracting(second)
            types.formUnion(second.subtracting(first))
            return types
        }
        guard suspect.isSame else { return [(all(suspect.source), all(suspect.target))] }
        return [(changed(suspect.source), all(suspect.target)), (all(suspect.source), changed(suspect.target))]
            .filter { !$0.0.isEmpty && !$0.1.isEmpty }
    }

    // MARK: Looking at pairs

    private mutating func relevantRules(
        _ rules: [JointRule], _ members: JointMembers, _ sources: [Bool], _ subjects: Set<RuleSubject>
    ) throws(QuestionMistake) -> [JointRule] {
        var symbols = [Bool](repeating: false, count: pair.types.count)
        for (type, isSuspect) in sources.enumerated() where isSuspect {
            var steps = 0
            for symbol in members.attributes(of: type) {
                symbols[symbol] = true
                steps += 1
            }
            try take(steps)
        }
        var last: (subject: RuleSubject, isIn: Bool)?
        let relevant = rules.filter { rule in
            guard symbols[rule.source] else { return false }
            let subject = rule.subject
            if let last, last.subject == subject { return last.isIn }
            let isIn = subjects.contains(subject)
            last = (subject, isIn)
            return isIn
        }
        return relevant.sorted { ($0.subject.bits, $0.types) < ($1.subject.bits, $1.types) }
    }

    private mutating func compare(
        _ subject: RuleSubject, _ suspects: ArraySlice<Suspect>, _ relevant: (first: [JointRule], second: [JointRule])
    ) throws(QuestionMistake) {
        let first = RuleRows(relevant.first, of: subject)
        let second = RuleRows(relevant.second, of: subject)
        var outcomes: [Outcome: [Bitmap: Bitmap]] = [:]
        for start in stride(from: 0, to: pair.types.count, by: Self.rowsAtOnce) {
            let some = start..<min(start + Self.rowsAtOnce, pair.types.count)
            for (source, targets) in try rows(suspects, some).sorted(by: { $0.key < $1.key }) {
                for (outcome, targets) in try compare(source, targets, first, second) {
                    if outcomes[outcome]?[targets] == nil { held += targets.words.count }
                    outcomes[outcome, default: [:]][targets, default: []].insert(source)
                    guard held <= Self.maximumHeld else { throw .tooMany(what: "types in differences", limit: Self.maximumHeld) }
                }
            }
        }
        for (outcome, byTargets) in outcomes {
            for (targets, sources) in byTargets {
                guard found.count < Self.maximumFound else { throw .tooMany(what: "differences", limit: Self.maximumFound) }
                found.append(Found(subject: subject, outcome: outcome, sources: sources, targets: targets))
            }
        }
    }

    /// For each of some sources the targets that have to be looked at.
    private mutating func rows(_ suspects: ArraySlice<Suspect>, _ some: Range<Int>) throws(QuestionMistake) -> [Int: Bitmap] {
        var rows: [Int: Bitmap] = [:]
        var steps = 0
        var sourcesHere = Bitmap()
        sourcesHere.insert(some.lowerBound...some.upperBound - 1)
        for suspect in suspects {
            for (sources, targets) in rectangles(suspect) {
                sources.forEachShared(with: sourcesHere) { source in
                    steps += targets.words.count
                    rows[source, default: []].formUnion(targets)
                }
                try take(steps + 1)
                steps = 0
            }
        }
        return rows
    }

    /// What differs for one source, by outcome.
    private mutating func compare(
        _ source: Int, _ targets: Bitmap, _ first: RuleRows, _ second: RuleRows
    ) throws(QuestionMistake) -> [Outcome: Bitmap] {
        let before = first.collect(source, targets, members.first, &scratch.first, &work, limit: limit)
        let after = second.collect(source, targets, members.second, &scratch.second, &work, limit: limit)
        try take(0)
        var result: [Outcome: Bitmap] = [:]
        // Most pairs of a row have the same outcome.
        var last: (before: UInt64, after: UInt64, outcome: Outcome)?
        var (i, j) = (0, 0)
        for target in targets {
            let (a, b) = (scratch.first[target], scratch.second[target])
            scratch.first[target] = 0
            scratch.second[target] = 0
            let conditionalBefore = Self.stretch(before, target, &i)
            let conditionalAfter = Self.stretch(after, target, &j)
            guard conditionalBefore.isEmpty, conditionalAfter.isEmpty else {
                if let outcome = try outcome(a, b, conditionalBefore, conditionalAfter) {
                    result[outcome, default: []].insert(target)
                }
                continue
            }
            guard a != b else { continue }
            if let last, last.before == a, last.after == b {
                result[last.outcome, default: []].insert(target)
                continue
            }
            let parts = [
                Part(vector: b & ~a, before: DecisionDiagram.never, after: DecisionDiagram.always),
                Part(vector: a & ~b, before: DecisionDiagram.always, after: DecisionDiagram.never),
            ]
            let outcome = Outcome(parts: parts.filter { $0.vector != 0 }, isInBoth: a & b != 0)
            result[outcome, default: []].insert(target)
            last = (a, b, outcome)
        }
        return result
    }

    /// The conditional rules about a target, in a list that is sorted by target.
    private static func stretch(
        _ rules: [RuleRows.Conditional], _ target: Int, _ place: inout Int
    ) -> ArraySlice<RuleRows.Conditional> {
        while place < rules.count, rules[place].target < target { place += 1 }
        let start = place
        while place < rules.count, rules[place].target == target { place += 1 }
        return rules[start..<place]
    }

    private mutating func outcome(
        _ a: UInt64, _ b: UInt64, _ conditionalBefore: ArraySlice<RuleRows.Conditional>,
        _ conditionalAfter: ArraySlice<RuleRows.Conditional>
    ) throws(QuestionMistake) -> Outcome? {
        struct When: Hashable {
            let before: DecisionDiagram.Function
            let after: DecisionDiagram.Function
        }
        func when(
            _ bit: UInt64, _ always: UInt64, _ rules: ArraySlice<RuleRows.Conditional>, _ conditions: inout JointConditions
        ) throws(QuestionMistake) -> DecisionDiagram.Function {
            if always & bit != 0 { return DecisionDiagram.always }
            var result = DecisionDiagram.never
            for rule in rules where rule.vector & bit != 0 { result = try conditions.or(result, rule.condition) }
            return result
        }
        let vectors = (conditionalBefore + conditionalAfter).reduce(a | b) { $0 | $1.vector }
        var byWhen: [When: UInt64] = [:]
        var isInBoth = false
        var rest = vectors
        while rest != 0 {
            let bit = rest & (0 &- rest)
            rest &= rest - 1
            let before = try when(bit, a, conditionalBefore, &conditions)
            let after = try when(bit, b, conditionalAfter, &conditions)
            if before != DecisionDiagram.never, after != DecisionDiagram.never { isInBoth = true }
            if before != after { byWhen[When(before: before, after: after), default: 0] |= bit }
        }
        guard !byWhen.isEmpty else { return nil }
        let parts = byWhen.map { Part(vector: $0.value, before: $0.key.before, after: $0.key.after) }
        return Outcome(parts: parts.sorted { ($0.vector, $0.before) < ($1.vector, $1.before) }, isInBoth: isInBoth)
    }
}
