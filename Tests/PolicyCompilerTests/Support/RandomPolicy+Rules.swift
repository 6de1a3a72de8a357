import TestSupport

extension RandomPolicy {
    /// The kinds of statements that stand among types, roles and rules.
    enum Kind: CaseIterable {
        case access, typeRule, fileName, rangeTransition, roleTypes, roleAllow, roleTransition, conditional, optional
        case typeAttribute, roleAttribute, permissive, neveraudit, expandAttribute, capability, neverallow, extended
        case bound, dominance, empty
    }

    static var statements: [Kind] { Kind.allCases }

    mutating func writeRulesAndDeclarations() {
        var rest = declarations[...]
        // Names may be used before they are declared; mostly they are not.
        let lead = random.percent(70) ? rest.count : random.below(rest.count + 1)
        for _ in 0..<lead { if let declaration = rest.popFirst() { emit(declaration) } }
        for _ in 0..<statementCount {
            hasDeclaredAll = rest.isEmpty
            statement(global)
            for _ in 0..<(rest.isEmpty ? 0 : random.below(1 + 2 * declarations.count / statementCount)) {
                if let declaration = rest.popFirst() { emit(declaration) }
            }
        }
        for declaration in rest { emit(declaration) }
    }

    mutating func statement(_ scope: Scope) {
        let total = weights.reduce(4, +)
        var ticket = random.below(total) - 4
        var kind = Kind.access
        for (index, weight) in weights.enumerated() where ticket >= 0 {
            kind = Self.statements[index]
            ticket -= weight
        }
        guard !scope.types.isEmpty, !scope.roles.isEmpty else { return }
        write(kind, scope)
    }

    private mutating func write(_ kind: Kind, _ scope: Scope) {
        switch kind {
        case .access: emit(accessRule(scope))
        case .typeRule: if let rule = typeRule(scope, list: 0) { emit(rule) }
        case .fileName: if !form.isXen || random.percent(2), let rule = fileNameTransition(scope) { emit(rule) }
        case .rangeTransition: if form.isMLS || isCareless(), !levels.sensitivities.isEmpty { rangeTransition(scope) }
        case .roleTypes:
            guard form.isLatest || !scope.isOptional else { return }
            let role = form.isLatest ? anyRole(scope) : random.pick(scope.roles)
            let set = isCareless() ? random.pick(["*", "~" + typeOrAttribute(scope)]) : plainTypeSet(scope).text
            emit("role \(role) types \(set);")
        case .roleAllow: emit("allow \(roleSet(scope)) \(roleSet(scope));")
        case .roleTransition: roleTransition(scope)
        case .conditional: writeConditional(scope)
        case .optional: writeOptional(scope)
        case .typeAttribute where !scope.attributes.isEmpty && hasDeclaredAll:
            let type = random.pick(scope.types)
            let attributes = random.some(scope.attributes, 1, 2)
            for attribute in attributes { members[attribute, default: []].formUnion(members(of: type)) }
            emit("typeattribute \(type) \(attributes.joined(separator: ", "));")
        case .roleAttribute where !scope.roleAttributes.isEmpty && hasDeclaredAll:
            guard form.isLatest || !scope.isOptional else { return }
            emit("roleattribute \(random.pick(scope.roles)) \(random.some(scope.roleAttributes, 1, 2).joined(separator: ", "));")
        case .permissive: emit("permissive \(random.pick(scope.types));")
        case .neveraudit: if form.isNew, form.isLatest { emit("neveraudit \(random.pick(scope.types));") }
        case .expandAttribute where !scope.attributes.isEmpty:
            emit("expandattribute \(braced(random.some(scope.attributes, 1, 2))) \(random.pick(["true", "false"]));")
        case .capability where !scope.isOptional || isCareless():
            let known = [
                "network_peer_controls", "open_perms", "extended_socket_class", "always_check_network",
                "cgroup_seclabel", "nnp_nosuid_transition", "genfs_seclabel_symlinks", "Open_Perms",
            ]
            emit("policycap \(isCareless() ? "no_such" : random.pick(known));")
        case .neverallow: if neverallow != .none { emit(neverallowRule(scope)) }
        case .extended:
            if !form.isXen && form.version >= 30 || random.percent(2), let rule = extendedRule(scope, isNeverallow: false) { emit(rule) }
        case .bound where !boundTypes.isEmpty: boundRules()
        case .dominance: if !form.isNew, !scope.isOptional, random.percent(20) { roleDominance(scope) }
        case .empty: if random.percent(20), !scope.isOptional { emit(";") }
        default: emit(accessRule(scope))
        }
    }

