import Diagnostics
import Flask

extension AssertionChecker {
    /// One diagnostic for each statement that breaks the rule.
    mutating func report(_ rule: ResolvedRule, _ violations: [Violation: Bool]) {
        var byStatement: [UInt32: [Violation]] = [:]
        for violation in violations.keys {
            for node in culprits(of: violation) { byStatement[node, default: []].append(violation) }
        }
        for node in byStatement.keys.sorted() {
            let list = (byStatement[node] ?? []).sorted { order($0).lexicographicallyPrecedes(order($1)) }
            let isMissed = list.allSatisfy { violations[$0] == true }
            let groups = groups(list)
            let listed = diagnostics.listed
            var notes = groups.prefix(listed).map { describe($0) }
            if groups.count > listed {
                notes.append("and \(groups.dropFirst(listed).reduce(0) { $0 + $1.count }) more; `--error-limit 0` lists all")
            }
            if violations.count >= Self.maximum {
                notes.append("only \(Self.maximum) pairs of types were looked at: there may be more, in this rule and in others")
            }
            if isMissed {
                notes.append("checkpolicy does not see this: when `self` is among the targets it looks at no others")
            }
            diagnostics.report(
                isMissed ? .warning : .error, "neverallow-violated", "this rule allows what a neverallow rule forbids",
                at: span(node),
                labels: [.init(span(rule.node), "forbidden here")], notes: notes,
                help: isMissed ? "split the neverallow rule: one for `self`, one for the rest" : nil)
        }
    }

    private func order(_ violation: Violation) -> [String] {
        [
            name(violation.source), name(violation.target), className(violation.objectClass),
            String(violation.permissions),
        ]
    }

    private func name(_ place: UInt16) -> String { policy.types[Int(place)]?.name.description ?? "?" }
    private func className(_ number: UInt16) -> String { policy.classes[Int(number) - 1].name.description }

    private func describe(_ group: Group) -> String {
        let permissions = policy.permissionNames(group.permissions, of: group.objectClass)
        let sources = set(group.sources.map { name($0) })
        let targets = set(group.targets.map { name($0) })
        return "allows `\(sources) \(targets):\(className(group.objectClass)) \(set(permissions, isCut: false))`"
    }

    /// Names as the language writes them; of very many the first, unless all were asked for.
    private func set(_ names: [String], isCut: Bool = true) -> String {
        guard names.count > 1 else { return names.first ?? "" }
        let shown = isCut ? names.prefix(diagnostics.listedNames) : names[...]
        return "{ " + shown.joined(separator: " ") + (shown.count < names.count ? " … } (\(names.count) types)" : " }")
    }

    // MARK: Grouping

    /// Violations in one line: every source has every target.
    private struct Group: Hashable {
        var sources: [UInt16]
        var targets: [UInt16]
        let objectClass: UInt16
        let permissions: UInt32

        var count: Int { sources.count * targets.count }
    }

    /// Violations with the same source become one, and then those with the same targets.
    private func groups(_ violations: [Violation]) -> [Group] {
        let single = violations.map {
            Group(sources: [$0.source], targets: [$0.target], objectClass: $0.objectClass, permissions: $0.permissions)
        }
        let bySource = merged(single, key: \.targets) { $0.targets += $1.targets }
        return merged(bySource, key: \.sources) { $0.sources += $1.sources }
    }

    /// Merges groups that differ in one field only, in the order in which they come.
    private func merged(
        _ groups: [Group], key: WritableKeyPath<Group, [UInt16]>, _ merge: (inout Group, Group) -> Void
    ) -> [Group] {
        var places: [Group: Int] = [:]
        var result: [Group] = []
        for group in groups {
            var rest = group
            rest[keyPath: key] = []
            if let place = places[rest] {
                merge(&result[place], group)
            } else {
                places[rest] = result.count
                result.append(group)
            }
        }
        return result
    }
}

extension DiagnosticLog {
    /// How many violations one message lists; all when all errors were asked for.
    var listed: Int { errorLimit == nil ? .max : 5 }

    /// How many names of a set a message lists.
    var listedNames: Int { errorLimit == nil ? .max : 12 }
}
