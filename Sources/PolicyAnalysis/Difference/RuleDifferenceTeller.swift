import Flask
import PolicyCompiler

/// Puts what rules do not say alike into words.
struct RuleDifferenceTeller {
    /// Names of types in all differences together.
    static let maximumNames = 1 << 24
    /// Differences of which the rules are looked up that make them.
    static let maximumLookups = 1_000

    let pair: PolicyPair
    let members: (first: JointMembers, second: JointMembers)
    let conditions: JointConditions
    private var length = 0
    /// The attributes with several types, by these.
    private let attributes: (first: [Bitmap: Int], second: [Bitmap: Int])

    init(_ pair: PolicyPair, _ members: (first: JointMembers, second: JointMembers), _ conditions: JointConditions) {
        self.pair = pair
        self.members = members
        self.conditions = conditions
        func attributes(_ members: JointMembers) -> [Bitmap: Int] {
            var result: [Bitmap: Int] = [:]
            for (symbol, types) in members.types.enumerated() where types.words.count > 1 || types.count > 1 {
                guard pair.types.names[symbol] != nil, pair.isAttribute(symbol) else { continue }
                if let known = result[types], pair.types.name(known) < pair.types.name(symbol) { continue }
                result[types] = symbol
            }
            return result
        }
        self.attributes = (attributes(members.first), attributes(members.second))
    }

    mutating func rules(
        _ found: [RuleComparison.Found], first: AnalysedPolicy, second: AnalysedPolicy
    ) throws(QuestionMistake) -> [RuleDifference] {
        var names = 0
        var told: [(rule: RuleDifference, found: RuleComparison.Found)] = []
        for parts in joined(found) {
            guard let entry = parts.first else { continue }
            names += entry.sources.count + entry.targets.count
            guard names <= Self.maximumNames else {
                throw .tooMany(what: "names of types in the difference", limit: Self.maximumNames)
            }
            told.append((try rule(entry, parts), entry))
        }
        let order = Dictionary(uniqueKeysWithValues: DifferenceGroup.allCases.enumerated().map { ($0.element, $0.offset) })
        told.sort { a, b in
            if a.rule.group != b.rule.group { return (order[a.rule.group] ?? 0) < (order[b.rule.group] ?? 0) }
            if a.rule.sources != b.rule.sources { return a.rule.sources.lexicographicallyPrecedes(b.rule.sources) }
            if a.rule.targets != b.rule.targets { return a.rule.targets.lexicographicallyPrecedes(b.rule.targets) }
            if a.rule.objectClass != b.rule.objectClass { return a.rule.objectClass < b.rule.objectClass }
            return a.rule.parts.map(\.permissions).joined().lexicographicallyPrecedes(b.rule.parts.map(\.permissions).joined())
        }
        var rules = told.map(\.rule)
        if first.origins != nil || second.origins != nil {
            let lookups = told.prefix(Self.maximumLookups).map(\.found)
            let statements = (RuleLookup(pair, members.first, ofFirst: true), RuleLookup(pair, members.second, ofFirst: false))
            let removed = try first.origins == nil ? [] : statements.0.statements(lookups, in: first)
            let added = try second.origins == nil ? [] : statements.1.statements(lookups, in: second)
            for (place, list) in removed.enumerated() { rules[place].removed = list }
            for (place, list) in added.enumerated() { rules[place].added = list }
        }
        return rules
    }

    /// The parts of extended rules, which are looked at by 64 numbers, put together where all else is the same.
    private func joined(_ found: [RuleComparison.Found]) -> [[RuleComparison.Found]] {
        struct Key: Hashable {
            let kind: UInt16
            let objectClass: Int
            let isNetlink: Bool
            let sources: Bitmap
            let targets: Bitmap
        }
        var result: [[RuleComparison.Found]] = []
        var extended: [Key: [RuleComparison.Found]] = [:]
        for entry in found {
            guard entry.subject.isExtended else {
                result.append([entry])
                continue
            }
            let key = Key(
                kind: entry.subject.kind.rawValue, objectClass: entry.subject.objectClass, isNetlink: entry.subject.isNetlink,
                sources: entry.sources, targets: entry.targets)
            extended[key, default: []].append(entry)
        }
        for list in extended.values { result.append(list.sorted { $0.subject < $1.subject }) }
        return result
    }

