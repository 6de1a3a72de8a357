import Diagnostics
import Flask

extension Expander {
    /// Where expanded rules go.
    enum Destination {
        case always
        /// A list of conditional rules, and the list of the other branch.
        case conditional(list: Int, other: Int)
    }

    mutating func expandRules() {
        makeRoom()
        for scope in scopes {
            let contents = resolution.contents[Int(scope)]
            expandRoleRules(contents)
            expandFilenameTransitions(contents)
            expandRangeTransitions(contents)
            for rule in contents.rules { expand(rule, .always) }
            expandTunables(contents)
            for conditional in contents.conditionals.reversed() where !conditional.isTunable { expand(conditional) }
        }
        finishRules()
        finishConditionals()
    }

    /// Makes room for the entries that type rules become, which hardly ever repeat each other: a table that grows as they
    /// come takes longer than the entries.
    private mutating func makeRoom() {
        var count = 0
        for scope in scopes {
            for rule in resolution.contents[Int(scope)].rules {
                guard case .type = rule.kind, count < RuleAccumulator.maximumExpected else { continue }
                let sources = types.countAtMost(rule.source, resolution)
                let targets = types.countAtMost(rule.target, resolution) + (rule.selfTarget == .included ? 1 : 0)
                count += sources * targets * rule.classes.count
            }
        }
        // The other rules are fewer, or grow with the same types.
        accumulator.expect(count + count / 4)
    }

    /// Tunables are decided now: the branch that holds is as if it stood at the end of its scope.
    private mutating func expandTunables(_ contents: ScopeContents) {
        for conditional in contents.conditionals where conditional.isTunable {
            guard let state = conditional.expression.value({ resolution.booleans[$0].value }) else { continue }
            for rule in state ? conditional.whenTrue : conditional.whenFalse { expand(rule, .always) }
        }
    }

    mutating func expand(_ rule: ResolvedRule, _ destination: Destination) {
        switch rule.kind {
        case .access(.neverAllow), .extended(.neverAllow): return
        case .access(let kind):
            if case .always = destination { isExpanded[Int(rule.node)] = true }
            expandSets(rule, always: rule.selfTarget != .none)
            let (ruleKind, isInverted): (Rule.Kind, Bool) =
                switch kind {
                case .allow, .neverAllow: (.allow, false)
                case .auditAllow: (.auditAllow, false)
                case .auditDeny: (.auditDeny, false)
                case .dontAudit: (.auditDeny, true)
                }
            forEachPair(rule, destination) { expander, source, target in
                expander.addAccess(rule, ruleKind, isInverted, source, target, destination)
            }
        case .type(let kind):
            expandSets(rule, always: true)
            let ruleKind: Rule.Kind =
                switch kind {
                case .transition: .typeTransition
                case .member: .typeMember
                case .change: .typeChange
                }
            var hasFailed = false
            forEachPair(rule, destination) { expander, source, target in
                if !hasFailed { hasFailed = !expander.addType(rule, ruleKind, source, target, destination) }
            }
        case .extended(let kind):
            expandSets(rule, always: rule.selfTarget != .none)
            let ruleKind: Rule.Kind =
                switch kind {
                case .allow, .neverAllow: .allowExtended
                case .auditAllow: .auditAllowExtended
                case .dontAudit: .dontAuditExtended
                }
            forEachPair(rule, destination) { expander, source, target in
                expander.addExtended(rule, ruleKind, source, target, destination)
            }
        }
    }

    private mutating func expandSets(_ rule: ResolvedRule, always: Bool) {
        types.expand(rule.source, resolution, always: always, into: &sources)
        types.expand(rule.target, resolution, always: always, into: &targets)
    }

