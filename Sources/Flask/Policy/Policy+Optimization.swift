extension Policy {
    /// Leaves out what other rules grant already because of an attribute, and conditions without rules, as
    /// `checkpolicy -O` does (libsepol, src/optimize.c). What the policy decides stays the same.
    ///
    /// Rules are looked at in the order of their table, and a rule that others cover in part loses that part: where
    /// attributes have the same types, the order decides which of two rules stays.
    public mutating func removeRedundantRules(
        ruleTable: RuleTableSize = .compiled
    ) throws(PolicyOptimizationError) {
        guard !(20...23).contains(version) else { throw .unsupportedVersion(version) }
        var optimizer = RuleOptimizer(self, ruleTable)
        optimizer.run()
        rules = optimizer.remainingRules
        conditionals = optimizer.remainingConditionals
    }
}

/// The optimization at work.
private struct RuleOptimizer {
    /// Every rule, conditional ones behind the others.
    private var rules: [Rule]
    private var isRemoved: [Bool]
    /// Per extended rule its own permissions, so that taking from one takes from no other.
    private var extended: [ExtendedPermissions] = []
    private let index: RuleIndex
    private let unconditionalCount: Int
    private var conditionals: [Conditional]
    /// Of each conditional the places of its rules.
    private var lists: [(whenTrue: [Int], whenFalse: [Int])] = []
    /// For each type or attribute the attributes whose rules hold for it too, itself included, in order.
    private let coverers: [Bitmap]
    private let isAttribute: [Bool]

    init(_ policy: Policy, _ table: RuleTableSize) {
        let ordered = RuleOrder(slots: table.slots).sorted(policy.rules.rules)
        unconditionalCount = ordered.count
        index = RuleIndex(ordered)
        rules = ordered
        conditionals = policy.conditionals
        for conditional in policy.conditionals {
            let first = rules.count
            rules += conditional.whenTrue
            let second = rules.count
            rules += conditional.whenFalse
            lists.append((Array(first..<second), Array(second..<rules.count)))
        }
        isRemoved = [Bool](repeating: false, count: rules.count)
        for place in rules.indices where rules[place].kind.isExtended {
            extended.append(policy.rules.extendedPermissions[Int(rules[place].data)])
            rules[place].data = UInt32(extended.count - 1)
        }
        coverers = policy.coveringAttributes
        isAttribute = policy.types.map { $0?.isAttribute ?? false }
    }

    mutating func run() {
        for place in 0..<unconditionalCount where isCovered(place, exceptSamePair: true) { isRemoved[place] = true }
        for number in lists.indices {
            lists[number].whenTrue = reduced(lists[number].whenTrue)
            lists[number].whenFalse = reduced(lists[number].whenFalse)
        }
    }

    /// Whether unconditional rules cover a rule. What they cover of it is taken from it.
    private mutating func isCovered(_ place: Int, exceptSamePair: Bool) -> Bool {
        let rule = rules[place]
        guard !rule.kind.isType else { return false }
        let source = Int(rule.source) - 1
        let target = Int(rule.target) - 1
        for other in coverers[source] {
            guard let candidates = index.rules(source: other, rule.objectClass, rule.kind) else { continue }
            var last: UInt16?
            for candidate in candidates {
                let candidateTarget = rules[candidate].target
                // Of several extended rules only the first counts.
                if candidateTarget == last || isRemoved[candidate] { continue }
                guard coverers[target].contains(Int(candidateTarget) - 1) else { continue }
                last = candidateTarget
                if exceptSamePair, other == source, Int(candidateTarget) - 1 == target { continue }
                if take(candidate, from: place) { return true }
            }
        }
        return false
    }

    /// The rules that stay of one branch. Those about attributes, which may cover others, go to the end, last to first.
    private mutating func reduced(_ list: [Int]) -> [Int] {
        var plain: [Int] = []
        var general: [Int] = []
        for place in list {
            let isGeneral = isAttribute[Int(rules[place].source) - 1] || isAttribute[Int(rules[place].target) - 1]
            if isGeneral { general.append(place) } else { plain.append(place) }
        }
        general.reverse()
        var result: [Int] = []
        for place in plain + general {
            if isCovered(place, exceptSamePair: false) || isCovered(place, by: general) {
                isRemoved[place] = true
            } else {
                result.append(place)
            }
        }
        return result
    }

