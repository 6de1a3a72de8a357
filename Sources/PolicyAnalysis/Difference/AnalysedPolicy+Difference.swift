import Flask
import PolicyCompiler

extension AnalysedPolicy {
    /// Steps to compare rules that are taken at most, each about a pair of types or 64 types of a set.
    public static let maximumSteps = 1 << 31

    /// What `other` says that this policy does not, and the other way round. Order, numbers that no kernel looks at, the form in
    /// which the policy is, and its image version are no difference.
    ///
    /// Throws where comparing would take more steps or memory than it may, which no policy but one that is made for it does.
    public func difference(to other: AnalysedPolicy, steps limit: Int = maximumSteps) throws(QuestionMistake) -> PolicyDifference
    {
        let pair = PolicyPair(policy, other.policy)
        var conditions = JointConditions(pair.booleans)
        let members = (first: JointMembers(pair, ofFirst: true), second: JointMembers(pair, ofFirst: false))
        var drafts = DifferenceDrafts(pair)
        try drafts.compareSymbols(members)
        let found = try Self.compareRules(pair, members, &drafts, &conditions, limit)
        try drafts.compareTransitions()
        try drafts.compareConstraints()
        // The names of an image's initial SIDs are looked for in the tables of all releases: only where they are told.
        try drafts.compareContexts(
            { (initialSIDs().names, other.initialSIDs().names) }, { comparingRelease(other) })
        var teller = RuleDifferenceTeller(pair, members, conditions)
        return PolicyDifference(
            entries: entries(drafts.entries, other), rules: try teller.rules(found, first: self, second: other))
    }

    /// The release of Xen as which the devices of both are searched: the newer of those that were named, or else the newer of
    /// those that they fit, so that the same policy is equal.
    private func comparingRelease(_ other: AnalysedPolicy) -> XenRelease {
        [release, other.release].compactMap(\.self).max() ?? max(searchingRelease, other.searchingRelease)
    }

    private static func compareRules(
        _ pair: PolicyPair, _ members: (first: JointMembers, second: JointMembers), _ drafts: inout DifferenceDrafts,
        _ conditions: inout JointConditions, _ limit: Int
    ) throws(QuestionMistake) -> [RuleComparison.Found] {
        let first = try JointRules(pair, ofFirst: true, &conditions, wantsAudit: true)
        let second = try JointRules(pair, ofFirst: false, &conditions, wantsAudit: true)
        try drafts.compareTypeRules(first.typeRules, second.typeRules, &conditions)
        var comparison = RuleComparison(pair, members, first: first.rules, second: second.rules, conditions, limit: limit)
        conditions = try comparison.run()
        return comparison.found
    }

    private func entries(_ drafts: [DifferenceDrafts.Entry], _ other: AnalysedPolicy) -> [DifferenceEntry] {
        let order = Dictionary(uniqueKeysWithValues: DifferenceGroup.allCases.enumerated().map { ($0.element, $0.offset) })
        let drafts = drafts.sorted { ((order[$0.group] ?? 0), $0.name) < ((order[$1.group] ?? 0), $1.name) }
        let before = statements(drafts.flatMap(\.before))
        let after = other.statements(drafts.flatMap(\.after))
        var (i, j) = (0, 0)
        return drafts.map { draft in
            defer {
                i += draft.before.count
                j += draft.after.count
            }
            return DifferenceEntry(
                group: draft.group, change: draft.change, name: draft.name, before: Array(before[i..<i + draft.before.count]),
                after: Array(after[j..<j + draft.after.count]), members: draft.members)
        }
    }

    /// With the places where this policy's source says them.
    private func statements(_ drafts: [DifferenceDrafts.Statement]) -> [DifferenceEntry.Statement] {
        let places = places(of: drafts.compactMap(\.found))
        var next = 0
        return drafts.map { draft in
            var own: [StatementPlace]?
            if draft.found != nil {
                own = places?[next]
                next += 1
            }
            return DifferenceEntry.Statement(text: draft.text.bytes, condition: draft.condition, places: own)
        }
    }
}