    /// Each source with itself, if the rule says so, and then with each target.
    private mutating func forEachPair(
        _ rule: ResolvedRule, _ destination: Destination, _ body: (inout Expander, UInt16, UInt16) -> Void
    ) {
        let pairs = sources.count * (targets.count + (rule.selfTarget == .included ? 1 : 0))
        guard mayExpand(pairs * rule.classes.count, destination, rule.node) else { return }
        for i in sources.indices {
            guard mayAdd(rule.node) else { return }
            let source = sources[i]
            if rule.selfTarget == .included { body(&self, source + 1, source + 1) }
            for j in targets.indices where !limits.isPassed {
                body(&self, source + 1, targets[j] + 1)
                if accumulator.rules.count > ExpansionLimits.rules { _ = mayAdd(rule.node) }
            }
        }
    }

    private mutating func addAccess(
        _ rule: ResolvedRule, _ kind: Rule.Kind, _ isInverted: Bool, _ source: UInt16, _ target: UInt16,
        _ destination: Destination
    ) {
        for index in rule.classes {
            let entry = resolution.classPool[Int(index)]
            let new = Rule(
                source: source, target: target, objectClass: entry.objectClass, kind: kind,
                data: kind == .auditDeny ? UInt32.max : 0)
            let data = isInverted ? ~entry.data : entry.data
            switch destination {
            case .always:
                let (place, isNew) = accumulator.insert(new, node: rule.node)
                let old = accumulator[data: place]
                let joined = kind == .auditDeny ? old & data : old | data
                if !isNew, joined != old, accumulator.nodes[place] != rule.node { isAdding[Int(rule.node)] = true }
                accumulator[data: place] = joined
            case .conditional(let list, _):
                let place = conditionalLists[list].insert(new, node: rule.node).index
                if kind == .auditDeny {
                    conditionalLists[list][data: place] &= data
                } else {
                    conditionalLists[list][data: place] |= data
                }
            }
        }
    }

    private mutating func addExtended(
        _ rule: ResolvedRule, _ kind: Rule.Kind, _ source: UInt16, _ target: UInt16, _ destination: Destination
    ) {
        let permissions = resolution.extendedPermissions[Int(rule.extended)]
        for index in rule.classes {
            let objectClass = resolution.classPool[Int(index)].objectClass
            let new = Rule(source: source, target: target, objectClass: objectClass, kind: kind, data: 0)
            switch destination {
            case .always:
                if let first = accumulator.index(ofKey: new) {
                    let group = extendedGroups[first] ?? [first]
                    if let same = group.first(where: { isSamePiece(accumulator[data: $0], permissions) }) {
                        join(permissions, into: accumulator[data: same])
                        continue
                    }
                    var rule = new
                    rule.data = addPiece(permissions)
                    let place = accumulator.appendDuplicate(rule, node: self.nodeOf(first))
                    extendedGroups[first] = [place] + group
                } else {
                    var added = new
                    added.data = addPiece(permissions)
                    _ = accumulator.insert(added, node: rule.node)
                }
            case .conditional(let list, _):
                let same = conditionalLists[list].rules.lastIndex {
                    $0.hasKey(of: new) && isSamePiece($0.data, permissions)
                }
                if let same {
                    join(permissions, into: conditionalLists[list][data: same])
                } else {
                    var added = new
                    added.data = addPiece(permissions)
                    _ = conditionalLists[list].appendDuplicate(added, node: rule.node)
                }
            }
        }
    }

    private func nodeOf(_ rule: Int) -> UInt32 { accumulator.nodes[rule] }

    private mutating func addPiece(_ permissions: ExtendedPermissions) -> UInt32 {
        policy.rules.extendedPermissions.append(permissions)
        return UInt32(policy.rules.extendedPermissions.count - 1)
    }

    private func isSamePiece(_ index: UInt32, _ permissions: ExtendedPermissions) -> Bool {
        let other = policy.rules.extendedPermissions[Int(index)]
        return other.kind == permissions.kind && other.driver == permissions.driver
    }

    private mutating func join(_ permissions: ExtendedPermissions, into index: UInt32) {
        for word in permissions.words.indices {
            policy.rules.extendedPermissions[Int(index)].words[word] |= permissions.words[word]
        }
    }

