extension ImageWriter {
    mutating func writeSymbols() {
        writeCommons()
        writeClasses()
        writeRoles()
        writeTypes()
        writeUsers()
        if version.symbolKinds > SymbolKind.boolean.rawValue { writeBooleans() }
        if version.symbolKinds > SymbolKind.category.rawValue {
            writeSensitivities()
            writeCategories()
        }
    }

    private mutating func writeCommons() {
        out.append(count: policy.commons.count)
        out.append(count: policy.commons.count)
        for index in layout.order(of: policy.commons.map(\.name), initialSlots: SymbolKind.common.initialSlots) {
            let common = policy.commons[index]
            out.append(count: common.name.bytes.count)
            out.append(count: index + 1)
            out.append(count: common.permissions.count)
            out.append(count: common.permissions.count)
            out.append(common.name)
            write(common.permissions)
        }
    }

    private mutating func write(_ permissions: [PermissionTable.Permission]) {
        for index in layout.order(of: permissions.map(\.name), initialSlots: SymbolKind.permissionSlots) {
            out.append(count: permissions[index].name.bytes.count)
            out.append(permissions[index].number)
            out.append(permissions[index].name)
        }
    }

    private mutating func writeClasses() {
        out.append(count: policy.classes.count)
        out.append(count: policy.classes.count)
        let names = policy.classes.map(\.name)
        for index in layout.order(of: names, initialSlots: SymbolKind.objectClass.initialSlots) {
            let entry = policy.classes[index]
            let common = entry.common == 0 ? nil : policy.commons[Int(entry.common) - 1].name
            out.append(count: entry.name.bytes.count)
            out.append(count: common?.bytes.count ?? 0)
            out.append(count: index + 1)
            out.append(entry.permissionCount)
            out.append(count: entry.permissions.count)
            out.append(count: entry.constraints.count)
            out.append(entry.name)
            if let common { out.append(common) }
            write(entry.permissions)
            for constraint in entry.constraints { write(constraint) }
            if version.hasValidateTransitions {
                out.append(count: entry.validateTransitions.count)
                for constraint in entry.validateTransitions { write(constraint) }
            }
            writeDefaults(of: entry)
        }
    }

    private mutating func writeDefaults(of entry: ObjectClass) {
        guard version.hasObjectDefaults else { return }
        var range = entry.defaults.range
        if range == 7, !version.hasCommonRange {
            omissions.append(.greatestLowerLeastUpperRange(objectClass: entry.name, version: version.number))
            range = 0
        }
        out.append(entry.defaults.user)
        out.append(entry.defaults.role)
        out.append(range)
        if version.hasTypeDefault { out.append(entry.defaults.type) }
    }

    private mutating func write(_ constraint: Constraint) {
        out.append(constraint.permissions)
        out.append(count: constraint.expression.count)
        for term in constraint.expression {
            out.append(term.kind.rawValue)
            out.append(term.attribute.rawValue)
            out.append(term.comparison.rawValue)
            guard term.kind == .names else { continue }
            write(term.names)
            if version.hasConstraintNames {
                write(term.typeSet.included)
                write(term.typeSet.excluded)
                out.append(term.typeSet.flags)
            }
        }
    }

    /// Holes keep their numbers: the first count is that of the numbers, the second that of the entries.
    private mutating func writeRoles() {
        let roles = policy.roles.indices.filter { policy.roles[$0] != nil }
        out.append(count: policy.roles.count)
        out.append(count: roles.count)
        for place in layout.order(of: roles.map { policy.roles[$0]!.name }, slots: roleSlots) {
            let index = roles[place]
            let role = policy.roles[index]!
            out.append(count: role.name.bytes.count)
            out.append(count: index + 1)
            if version.hasBounds { out.append(role.bounds) }
            out.append(role.name)
            write(role.dominates)
            write(index == 0 ? [] : role.types)
        }
    }

