extension Policy {
    /// The policy as libsepol holds it after it has read its image, which is not quite what the image says: to write the
    /// same bytes as `checkpolicy -b` one must begin here (libsepol, src/policydb.c and src/avtab.c).
    ///
    /// `object_r` is always there and has neither types nor bounds; extended permissions of one key come in reverse;
    /// genfs contexts are sorted by file system and, from long to short, by path.
    public func reread() -> Policy {
        var policy = self
        if policy.roles.isEmpty { policy.roles.append(nil) }
        if policy.roles[0] == nil || policy.roles[0]?.name == "object_r" { policy.roles[0] = Role(name: "object_r") }
        policy.rules.rules = rules.rulesWithExtendedReversed
        policy.genfsContexts.sort { $0.filesystem < $1.filesystem }
        for index in policy.genfsContexts.indices {
            // Equal lengths keep their order.
            policy.genfsContexts[index].entries = policy.genfsContexts[index].entries.enumerated()
                .sorted { a, b in
                    let (left, right) = (a.element.path.bytes.count, b.element.path.bytes.count)
                    return left != right ? left > right : a.offset < b.offset
                }
                .map(\.element)
        }
        return policy
    }
}

extension RuleTable {
    /// Of several extended rules with one key and kind each takes the place of the one before it.
    fileprivate var rulesWithExtendedReversed: [Rule] {
        var places: [Rule: [Int]] = [:]
        for (index, rule) in rules.enumerated() where rule.kind.isExtended {
            var key = rule
            key.data = 0
            places[key, default: []].append(index)
        }
        var result = rules
        for indices in places.values {
            for (index, other) in zip(indices, indices.reversed()) { result[index] = rules[other] }
        }
        return result
    }
}
