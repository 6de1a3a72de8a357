import Diagnostics
import Flask

extension AssertionChecker {
    /// One diagnostic for each statement that an author wrote and that breaks the rule; the calls through which it became
    /// several statements are labelled.
    mutating func report(_ rule: ResolvedRule, _ violations: [Violation: Bool]) {
        let breaches = breaches(violations, of: rule)
        var nodes: [Span: [UInt32]] = [:]
        for node in breaches.keys.sorted() {
            let span = span(node)
            nodes[Span(start: span.start, length: span.length), default: []].append(node)
        }
        for nodes in nodes.values.sorted(by: { $0[0] < $1[0] }) {
            report(rule, nodes, breaches, isCut: violations.count >= Self.maximum)
        }
    }

    private mutating func report(
        _ rule: ResolvedRule, _ nodes: [UInt32], _ breaches: [UInt32: [Breach]], isCut: Bool
    ) {
        let listed = diagnostics.listed
        let first = groups(breaches[nodes[0]] ?? [])
        var notes = first.prefix(listed).map { "allows `\(describe($0))`" }
        if first.count > listed {
            notes.append("and \(first.dropFirst(listed).reduce(0) { $0 + $1.count }) more; `--error-limit 0` lists all")
        }
        var labels = [Diagnostic.Label(span(rule.node), "forbidden here")]
        if let call = authorsCall(of: rule.node) { labels.append(.init(call, "by this call")) }
        for node in nodes.dropFirst().prefix(listed) {
            let groups = groups(breaches[node] ?? [])
            let more = groups.dropFirst().reduce(0) { $0 + $1.count }
            let text = groups.first.map { "through this call it allows `\(describe($0))`" + (more > 0 ? " and \(more) more" : "") }
            labels.append(.init(call(of: node, unlike: nodes[0]), text ?? ""))
        }
        if nodes.count - 1 > listed {
            notes.append("and more through \(nodes.count - 1 - listed) other calls; `--error-limit 0` lists all")
        }
        if isCut {
            notes.append("only \(Self.maximum) pairs of types were looked at: there may be more, in this rule and in others")
        }
        if rule.kind == .extended(.neverAllow), first.contains(where: { $0.numbers.isEmpty }) {
            notes.append("all operations are allowed, because no `allowxperm` rule lists those that are")
        }
        let isMissed = nodes.allSatisfy { breaches[$0]?.allSatisfy(\.isMissed) ?? true }
        if isMissed { notes.append("checkpolicy does not see this: when `self` is among the targets it looks at no others") }
        var diagnostic = Diagnostic(
            "neverallow-violated", isMissed ? .warning : .error, "this rule allows what a neverallow rule forbids",
            at: span(nodes[0]), labels: labels, notes: notes,
            help: isMissed ? "split the neverallow rule: one for `self`, one for the rest" : nil)
        diagnostic.isAboutOneExpansion = true
        diagnostics.report(diagnostic)
    }

    /// The outermost call through which a statement came, or the next one inside where the other came through it too.
    private func call(of node: UInt32, unlike other: UInt32) -> Span {
        let theirs = map.stack(of: span(other).expansion).map(\.call)
        let stack = map.stack(of: span(node).expansion)
        guard let call = stack.last(where: { !theirs.contains($0.call) }) ?? stack.last else { return span(node) }
        return Span(start: call.call, length: map.macroNames[Int(call.macro)].utf8.count)
    }

    /// The outermost call through which a statement came, where a macro has its text: which of its author's rules it is, that text does not say.
    /// Nil where the statement itself stands in the call, such as in the arguments of `ifdef`.
    private func authorsCall(of node: UInt32) -> Span? {
        let text = span(node)
        guard let call = map.stack(of: text.expansion).last else { return nil }
        let isInCall = call.call <= text.start && map.file(at: call.call)?.start == map.file(at: text.start)?.start
        return isInCall ? nil : Span(start: call.call, length: map.macroNames[Int(call.macro)].utf8.count)
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
        let numbers = group.numbers.flatMap(\.ranges).map { low, high in
            low == high ? "0x" + String(low, radix: 16) : "0x\(String(low, radix: 16))-0x\(String(high, radix: 16))"
        }
        return "\(sources) \(targets):\(className(group.objectClass)) \(set(permissions, isCut: false))"
            + (numbers.isEmpty ? "" : " " + set(numbers, isCut: false))
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
        let numbers: [ExtendedPermissions]

        var count: Int { sources.count * targets.count }
    }

    /// Violations with the same source become one, and then those with the same targets.
    private func groups(_ breaches: [Breach]) -> [Group] {
        // Several allow rules may be about one pair of types.
        var permissions: [Violation: UInt32] = [:]
        for breach in breaches {
            var pair = breach.violation
            pair.permissions = 0
            permissions[pair, default: 0] |= breach.violation.permissions
        }
        let violations = permissions.map { pair, permissions in
            var violation = pair
            violation.permissions = permissions
            return violation
        }.sorted { order($0).lexicographicallyPrecedes(order($1)) }
        let single = violations.map {
            Group(
                sources: [$0.source], targets: [$0.target], objectClass: $0.objectClass, permissions: $0.permissions,
                numbers: $0.numbers)
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
