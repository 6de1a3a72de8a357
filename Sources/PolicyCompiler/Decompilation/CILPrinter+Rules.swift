import Flask

extension CILPrinter {
    mutating func printTypes() {
        let attributes = names.sortedAttributes
        let types = names.sortedTypes
        for attribute in attributes { lines.append("(typeattribute \(attribute.name))") }
        lines.append(sorted: policy.booleans.map { "(boolean \($0.name) \($0.value ? "true" : "false"))" })
        for type in types { lines.append("(type \(type.name))") }
        for alias in policy.typeAliases.sorted(by: { $0.name < $1.name }) {
            lines.append("(typealias \(alias.name))")
            lines.append("(typealiasactual \(alias.name) \(names.type(alias.number)))")
        }
        for type in types {
            guard let bounds = policy.types[type.index]?.bounds, bounds != 0 else { continue }
            lines.append("(typebounds \(names.type(bounds)) \(type.name))")
        }
        // Without this secilc would expand small attributes in rules, and leave unused ones out.
        if !attributes.isEmpty {
            lines.append("(expandtypeattribute (\(attributes.map { PolicyText($0.name) }.joined(" "))) false)")
        }
        var members = [Bitmap](repeating: [], count: policy.types.count)
        for type in types {
            for attribute in policy.typeAttributes[type.index] where attribute != type.index {
                members[attribute].insert(type.index)
            }
        }
        for attribute in attributes where !members[attribute.index].isEmpty {
            lines.append("(typeattributeset \(attribute.name) (\(names.sortedNames(members[attribute.index], .type).joined(" "))))")
        }
        lines.append(sorted: policy.permissiveTypes.map { "(typepermissive \(names.type($0)))" })
        lines.append(sorted: policy.neverauditTypes.map { "(typeneveraudit \(names.type($0)))" })
    }

    mutating func printRules() {
        write(policy.rules.rules, indent: 0)
        for transition in policy.filenameTransitions {
            for result in transition.results {
                for source in result.sources {
                    lines.append(
                        "(typetransition \(names.type(source + 1)) \(names.type(transition.target)) \(names.objectClass(transition.objectClass)) \"\(transition.name)\" \(names.type(result.type)))")
                }
            }
        }
        if policy.isMLS {
            for transition in policy.rangeTransitions {
                lines.append(
                    "(rangetransition \(names.type(transition.source)) \(names.type(transition.target)) \(names.objectClass(transition.objectClass)) \(range(transition.range)))")
            }
        }
        for conditional in policy.conditionals {
            let branches = [("true", conditional.whenTrue), ("false", conditional.whenFalse)]
                .filter { $0.1.contains { text($0) != nil } }
            // A condition without rules decides nothing, and secilc refuses it.
            guard !branches.isEmpty else { continue }
            lines.append("(booleanif \(expressions.text(conditional.expression))")
            for (word, rules) in branches {
                lines.append("    (\(word)")
                write(rules, indent: 2)
                lines.append("    )")
            }
            lines.append(")")
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
        let key: PolicyText = "\(word(rule.kind)) \(names.type(rule.source)) \(target)"
        let objectClass = names.objectClass(rule.objectClass)
        if rule.kind.isType { return "(\(key) \(objectClass) \(names.type(rule.data)))" }
        if rule.kind.isExtended {
            let extended = policy.rules.extendedPermissions[Int(rule.data)]
            let ranges = extended.ranges.map { range -> PolicyText in
                range.low == range.high ? "\(hex: range.low)" : "(range \(hex: range.low) \(hex: range.high))"
            }
            guard !ranges.isEmpty else { return nil }
            return "(\(key) (\(extended.kind == .netlinkMessage ? "nlmsg" : "ioctl") \(objectClass) (\(ranges.joined(" ")))))"
        }
        let permissions = names.permissions(rule.kind == .auditDeny ? ~rule.data : rule.data, ofClass: rule.objectClass)
        guard !permissions.isEmpty else { return nil }
        return "(\(key) (\(objectClass) (\(permissions.joined(" ")))))"
    }

    private func word(_ kind: Rule.Kind) -> String {
        switch kind {
        case .allow: "allow"
        case .auditAllow: "auditallow"
        case .auditDeny: "dontaudit"
        case .allowExtended: "allowx"
        case .auditAllowExtended: "auditallowx"
        case .dontAuditExtended: "dontauditx"
        case .typeTransition: "typetransition"
        case .typeMember: "typemember"
        default: "typechange"
        }
    }

    mutating func printRolesAndUsers() {
        let roles = names.sortedRoles
        if !roles.contains(where: { $0.name == "object_r" }) { lines.append("(role object_r)") }
        for role in roles { lines.append("(role \(role.name))") }
        for role in roles where role.bounds != 0 { lines.append("(rolebounds \(names.role(role.bounds)) \(role.name))") }
        for role in roles where role.name != "object_r" {
            for type in names.sortedNames(role.types, .type) { lines.append("(roletype \(role.name) \(type))") }
        }
        // Every type may be an object's, which CIL does not take for granted.
        for type in names.sortedTypes { lines.append("(roletype object_r \(type.name))") }
        for transition in policy.roleTransitions {
            lines.append(
                "(roletransition \(names.role(transition.role)) \(names.type(transition.type)) \(names.objectClass(transition.objectClass)) \(names.role(transition.newRole)))")
        }
        for allow in policy.roleAllows { lines.append("(roleallow \(names.role(allow.role)) \(names.role(allow.newRole)))") }
        let users = names.sortedUsers
        for user in users { lines.append("(user \(user.name))") }
        for user in users where user.bounds != 0 { lines.append("(userbounds \(names.user(user.bounds)) \(user.name))") }
        for user in users {
            // Contexts of objects are checked too, in which everybody has this role.
            lines.append("(userrole \(user.name) object_r)")
            for role in names.sortedNames(user.roles, .role) { lines.append("(userrole \(user.name) \(role))") }
            lines.append("(userlevel \(user.name) \(level(user.defaultLevel)))")
            lines.append("(userrange \(user.name) \(range(user.range)))")
        }
    }
}
