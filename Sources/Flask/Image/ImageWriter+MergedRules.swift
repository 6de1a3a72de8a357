// Before version 20 an image has no attributes: a rule stands for one pair of types, and rules of one pair and class
// are merged into one entry with up to three values.

extension ImageWriter {
    /// Kinds in the order in which a merged entry holds their values.
    static var mergeOrder: [Rule.Kind] {
        [.allow, .auditDeny, .auditAllow, .typeTransition, .typeChange, .typeMember]
    }

    /// No policy of these versions has so many rules, all lists together.
    static var maximumPairs: Int { 1 << 23 }

    mutating func writeMergedRules() throws(ImageWriteError) {
        // Rules are expanded into a table of the largest size, whatever the size of the one they come from.
        let rules = RuleOrder(slots: RuleOrder.compilerSlots).sorted(try expand(ruleOrder.sorted(policy.rules.rules)))
        var entries: [[Rule]] = []
        var first = 0
        while first < rules.count {
            var end = first + 1
            while end < rules.count, rules[end].hasSameKey(as: rules[first]) { end += 1 }
            let group = rules[first..<end]
            guard !group.contains(where: \.kind.isExtended) else {
                throw .noExtendedPermissions(version: version.number, policy.target)
            }
            // Access vectors and type rules of one key are two entries, in the order of their first rules.
            let vectors = group.filter(\.kind.isAccessVector)
            let types = group.filter(\.kind.isType)
            if group[first].kind.isAccessVector {
                entries.append(vectors)
                if !types.isEmpty { entries.append(types) }
            } else {
                entries.append(types)
                if !vectors.isEmpty { entries.append(vectors) }
            }
            first = end
        }
        out.append(count: entries.count)
        for entry in entries { write(merged: entry, enabled: false) }
    }

    private mutating func write(merged rules: [Rule], enabled: Bool) {
        let kinds = rules.reduce(0) { $0 | UInt32($1.kind.rawValue) }
        out.append(count: 4 + rules.count)
        out.append(UInt32(rules[0].source))
        out.append(UInt32(rules[0].target))
        out.append(UInt32(rules[0].objectClass))
        out.append(kinds | (enabled ? 0x8000_0000 : 0))
        for kind in Self.mergeOrder {
            if let rule = rules.first(where: { $0.kind == kind }) { out.append(rule.data) }
        }
    }

    /// Conditional rules are expanded too, but not merged; the list comes out last to first.
    mutating func writeExpanded(_ rules: [Rule], enabled: Bool) throws(ImageWriteError) {
        let expanded = try expand(rules)
        out.append(count: expanded.count)
        for rule in expanded.reversed() { write(merged: [rule], enabled: enabled) }
    }

    /// The same rules between types only. Rules that meet in one pair are joined.
    private mutating func expand(_ rules: [Rule]) throws(ImageWriteError) -> [Rule] {
        var members = [[Int]](repeating: [], count: policy.types.count)
        for (index, attributes) in policy.typeAttributes.enumerated() {
            guard policy.types[index]?.isAttribute == false else { continue }
            for attribute in attributes { members[attribute].append(index) }
        }
        var result: [Rule] = []
        var places: [Rule: Int] = [:]
        for rule in rules {
            expandedPairs += members[Int(rule.source) - 1].count * members[Int(rule.target) - 1].count
            guard expandedPairs <= Self.maximumPairs else {
                throw .tooManyRules(limit: Self.maximumPairs, version: version.number)
            }
            for source in members[Int(rule.source) - 1] {
                for target in members[Int(rule.target) - 1] {
                    var key = rule
                    key.source = UInt16(source + 1)
                    key.target = UInt16(target + 1)
                    key.data = 0
                    guard let place = places[key] else {
                        places[key] = result.count
                        key.data = rule.data
                        result.append(key)
                        continue
                    }
                    if rule.kind == .auditDeny {
                        result[place].data &= rule.data
                    } else if rule.kind.isAccessVector {
                        result[place].data |= rule.data
                    }
                }
            }
        }
        return result
    }
}

extension Rule {
    /// Whether both are about the same source, target and class.
    func hasSameKey(as other: Rule) -> Bool {
        source == other.source && target == other.target && objectClass == other.objectClass
    }
}
