import Flask

/// The allow rules of a policy by class: what assertions and bounds are held against.
struct AllowIndex {
    struct Entry {
        let source: UInt16
        let target: UInt16
        let data: UInt32
        /// Whether it holds only under a condition.
        let isConditional: Bool
    }

    /// By class number.
    private(set) var entries: [[Entry]]
    /// For each type or attribute the types that it stands for, as indices; an attribute that is always expanded
    /// stands for none.
    let types: [[UInt16]]

    init(_ policy: Policy, _ expansion: TypeExpansion) {
        entries = [[Entry]](repeating: [], count: policy.classes.count + 1)
        for rule in policy.rules.rules where rule.kind == .allow {
            entries[Int(rule.objectClass)].append(
                Entry(source: rule.source, target: rule.target, data: rule.data, isConditional: false))
        }
        for conditional in policy.conditionals {
            for rule in conditional.whenTrue + conditional.whenFalse where rule.kind == .allow {
                entries[Int(rule.objectClass)].append(
                    Entry(source: rule.source, target: rule.target, data: rule.data, isConditional: true))
            }
        }
        types = policy.types.indices.map { place in
            guard expansion.isAttribute[place] else { return [UInt16(place)] }
            return expansion.isAlwaysExpanded[place] ? [] : expansion.members[place]
        }
    }
}