    // MARK: Type rules

    /// Adds a type rule; false when it contradicts another.
    ///
    /// As in checkpolicy, a rule that is there already ends the statement for this pair of types: classes of the
    /// statement that come behind are not looked at (libsepol, src/expand.c: `expand_terule_helper`).
    private mutating func addType(
        _ rule: ResolvedRule, _ kind: Rule.Kind, _ source: UInt16, _ target: UInt16, _ destination: Destination
    ) -> Bool {
        for (position, index) in rule.classes.enumerated() {
            let entry = resolution.classPool[Int(index)]
            let data = UInt32(types.places[Int(entry.data)] + 1)
            let key = Rule(source: source, target: target, objectClass: entry.objectClass, kind: kind, data: 0)
            guard let found = addType(key, data, rule.node, destination) else { continue }
            guard found.data == data, found.isSameList else {
                reportTypeConflict(rule, key, data, found.data, found.node)
                return false
            }
            if position + 1 < rule.classes.count { reportDroppedClasses(rule, key, position) }
            return true
        }
        return true
    }

    /// A type rule that is there already.
    private struct KnownTypeRule {
        let data: UInt32
        let node: UInt32
        /// Whether it holds under the same condition as the new one, or always as the new one does.
        let isSameList: Bool
    }

    /// Adds the rule with the key, unless there is one that stands in its way, which is returned.
    private mutating func addType(
        _ key: Rule, _ data: UInt32, _ node: UInt32, _ destination: Destination
    ) -> KnownTypeRule? {
        var new = key
        new.data = data
        switch destination {
        case .always:
            if !conditionalTypeRules.isEmpty, accumulator.index(ofKey: key) == nil, let latest = conditionalTypeRules[key] {
                return KnownTypeRule(data: latest.data, node: latest.node, isSameList: false)
            }
            let (place, isNew) = accumulator.insert(new, node: node)
            if isNew { return nil }
            return KnownTypeRule(data: accumulator[data: place], node: accumulator.nodes[place], isSameList: true)
        case .conditional(let list, let other):
            if let place = accumulator.index(ofKey: key) {
                return KnownTypeRule(data: accumulator[data: place], node: accumulator.nodes[place], isSameList: false)
            }
            if let latest = conditionalTypeRules[key], latest.list != other {
                return KnownTypeRule(data: latest.data, node: latest.node, isSameList: latest.list == list)
            }
            let place = conditionalLists[list].insert(new, node: node).index
            conditionalLists[list][data: place] = data
            conditionalTypeRules[key] = (list, data, node)
            return nil
        }
    }

    private mutating func reportTypeConflict(
        _ rule: ResolvedRule, _ key: Rule, _ new: UInt32, _ old: UInt32, _ oldNode: UInt32
    ) {
        let pair =
            "`\(typeName(Int(key.source) - 1)) \(typeName(Int(key.target) - 1)):\(className(UInt32(key.objectClass)))`"
        // Rules are not expanded in the order in which they stand: the later one is told.
        let isLater = rule.node >= oldNode
        let node = max(rule.node, oldNode)
        let first = min(rule.node, oldNode)
        if new == old {
            report(
                "conflicting-type-rule", "the rule for \(pair) holds in one place always and in another under a condition",
                node: node, other: (first, "it is also here"))
        } else {
            report(
                "conflicting-type-rule",
                "\(pair) becomes `\(typeName(Int(isLater ? new : old) - 1))` here and `\(typeName(Int(isLater ? old : new) - 1))` elsewhere",
                node: node, other: (first, "the other rule"))
        }
    }