    /// A compiler's role attributes take part in the table without being written.
    private var roleSlots: Int {
        let count = isReread ? policy.roles.count { $0 != nil } : policy.roles.count
        return ImageLayout.slots(initial: SymbolKind.role.initialSlots, count: count)
    }

    private mutating func writeTypes() {
        let aliases = policy.typeAliases
        let primary = policy.types.indices.filter { policy.types[$0] != nil }
        let names = primary.map { policy.types[$0]!.name } + aliases.map(\.name)
        let isWritten = primary.map { version.hasBounds || !policy.types[$0]!.isAttribute }
        out.append(count: policy.types.count)
        out.append(count: isWritten.count { $0 } + aliases.count)
        for place in layout.order(of: names, initialSlots: SymbolKind.type.initialSlots) {
            if place >= primary.count {
                let alias = aliases[place - primary.count]
                out.append(count: alias.name.bytes.count)
                out.append(alias.number)
                // Neither primary nor an attribute; and before version 24, not primary.
                out.append(0 as UInt32)
                if version.hasBounds { out.append(0 as UInt32) }
                out.append(alias.name)
            } else if isWritten[place] {
                let entry = policy.types[primary[place]]!
                out.append(count: entry.name.bytes.count)
                out.append(count: primary[place] + 1)
                if version.hasBounds {
                    out.append((entry.isAttribute ? 3 : 1) as UInt32)
                    out.append(entry.bounds)
                } else {
                    out.append(1 as UInt32)
                }
                out.append(entry.name)
            }
        }
    }

    private mutating func writeUsers() {
        let users = policy.users.indices.filter { policy.users[$0] != nil }
        out.append(count: policy.users.count)
        out.append(count: users.count)
        let names = users.map { policy.users[$0]!.name }
        for place in layout.order(of: names, initialSlots: SymbolKind.user.initialSlots) {
            let user = policy.users[users[place]]!
            out.append(count: user.name.bytes.count)
            out.append(count: users[place] + 1)
            if version.hasBounds { out.append(user.bounds) }
            out.append(user.name)
            write(user.roles)
            if version.hasMLS {
                write(user.range)
                write(user.defaultLevel)
            }
        }
    }

    private mutating func writeBooleans() {
        out.append(count: policy.booleans.count)
        out.append(count: policy.booleans.count)
        let names = policy.booleans.map(\.name)
        for index in layout.order(of: names, initialSlots: SymbolKind.boolean.initialSlots) {
            let boolean = policy.booleans[index]
            out.append(count: index + 1)
            out.append((boolean.value ? 1 : 0) as UInt32)
            out.append(count: boolean.name.bytes.count)
            out.append(boolean.name)
        }
    }

    /// Aliases count among the numbers here, although they have none of their own.
    private mutating func writeSensitivities() {
        let aliases = policy.sensitivityAliases
        let names = policy.sensitivities.map(\.name) + aliases.map(\.name)
        out.append(count: names.count)
        out.append(count: names.count)
        for place in layout.order(of: names, initialSlots: SymbolKind.sensitivity.initialSlots) {
            let isAlias = place >= policy.sensitivities.count
            out.append(count: names[place].bytes.count)
            out.append((isAlias ? 1 : 0) as UInt32)
            out.append(names[place])
            let number = isAlias ? aliases[place - policy.sensitivities.count].number : UInt32(place + 1)
            write(policy.sensitivities[Int(number) - 1].level)
        }
    }

    private mutating func writeCategories() {
        let aliases = policy.categoryAliases
        let names = policy.categories + aliases.map(\.name)
        out.append(count: names.count)
        out.append(count: names.count)
        for place in layout.order(of: names, initialSlots: SymbolKind.category.initialSlots) {
            let isAlias = place >= policy.categories.count
            out.append(count: names[place].bytes.count)
            out.append(isAlias ? aliases[place - policy.categories.count].number : UInt32(place + 1))
            out.append((isAlias ? 1 : 0) as UInt32)
            out.append(names[place])
        }
    }
}
