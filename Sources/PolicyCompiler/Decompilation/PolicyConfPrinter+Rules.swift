import Flask

extension PolicyConfPrinter {
    mutating func printTypes() {
        for attribute in names.sortedAttributes { lines.append("attribute \(attribute.name);") }
        lines.append(sorted: policy.booleans.map(statements.text))
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
                    result.sources.map { statements.text(transition, source: $0 + 1, type: result.type) }
                }
            })
        if policy.isMLS {
            lines.append(sorted: policy.rangeTransitions.map(statements.text))
        }
        // Conditions with the same text keep their order.
        let conditionals = policy.conditionals.map { (text: statements.expressions.text($0.expression), $0) }.enumerated()
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
            lines.append(sorted: rules.lazy.filter { $0.kind == kind }.compactMap { statements.text($0) }, indent: indent)
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
        lines.append(sorted: policy.roleTransitions.map(statements.text))
        lines.append(sorted: policy.roleAllows.map(statements.text))
        for user in names.sortedUsers { lines.append(statements.text(user)) }
    }
}
