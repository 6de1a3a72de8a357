import Flask

extension PolicyConfPrinter {
    mutating func printTypes() {
        for attribute in names.sortedAttributes { lines.append("attribute \(attribute.name);") }
        lines.append(sorted: policy.booleans.map { "bool \($0.name) \($0.value ? "true" : "false");" })
        let types = names.sortedTypes
        for type in types { lines.append("type \(type.name);") }
        for alias in policy.typeAliases.sorted(by: { $0.name < $1.name }) {
            lines.append("typealias \(names.type(alias.number)) alias \(alias.name);")
        }
        for type in types {
            guard let bounds = policy.types[type.index]?.bounds, bounds != 0 else { continue }
            lines.append("typebounds \(names.type(bounds)) \(type.name);")
        }
        lines.append(
            sorted: types.compactMap { type in
                var attributes = policy.typeAttributes[type.index]
                attributes.remove(type.index)
                guard !attributes.isEmpty else { return nil }
                return "typeattribute \(type.name) \(names.sortedNames(attributes, .type).joined(", "));"
            })
        lines.append(sorted: policy.permissiveTypes.map { "permissive \(names.type($0));" })
        lines.append(sorted: policy.neverauditTypes.map { "neveraudit \(names.type($0));" })
    }

    mutating func printRules() {
        write(policy.rules.rules, indent: 0)
        lines.append(
            sorted: policy.filenameTransitions.flatMap { transition in
                transition.results.flatMap { result in
                    result.sources.map { source -> PolicyText in
                        "type_transition \(names.type(source + 1)) \(names.type(transition.target)):\(names.objectClass(transition.objectClass)) \(names.type(result.type)) \"\(transition.name)\";"
                    }
                }
            })
        if policy.isMLS {
            lines.append(
                sorted: policy.rangeTransitions.map { transition in
                    "range_transition \(names.type(transition.source)) \(names.type(transition.target)):\(names.objectClass(transition.objectClass)) \(range(transition.range));"
                })
        }
        // Conditions with the same text keep their order.
        let conditionals = policy.conditionals.map { (text: expressions.text($0.expression), $0) }.enumerated()
            .sorted { a, b in
                a.element.text != b.element.text ? a.element.text < b.element.text : a.offset < b.offset
            }
        for (_, (text, conditional)) in conditionals {
            lines.append("if (\(text)) {")
            write(conditional.whenTrue, indent: 1)
            if !conditional.whenFalse.isEmpty {
                lines.append("} else {")
                write(conditional.whenFalse, indent: 1)
            }
            lines.append("}")
        }
    }

    private mutating func write(_ rules: [Rule], indent: Int) {
        for kind in PolicyNames.kinds {
            lines.append(sorted: rules.lazy.filter { $0.kind == kind }.compactMap { text($0) }, indent: indent)
        }
    }

    private func text(_ rule: Rule) -> PolicyText? {
        let isSelf = rule.source == rule.target && !rule.kind.isType && !names.isAttribute(rule.source)
        let target: Name = isSelf ? "self" : names.type(rule.target)
        let key: PolicyText = "\(word(rule.kind)) \(names.type(rule.source)) \(target):\(names.objectClass(rule.objectClass))"
        if rule.kind.isType { return "\(key) \(names.type(rule.data));" }
        if rule.kind.isExtended {
            let extended = policy.rules.extendedPermissions[Int(rule.data)]
            let ranges = extended.ranges.map { range -> PolicyText in
                range.low == range.high ? "\(hex: range.low) " : "\(hex: range.low)-\(hex: range.high) "
            }
            guard !ranges.isEmpty else { return nil }
            return "\(key) \(extended.kind == .netlinkMessage ? "nlmsg" : "ioctl") { \(ranges.joined(""))};"
        }
        let permissions = names.permissions(rule.kind == .auditDeny ? ~rule.data : rule.data, ofClass: rule.objectClass)
        guard !permissions.isEmpty else { return nil }
        return "\(key) { \(permissions.joined(" ")) };"
    }

    private func word(_ kind: Rule.Kind) -> String {
        switch kind {
        case .allow: "allow"
        case .auditAllow: "auditallow"
        case .auditDeny: "dontaudit"
        case .allowExtended: "allowxperm"
        case .auditAllowExtended: "auditallowxperm"
        case .dontAuditExtended: "dontauditxperm"
        case .typeTransition: "type_transition"
        case .typeMember: "type_member"
        default: "type_change"
        }
    }

    mutating func printRolesAndUsers() {
        // `object_r` is there without being declared.
        let roles = names.sortedRoles.filter { $0.name != "object_r" }
        for role in roles { lines.append("role \(role.name);") }
        for role in roles where !role.types.isEmpty {
            // Long statements are cut, because checkpolicy's buffers for a statement are small.
            let types = names.sortedNames(role.types, .type)
            for start in stride(from: 0, to: types.count, by: 24) {
                lines.append("role \(role.name) types { \(types[start..<min(start + 24, types.count)].joined(" ")) };")
            }
        }
        lines.append(
            sorted: policy.roleTransitions.map {
                "role_transition \(names.role($0.role)) \(names.type($0.type)):\(names.objectClass($0.objectClass)) \(names.role($0.newRole));"
            })
        lines.append(sorted: policy.roleAllows.map { "allow \(names.role($0.role)) \(names.role($0.newRole));" })
        for user in names.sortedUsers {
            var line: PolicyText = "user \(user.name)"
            let roles = names.sortedNames(user.roles, .role)
            if roles.count == 1 { line = "\(line) roles \(roles[0])" }
            if roles.count > 1 { line = "\(line) roles { \(roles.joined(" ")) }" }
            if policy.isMLS { line = "\(line) level \(level(user.defaultLevel)) range \(range(user.range))" }
            lines.append("\(line);")
        }
    }
}