    // MARK: Rules

    mutating func accessRule(_ scope: Scope) -> String {
        let (classes, permissions) = classesAndPermissions()
        let kind = random.pick(["allow", "allow", "allow", "auditallow", "dontaudit", "auditdeny"])
        return "\(kind) \(typeSet(scope, .source).text) \(typeSet(scope, .target).text):\(classes) \(permissions);"
    }

    mutating func neverallowRule(_ scope: Scope) -> String {
        if !form.isXen, form.version >= 30, random.percent(25), let rule = extendedRule(scope, isNeverallow: true) { return rule }
        let (classes, permissions) = classesAndPermissions(neverallow == .held ? .reserved : .any)
        let (source, target) = (typeSet(scope, .neverallowSource).text, typeSet(scope, .neverallowTarget).text)
        return "neverallow \(source) \(target):\(classes) \(permissions);"
    }

    /// type_transition, type_member or type_change for the rules of a list: 0 for those that always hold, else twice
    /// the number of a condition, plus one in its other branch.
    mutating func typeRule(_ scope: Scope, list: Int) -> String? {
        for _ in 0..<4 {
            let kind = random.pick(["type_transition", "type_member", "type_change"])
            let (source, target) = (typeSet(scope, .source), typeSet(scope, random.percent(10) ? .target : .plain))
            guard source.members.count * target.members.count < 3_000 else { continue }
            let classes = random.some(self.classes.map(\.name), 1, 3)
            let result = random.percent(70) ? global.types[0] : random.pick(scope.types)
            var keys: [TypeRuleKey] = []
            let pairs = source.members.map { ($0, target.text.contains("self") ? target.members.union([$0]) : target.members) }
            for (one, targets) in pairs {
                for other in targets {
                    for name in classes { keys.append(TypeRuleKey(kind: kind, source: one, target: other, objectClass: name)) }
                }
            }
            let isGood = keys.allSatisfy { key in
                guard let known = typeRuleResults[key] else { return true }
                if known.list == list { return known.result == result }
                return list != 0 && known.list == list ^ 1
            }
            guard isGood || isCareless() else { continue }
            for key in keys where typeRuleResults[key] == nil { typeRuleResults[key] = (result, list) }
            return "\(kind) \(source.text) \(target.text):\(braced(classes)) \(result);"
        }
        return nil
    }

    mutating func fileNameTransition(_ scope: Scope) -> String? {
        let (source, target) = (typeSet(scope, .source), plainTypeSet(scope))
        guard source.members.count * target.members.count < 2_000 else { return nil }
        let classes = random.some(self.classes.map(\.name), 1, 2)
        let file = random.pick(["passwd", "a b", "x.log", "f\(random.below(20))", "0", "-", "ü"])
        // One result for each name, except where no two rules can meet.
        var result = global.types[file.utf8.count % global.types.count]
        let keys = source.members.flatMap { one in
            target.members.flatMap { two in classes.map { "f \(one) \(two) \($0) \(file)" } }
        }
        if keys.allSatisfy({ !transitionKeys.contains($0) }), random.percent(50) || isCareless() {
            result = random.pick(scope.types)
            transitionKeys.formUnion(keys)
        } else if keys.contains(where: { transitionKeys.contains($0) }) {
            return nil
        }
        return "type_transition \(source.text) \(target.text):\(braced(classes)) \(result) \"\(file)\";"
    }

