import Flask
import PolicyAnalysis

// Where a rule is there and its condition does not hold, it is the boolean's value that is to be another.

extension SuggestionSearch {
    mutating func suggestBooleans() {
        var found: [(settings: [Boolean], permissions: [(entry: Int, names: [Name])])] = []
        for (place, entry) in sorting.entries.enumerated() {
            for (settings, names) in entry.switched {
                if let known = found.firstIndex(where: { $0.settings == settings }) {
                    found[known].permissions.append((place, names))
                } else {
                    found.append((settings, [(place, names)]))
                }
            }
        }
        for (settings, permissions) in found {
            if let suggestion = suggestion(settings, permissions) {
                report.suggestions.append(suggestion)
            } else {
                for (place, names) in permissions {
                    report.withoutSuggestion.append(
                        UnsuggestedAccess(
                            access: sorting.entries[place].access.keeping(names),
                            reasons: [.failed("a boolean should allow it, and does not with the others as they are")]))
                }
            }
        }
    }

    private mutating func suggestion(_ settings: [Boolean], _ permissions: [(entry: Int, names: [Name])]) -> Suggestion? {
        var set = policy.policy
        for setting in settings {
            guard let place = set.booleans.firstIndex(where: { $0.name == setting.name }) else { return nil }
            set.booleans[place].value = setting.value
        }
        guard let loaded = loaded.setting(set.booleans.map(\.value)) else { return nil }
        for place in set.conditionals.indices { set.conditionals[place].state = set.conditionals[place].value(set.booleans.map(\.value)) }
        let changed = AnalysedPolicy(set, release: policy.release)
        let replay = replay(changed, loaded)
        guard permissions.allSatisfy({ replay[$0.entry].isSuperset(of: $0.names) }),
            let granted = try? granted(by: AnalysedPolicy(set.withoutConditions), than: AnalysedPolicy(policy.policy.withoutConditions))
        else { return nil }
        return Suggestion(
            change: .booleans(settings), lines: [], patch: nil, allows: newlyAllowed(replay), alsoAllows: granted.rest,
            effects: effects.effects(of: changed, types: granted.types), madeTypes: [], insertions: [])
    }
}

extension Policy {
    /// What it says with its booleans' values, always.
    fileprivate var withoutConditions: Policy {
        var policy = self
        let values = booleans.map(\.value)
        for conditional in conditionals {
            if let value = conditional.value(values) { policy.rules.rules += value ? conditional.whenTrue : conditional.whenFalse }
        }
        policy.conditionals = []
        for place in policy.booleans.indices { policy.booleans[place].value = false }
        return policy
    }
}