    /// `entry` is the first of those found, which differ in nothing but the numbers of extended permissions.
    private mutating func rule(
        _ entry: RuleComparison.Found, _ found: [RuleComparison.Found]
    ) throws(QuestionMistake) -> RuleDifference {
        let parts = try entry.subject.isExtended ? extendedParts(found) : parts(entry)
        let isInBoth = found.contains { $0.outcome.isInBoth }
        let change: DifferenceEntry.Change =
            isInBoth ? .changed : parts.allSatisfy(\.isAddition) ? .added : parts.allSatisfy(\.isRemoval) ? .removed : .changed
        func attribute(_ types: Bitmap) -> Name? {
            (change == .removed ? attributes.first[types] : attributes.second[types]).map { pair.types.name($0) }
        }
        let (sources, targets) = (pair.types.names(entry.sources), pair.types.names(entry.targets))
        try count(sources)
        try count(targets)
        return RuleDifference(
            group: DifferenceGroup(entry.subject.kind), sources: sources, targets: targets,
            sourceAttribute: attribute(entry.sources), targetAttribute: attribute(entry.targets),
            objectClass: pair.classes.name(entry.subject.objectClass),
            operation: entry.subject.isExtended ? (entry.subject.isNetlink ? "nlmsg" : "ioctl") : nil, parts: parts,
            change: change)
    }

    private mutating func parts(_ entry: RuleComparison.Found) throws(QuestionMistake) -> [RuleDifference.Part] {
        var parts: [RuleDifference.Part] = []
        for part in entry.outcome.parts {
            let names = pair.permissions[entry.subject.objectClass].names(part.vector)
            try count(names)
            parts.append(RuleDifference.Part(permissions: names, before: try when(part.before), after: try when(part.after)))
        }
        return parts
    }

    private mutating func extendedParts(_ found: [RuleComparison.Found]) throws(QuestionMistake) -> [RuleDifference.Part] {
        struct When: Hashable {
            let before: DecisionDiagram.Function
            let after: DecisionDiagram.Function
        }
        var numbers: [When: [Int]] = [:]
        for entry in found {
            for part in entry.outcome.parts {
                for bit in 0..<64 where part.vector >> UInt64(bit) & 1 == 1 {
                    numbers[When(before: part.before, after: part.after), default: []].append(entry.subject.firstNumber + bit)
                }
            }
        }
        var parts: [RuleDifference.Part] = []
        for (key, numbers) in numbers.sorted(by: { ($0.value.first ?? 0) < ($1.value.first ?? 0) }) {
            let ranges = Self.ranges(numbers)
            try count(ranges)
            parts.append(RuleDifference.Part(permissions: ranges, before: try when(key.before), after: try when(key.after)))
        }
        return parts
    }

    private static func ranges(_ numbers: [Int]) -> [Name] {
        var ranges: [(low: Int, high: Int)] = []
        for number in numbers {
            if let last = ranges.last, last.high + 1 == number {
                ranges[ranges.count - 1].high = number
            } else {
                ranges.append((number, number))
            }
        }
        return ranges.map { range in
            let (low, high) = (String(range.low, radix: 16), String(range.high, radix: 16))
            return Name(low == high ? "0x\(low)" : "0x\(low)-0x\(high)")
        }
    }

    private mutating func when(_ function: DecisionDiagram.Function) throws(QuestionMistake) -> RuleDifference.When {
        if function == DecisionDiagram.never { return .never }
        if function == DecisionDiagram.always { return .always }
        let text = try conditions.text(function)
        try count(text.utf8.count)
        return .condition(text)
    }

    private mutating func count(_ names: [Name]) throws(QuestionMistake) {
        try count(names.reduce(0) { $0 + $1.bytes.count + 1 })
    }

    /// Differences together are no longer than an answer may be.
    private mutating func count(_ more: Int) throws(QuestionMistake) {
        length += more
        guard length <= SearchAnswer.maximumLength else { throw .tooLong(limit: SearchAnswer.maximumLength) }
    }
}

extension DifferenceGroup {
    /// Kinds of rules are called by their keywords.
    init(_ kind: Rule.Kind) { self = Self(rawValue: StatementWriter.word(kind)) ?? .typeChange }
}