    private mutating func rangeTransition(_ scope: Scope) {
        let (source, target) = (plainTypeSet(scope), plainTypeSet(scope))
        guard source.members.count * target.members.count < 1_000 else { return }
        let isLegacy = classes.contains { $0.name == "process" } && random.percent(30)
        let classes = isLegacy ? ["process"] : random.some(self.classes.map(\.name), 1, 2)
        let keys = source.members.flatMap { one in
            target.members.flatMap { two in classes.map { "g \(one) \(two) \($0)" } }
        }
        guard keys.allSatisfy({ !transitionKeys.contains($0) }) || isCareless() else { return }
        transitionKeys.formUnion(keys)
        let middle = isLegacy ? "" : ":" + braced(classes)
        emit("range_transition \(source.text) \(target.text)\(middle) \(rangeText(range()));")
    }

    private mutating func roleTransition(_ scope: Scope) {
        guard form.version != 24 || random.percent(20) else { return }
        let role = random.pick(scope.roles)
        let types = plainTypeSet(scope)
        let isLegacy = classes.contains { $0.name == "process" } && random.percent(40)
        let classes = isLegacy ? ["process"] : random.some(self.classes.map(\.name), 1, 2)
        let keys = types.members.flatMap { type in classes.map { "r \(role) \(type) \($0)" } }
        guard keys.allSatisfy({ !transitionKeys.contains($0) }) || isCareless() else { return }
        transitionKeys.formUnion(keys)
        emit("role_transition \(braced([role])) \(types.text)\(isLegacy ? "" : ":" + braced(classes)) \(random.pick(scope.roles));")
    }

    mutating func extendedRule(_ scope: Scope, isNeverallow: Bool) -> String? {
        let operation = form.isNew && random.percent(30) ? "nlmsg" : "ioctl"
        guard let classes = classSet(having: operation) else { return nil }
        func number(_ value: Int) -> String { random.percent(80) ? "0x" + String(value, radix: 16) : String(value) }
        var ranges: [String] = []
        for _ in 0..<(1 + random.below(4)) {
            let low = random.percent(60) ? 0x8900 + random.below(600) : random.below(0x10000)
            let high = min(0xffff, low + random.pick([0, 1, 20, 255, 300, 1_000]))
            ranges.append(random.percent(50) ? number(low) : number(low) + random.pick(["-", " - "]) + number(high))
        }
        var set = ranges.count == 1 && !ranges[0].contains("-") && random.percent(60) ? ranges[0] : "{ \(ranges.joined(separator: " ")) }"
        if random.percent(10) { set = "~" + set }
        let kind = isNeverallow ? "neverallowxperm" : random.pick(["allowxperm", "auditallowxperm", "dontauditxperm"])
        let source = typeSet(scope, isNeverallow ? .neverallowSource : .source)
        let target = typeSet(scope, isNeverallow ? .neverallowTarget : .target)
        return "\(kind) \(source.text) \(target.text):\(classes) \(operation) \(set);"
    }

    private mutating func boundRules() {
        let (parent, child) = random.pick(boundTypes)
        let one = random.pick(classes)
        let permissions = random.some(one.permissions.filter { $0 != reservedPermission }, 1, 4)
        guard !permissions.isEmpty else { return }
        let target = random.pick(global.types)
        emit("allow \(parent) \(target):\(one.name) \(braced(permissions));")
        emit("allow \(child) \(target):\(one.name) \(braced(random.some(permissions, 1, 4)));")
        if isCareless() { emit("allow \(child) \(random.pick(global.types)):\(one.name) \(one.permissions[0]);") }
    }

    private mutating func roleDominance(_ scope: Scope) {
        let inner = random.some(scope.roles, 1, 3).map { "role \($0);" }.joined(separator: " ")
        emit("dominance { role \(random.percent(50) ? name("dom", 0) : random.pick(scope.roles)) { \(inner) } }")
    }
}
