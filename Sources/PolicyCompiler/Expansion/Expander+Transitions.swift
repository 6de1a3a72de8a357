import Diagnostics
import Flask

extension Expander {
    /// Role rules take effect last to first.
    mutating func expandRoleRules(_ contents: ScopeContents) {
        for allow in contents.roleAllows.reversed() {
            let targets = expandRoles(allow.targets)
            for source in expandRoles(allow.sources) where !limits.isPassed {
                for target in targets where mayAdd(allow.node) {
                    let new = RoleAllow(role: UInt32(source + 1), newRole: UInt32(target + 1))
                    if roleAllows.insert(new).inserted { policy.roleAllows.append(new) }
                }
            }
        }
        for transition in contents.roleTransitions.reversed() {
            types.expand(transition.types, resolution, always: true, into: &targets)
            let newRole = roleNumbers[transition.newRole]
            for role in expandRoles(transition.roles) where !limits.isPassed {
                for type in targets where mayAdd(transition.node) {
                    for objectClass in transition.classes.sorted() {
                        add(
                            RoleTransition(
                                role: UInt32(role + 1), type: UInt32(type) + 1, objectClass: objectClass, newRole: newRole),
                            transition.node)
                    }
                }
            }
        }
    }

    private mutating func add(_ new: RoleTransition, _ node: UInt32) {
        var key = new
        key.newRole = 0
        if let (old, oldNode) = roleTransitions[key] {
            let pair =
                "`\(policy.roles[Int(new.role) - 1]?.name ?? "?") \(typeName(Int(new.type) - 1)):\(className(new.objectClass))`"
            report(
                "duplicate-role-transition",
                old == new.newRole ? "\(pair) has this transition already" : "\(pair) has another transition already",
                node: max(node, oldNode), other: (min(node, oldNode), "the other one"),
                help: "remove one of the two statements")
            return
        }
        roleTransitions[key] = (new.newRole, node)
        policy.roleTransitions.append(new)
    }

    mutating func expandRangeTransitions(_ contents: ScopeContents) {
        for transition in contents.rangeTransitions.reversed() {
            types.expand(transition.source, resolution, always: true, into: &sources)
            types.expand(transition.target, resolution, always: true, into: &targets)
            for source in sources where !limits.isPassed {
                for target in targets where mayAdd(transition.node) {
                    for objectClass in transition.classes.sorted() {
                        add(
                            RangeTransition(
                                source: UInt32(source) + 1, target: UInt32(target) + 1, objectClass: objectClass,
                                range: transition.range), transition.node)
                    }
                }
            }
        }
    }

    private mutating func add(_ new: RangeTransition, _ node: UInt32) {
        var key = new
        key.range = MLSRange()
        if let (old, oldNode) = rangeTransitions[key] {
            guard old != new.range else { return }
            report(
                "conflicting-range-transition",
                "`\(typeName(Int(new.source) - 1)) \(typeName(Int(new.target) - 1)):\(className(new.objectClass))` has another range already",
                node: max(node, oldNode), other: (min(node, oldNode), "the other one"), help: "remove one of the two statements")
            return
        }
        rangeTransitions[key] = (new.range, node)
        policy.rangeTransitions.append(new)
    }

    mutating func expandFilenameTransitions(_ contents: ScopeContents) {
        for transition in contents.filenameTransitions.reversed() {
            types.expand(transition.source, resolution, always: true, into: &sources)
            types.expand(transition.target, resolution, always: true, into: &targets)
            guard let newType = types.place(Int32(transition.newType)) else { continue }
            for source in sources where !limits.isPassed {
                for target in targets where mayAdd(transition.node) { add(transition, Int(source), target, UInt32(newType + 1)) }
                if transition.includesSelf { add(transition, Int(source), source, UInt32(newType + 1)) }
            }
        }
    }

    private mutating func add(_ rule: ResolvedFilenameTransition, _ source: Int, _ target: UInt16, _ newType: UInt32) {
        let key = FilenameKey(target: target, objectClass: rule.objectClass, name: rule.name)
        guard let place = filenameTransitions[key] else {
            filenameTransitions[key] = policy.filenameTransitions.count
            policy.filenameTransitions.append(
                FilenameTransition(
                    name: name(rule.name), target: UInt32(target) + 1, objectClass: rule.objectClass,
                    results: [.init(sources: [source], type: newType)]))
            return
        }
        if policy.filenameTransitions[place].results.contains(where: { $0.sources.contains(source) }) {
            let same = nodes(of: rule, source, target)
            let later = same.first { $0 > rule.node } ?? rule.node
            report(
                "duplicate-filename-transition",
                "`\(typeName(source)) \(typeName(Int(target))):\(className(rule.objectClass))` has a transition for \"\(name(rule.name))\" already",
                node: later, other: same.first.flatMap { $0 == later ? nil : ($0, "the first one") },
                help: "remove one of the two statements")
            return
        }
        if let result = policy.filenameTransitions[place].results.firstIndex(where: { $0.type == newType }) {
            policy.filenameTransitions[place].results[result].sources.insert(source)
        } else {
            policy.filenameTransitions[place].results.append(.init(sources: [source], type: newType))
        }
    }
}

extension Expander {
    /// The statements that have a transition for the same file name and the same types, in their order.
    private mutating func nodes(of rule: ResolvedFilenameTransition, _ source: Int, _ target: UInt16) -> [UInt32] {
        guard !diagnostics.isFull else { return [] }
        var nodes: Set<UInt32> = []
        var types: [UInt16] = []
        for scope in scopes {
            for other in resolution.contents[Int(scope)].filenameTransitions
            where other.name == rule.name && other.objectClass == rule.objectClass {
                self.types.expand(other.source, resolution, always: true, into: &types)
                guard types.contains(UInt16(source)) else { continue }
                self.types.expand(other.target, resolution, always: true, into: &types)
                guard types.contains(target) || (other.includesSelf && Int(target) == source) else { continue }
                nodes.insert(other.node)
            }
        }
        return nodes.sorted()
    }
}

/// What a transition by file name is found by.
struct FilenameKey: Hashable {
    let target: UInt16
    let objectClass: UInt32
    let name: Identifier
}