    private mutating func isCovered(_ place: Int, by others: [Int]) -> Bool {
        let rule = rules[place]
        guard !rule.kind.isType else { return false }
        for other in others where !isRemoved[other] {
            let candidate = rules[other]
            guard candidate.kind == rule.kind, candidate.objectClass == rule.objectClass,
                candidate.source != rule.source || candidate.target != rule.target,
                coverers[Int(rule.source) - 1].contains(Int(candidate.source) - 1),
                coverers[Int(rule.target) - 1].contains(Int(candidate.target) - 1)
            else { continue }
            if take(other, from: place) { return true }
        }
        return false
    }

    /// Takes from a rule what another grants; true when nothing is left.
    private mutating func take(_ other: Int, from place: Int) -> Bool {
        if rules[place].kind == .auditDeny {
            rules[place].data |= ~rules[other].data
            return rules[place].data == UInt32.max
        }
        if rules[place].kind.isAccessVector {
            rules[place].data &= ~rules[other].data
            return rules[place].data == 0
        }
        let wider = extended[Int(rules[other].data)]
        return extended[Int(rules[place].data)].remove(wider)
    }

    // MARK: The result

    var remainingRules: RuleTable {
        var table = RuleTable()
        for place in 0..<unconditionalCount where !isRemoved[place] { table.rules.append(rules[place]) }
        table.extendedPermissions = extended
        return table
    }

    var remainingConditionals: [Conditional] {
        zip(conditionals, lists).compactMap { conditional, list in
            guard !list.whenTrue.isEmpty || !list.whenFalse.isEmpty else { return nil }
            var conditional = conditional
            conditional.whenTrue = list.whenTrue.map { rules[$0] }
            conditional.whenFalse = list.whenFalse.map { rules[$0] }
            return conditional
        }
    }
}

/// Finds the rules of a source, class and kind. Most pairs of attributes have none, so that asking for a source first
/// spares nearly all of the search.
private struct RuleIndex {
    private struct Key: Hashable {
        let source: UInt16
        let objectClass: UInt16
        let kind: Rule.Kind
    }

    /// By target, and in the order of the table.
    private var places: [Key: [Int]] = [:]

    init(_ rules: [Rule]) {
        for (place, rule) in rules.enumerated() where !rule.kind.isType {
            places[Key(source: rule.source, objectClass: rule.objectClass, kind: rule.kind), default: []].append(place)
        }
        for key in places.keys { places[key]?.sort { (rules[$0].target, $0) < (rules[$1].target, $1) } }
    }

    func rules(source: Int, _ objectClass: UInt16, _ kind: Rule.Kind) -> [Int]? {
        places[Key(source: UInt16(source + 1), objectClass: objectClass, kind: kind)]
    }
}

extension Policy {
    /// For each type its attributes, and for each attribute those that have all of its types; itself is among them.
    fileprivate var coveringAttributes: [Bitmap] {
        var members = [Bitmap](repeating: [], count: types.count)
        for (type, attributes) in typeAttributes.enumerated() {
            for attribute in attributes where attribute != type { members[attribute].insert(type) }
        }
        let attributes = types.indices.filter { types[$0]?.isAttribute == true }
        let isAttribute = types.map { $0?.isAttribute ?? false }
        return types.indices.map { number in
            guard let entry = types[number] else { return [] }
            guard entry.isAttribute else { return typeAttributes[number] }
            // An attribute that has all types has the first one.
            let candidates = members[number].first(where: { _ in true }).map { Array(typeAttributes[$0]) } ?? attributes
            return Bitmap(candidates.filter { isAttribute[$0] && members[$0].isSuperset(of: members[number]) })
        }
    }
}

extension ExtendedPermissions {
    /// Takes away what another holds; true when nothing is left.
    fileprivate mutating func remove(_ other: ExtendedPermissions) -> Bool {
        switch (kind, other.kind) {
        case (.ioctlFunction, .ioctlDriver):
            return other.words[Int(driver) / 32] & (1 << UInt32(driver % 32)) != 0
        case (.ioctlFunction, .ioctlFunction), (.netlinkMessage, .netlinkMessage):
            guard driver == other.driver else { return false }
        case (.ioctlDriver, .ioctlDriver): break
        default: return false
        }
        for word in words.indices { words[word] &= ~other.words[word] }
        return words.allSatisfy { $0 == 0 }
    }
}