    private mutating func reportDroppedClasses(_ rule: ResolvedRule, _ key: Rule, _ position: Int) {
        let dropped = rule.classes.dropFirst(position + 1).map {
            "`\(className(UInt32(resolution.classPool[Int($0)].objectClass)))`"
        }
        diagnostics.report(
            .warning, "dropped-type-rule",
            "the rule has no effect for class \(dropped.joined(separator: ", ")) of `\(typeName(Int(key.source) - 1)) \(typeName(Int(key.target) - 1))`",
            at: span(ofNode: rule.node),
            notes: ["the rule repeats another for one of its classes; checkpolicy then ignores the classes behind it, and this compiler writes what checkpolicy writes"],
            help: "give each class a rule of its own")
    }

    // MARK: Conditions

    private mutating func expand(_ conditional: ResolvedConditional) {
        let condition = NormalizedCondition(conditional)
        let place: Int
        if let known = conditionals.firstIndex(where: { condition.isMerged(with: $0) }) {
            place = known
        } else {
            conditionals.insert(
                ConditionInProgress(
                    expression: condition.expression, signature: condition.signature, whenTrue: conditionalLists.count,
                    whenFalse: conditionalLists.count + 1),
                at: 0)
            conditionalLists.append(RuleAccumulator(isSmall: true))
            conditionalLists.append(RuleAccumulator(isSmall: true))
            place = 0
        }
        let lists = conditionals[place]
        for rule in condition.normalized.whenTrue { expand(rule, .conditional(list: lists.whenTrue, other: lists.whenFalse)) }
        for rule in condition.normalized.whenFalse { expand(rule, .conditional(list: lists.whenFalse, other: lists.whenTrue)) }
    }

    private mutating func finishConditionals() {
        for condition in conditionals {
            let state = condition.expression.value { resolution.booleans[$0].value }
            policy.conditionals.append(
                Conditional(
                    state: state,
                    expression: condition.expression.map {
                        Conditional.Term(
                            $0.operation, boolean: $0.operation == .boolean ? booleanNumbers[$0.boolean] : 0)
                    },
                    whenTrue: ordered(conditionalLists[condition.whenTrue].rules),
                    whenFalse: ordered(conditionalLists[condition.whenFalse].rules)))
        }
    }

    /// The newest rule comes first; then type rules move to the front one by one, which turns their order around
    /// (libsepol, src/conditional.c: `cond_optimize`).
    private func ordered(_ rules: [Rule]) -> [Rule] {
        let newestFirst = Array(rules.reversed())
        guard let first = newestFirst.first else { return [] }
        var front: [Rule] = []
        var rest: [Rule] = []
        for rule in newestFirst.dropFirst() {
            if rule.kind.isType { front.append(rule) } else { rest.append(rule) }
        }
        return front.reversed() + [first] + rest
    }

    private mutating func finishRules() {
        guard !extendedGroups.isEmpty else {
            policy.rules.rules = accumulator.rules
            return
        }
        let later = Set(extendedGroups.flatMap { first, group in group.filter { $0 != first } })
        for index in accumulator.rules.indices where !later.contains(index) {
            for place in extendedGroups[index] ?? [index] { policy.rules.rules.append(accumulator.rules[place]) }
        }
    }
}

/// A condition as it is held against the others: two that mean the same share their lists.
struct NormalizedCondition {
    let normalized: ResolvedConditional
    let expression: [ResolvedConditional.Term]
    let signature: ConditionSignature

    init(_ conditional: ResolvedConditional) {
        // checkpolicy normalizes twice more here, and again on a copy whose branches it does not exchange.
        normalized = conditional.normalized().normalized()
        var expression = normalized.expression
        if expression.last?.operation == .not, expression.count > 1 { expression.removeLast() }
        self.expression = expression
        signature = ConditionSignature(expression)
    }

    func isMerged(with other: ConditionInProgress) -> Bool {
        ConditionSignature.areMerged((signature, expression), (other.signature, other.expression))
    }
}

/// A condition of the policy in the making, and its two lists.
struct ConditionInProgress: Sendable {
    let expression: [ResolvedConditional.Term]
    let signature: ConditionSignature
    let whenTrue: Int
    let whenFalse: Int
}
