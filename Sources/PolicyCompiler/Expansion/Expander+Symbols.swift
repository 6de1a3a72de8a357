import Diagnostics
import Flask

extension Expander {
    mutating func expandSymbols() {
        policy.capabilities = resolution.capabilities
        policy.commons = resolution.commons.entries.map(\.table)
        policy.classes = resolution.classes.entries.map(\.objectClass)
        numberTypes()
        numberRoles()
        numberBooleans()
        levels()
        fillTypesAndRoles()
        users()
        if options.checksAssertions { boundByNames() }
        typeAttributes()
    }

    // MARK: Types

    private mutating func numberTypes() {
        let table = resolution.types
        var places = [Int32](repeating: -1, count: table.entries.count)
        var entries: [Int] = []
        let walk = table.walk(options.layout, syntax.identifiers)
        for index in walk where table[index].flavor != .alias && linker.isEnabled(index, table) {
            places[index] = Int32(entries.count)
            entries.append(index)
        }
        for index in walk where table[index].flavor == .alias {
            let place = places[table[index].primary]
            guard place >= 0 else { continue }
            places[index] = place
            policy.typeAliases.append(.init(name: name(table.identifiers[index]), number: UInt32(place + 1)))
        }
        if entries.count > Int(UInt16.max) {
            diagnostics.report(
                .error, "too-many-types", "the policy has \(entries.count) types and attributes; an image holds \(UInt16.max)", at: .unknown)
            entries.removeLast(entries.count - Int(UInt16.max))
            for index in places.indices where places[index] >= Int32(UInt16.max) { places[index] = -1 }
        }
        policy.types = entries.map {
            TypeEntry(name: name(table.identifiers[$0]), isAttribute: table[$0].flavor == .attribute)
        }
        for index in table.entries.indices where places[index] >= 0 {
            if table[index].isPermissive { policy.permissiveTypes.insert(Int(places[index]) + 1) }
            if table[index].isNeveraudit { policy.neverauditTypes.insert(Int(places[index]) + 1) }
        }
        types = TypeExpansion(
            places: places, entries: entries, isAttribute: entries.map { table[$0].flavor == .attribute },
            isAlwaysExpanded: entries.map { table[$0].expandTrue })
    }

    /// Types of attributes and of roles, scope by scope. checkpolicy up to 3.9 expands the types of a role as soon as
    /// its scope comes, when attributes have no types yet from the scopes behind it.
    private mutating func fillTypesAndRoles() {
        var members = [Set<UInt16>](repeating: [], count: types.entries.count)
        if options.layout == .checkpolicy3_5 {
            var changed: Set<Int> = []
            for scope in scopes {
                changed.formUnion(addMembers(of: scope, to: &members))
                guard !resolution.contents[Int(scope)].roleTypes.isEmpty else { continue }
                for place in changed { types.setMembers(members[place], of: place) }
                changed = []
                addRoleTypes(of: [scope])
            }
            for place in changed { types.setMembers(members[place], of: place) }
        } else {
            for scope in scopes { _ = addMembers(of: scope, to: &members) }
            expandAttributesOfAttributes(&members)
            for place in members.indices where types.isAttribute[place] { types.setMembers(members[place], of: place) }
            // All sets of one role and scope are one set, whose exclusions hold for all of it.
            for scope in scopes { addRoleTypes(of: [scope]) }
        }
        for scope in scopes { bounds(of: scope) }
        fixRoleAttributes()
    }

    /// Adds what a scope says about attributes; returns the attributes that it is about.
    private func addMembers(of scope: UInt32, to members: inout [Set<UInt16>]) -> Set<Int> {
        var changed: Set<Int> = []
        for (attribute, member) in resolution.contents[Int(scope)].typeAttributes {
            let attributePlace = types.places[attribute]
            let place = types.places[member]
            guard attributePlace >= 0, place >= 0 else { continue }
            members[Int(attributePlace)].insert(UInt16(place))
            changed.insert(Int(attributePlace))
        }
        return changed
    }

    /// Where an entry of a table is declared.
    func declaration<Entry>(of table: SymbolTable<Entry>, _ index: Int) -> Span {
        text.span(
            at: Int(table.visibility(of: index).offset), length: syntax.identifiers.length(of: table.identifiers[index]))
    }

    /// Replaces attributes among the types of attributes by their types.
    private mutating func expandAttributesOfAttributes(_ members: inout [Set<UInt16>]) {
        let attributes = types.entries.indices.filter { types.isAttribute[$0] }
        guard attributes.contains(where: { members[$0].contains { types.isAttribute[Int($0)] } }) else { return }
        var state = [UInt8](repeating: 0, count: types.entries.count)
        for root in attributes where state[root] == 0 {
            // Depth first without recursion: chains may be as long as there are attributes.
            var stack: [(place: Int, nested: [Int])] = []
            func open(_ place: Int) {
                state[place] = 1
                stack.append((place, members[place].map(Int.init).filter { types.isAttribute[$0] }.sorted()))
            }
            open(root)
            while let top = stack.last {
                if let next = top.nested.last {
                    stack[stack.count - 1].nested.removeLast()
                    if state[next] == 1 {
                        diagnostics.report(
                            .error, "attribute-loop", "attribute `\(typeName(next))` is among its own types",
                            at: declaration(of: resolution.types, types.entries[next]))
                        return
                    }
                    if state[next] == 0 { open(next) }
                    continue
                }
                var flat: Set<UInt16> = []
                for member in members[top.place] {
                    if types.isAttribute[Int(member)] {
                        flat.formUnion(members[Int(member)])
                    } else {
                        flat.insert(member)
                    }
                }
                members[top.place] = flat
                state[top.place] = 2
                stack.removeLast()
            }
        }
    }

    private mutating func bounds(of scope: UInt32) {
        for (child, parent, node) in resolution.contents[Int(scope)].typeBounds {
            let place = types.places[child]
            let parentPlace = types.places[parent]
            guard place >= 0, parentPlace >= 0 else { continue }
            let old = policy.types[Int(place)]?.bounds ?? 0
            if old != 0, old != UInt32(parentPlace + 1) {
                report("conflicting-bounds", "type `\(typeName(Int(place)))` is bounded by another type already", node: node)
                continue
            }
            policy.types[Int(place)]?.bounds = UInt32(parentPlace + 1)
        }
    }

    /// Which attributes each type has; an attribute has itself.
    private mutating func typeAttributes() {
        policy.typeAttributes = types.entries.indices.map { [$0] }
        for place in types.entries.indices where types.isAttribute[place] {
            if types.isAlwaysExpanded[place] {
                policy.typeAttributes[place] = []
            } else {
                for member in types.members[place] { policy.typeAttributes[Int(member)].insert(place) }
            }
        }
    }

    // MARK: Users

    private mutating func users() {
        let table = resolution.users
        userNumbers = [UInt32](repeating: 0, count: table.entries.count)
        for index in table.walk(options.layout, syntax.identifiers) where linker.isAnywhereEnabled(index, table) {
            var user = User(name: name(table.identifiers[index]))
            for (scope, node) in table[index].declarations where scopes.contains(scope) {
                guard case .user(_, let roles, _, _) = syntax.nodes[node].statement else { continue }
                let entries = syntax[roles].compactMap { resolution.roles.index(of: $0.identifier) }
                user.roles.formUnion(expandRoles(entries))
            }
            if options.isMLS { addClearance(of: table[index], to: &user, table.visibility(of: index).offset) }
            policy.users.append(user)
            userNumbers[index] = UInt32(policy.users.count)
        }
        for index in table.entries.indices where userNumbers[index] != 0 {
            guard let bounds = table[index].bounds else { continue }
            policy.users[Int(userNumbers[index]) - 1]?.bounds = userNumbers[bounds]
        }
    }

    /// A user's range, on which every block that takes effect must agree.
    private mutating func addClearance(of symbol: UserSymbol, to user: inout User, _ offset: UInt32) {
        user.range = symbol.range ?? MLSRange()
        user.defaultLevel = symbol.defaultLevel ?? MLSLevel()
        let place = text.span(at: Int(offset), length: user.name.bytes.count)
        guard user.defaultLevel.dominates(user.range.low), user.range.high.dominates(user.defaultLevel) else {
            diagnostics.report(
                .error, "invalid-range", "the default level of user `\(user.name)` is not within its range", at: place)
            return
        }
        for (scope, clearance) in symbol.clearances where scope != 0 && scopes.contains(scope) {
            let local = Resolver.clearance(clearance, resolution)
            guard local?.range != user.range || local?.level != user.defaultLevel else { continue }
            let isUnknownElsewhere = symbol.clearances[0] == nil
            diagnostics.report(
                .error, "conflicting-user-levels",
                isUnknownElsewhere
                    ? "user `\(user.name)` is declared in an `optional` block only: with MLS checkpolicy before 3.9 refuses that"
                    : "user `\(user.name)` is declared with different levels or ranges", at: place,
                help: isUnknownElsewhere
                    ? "declare it outside too, or compile with the layout of 3.6"
                    : "give it the same level and range in all its declarations")
            return
        }
    }

    // MARK: Bounds

    /// Roles and users that nothing bounds yet are bounded by what their names say (libsepol, src/hierarchy.c:
    /// `hierarchy_add_bounds`). checkpolicy leaves that out together with the assertions.
    private mutating func boundByNames() {
        for index in resolution.roles.entries.indices where roleNumbers[index] != 0 {
            let place = Int(roleNumbers[index]) - 1
            guard policy.roles[place]?.bounds ?? 0 == 0,
                let parent = parent(of: index, resolution.roles, roleNumbers, "role")
            else { continue }
            policy.roles[place]?.bounds = parent
        }
        for index in resolution.users.entries.indices where userNumbers[index] != 0 {
            let place = Int(userNumbers[index]) - 1
            guard policy.users[place]?.bounds ?? 0 == 0,
                let parent = parent(of: index, resolution.users, userNumbers, "user")
            else { continue }
            policy.users[place]?.bounds = parent
        }
    }

    /// The number of what the name before the last dot names; nil, and reported, where nothing has that name.
    private mutating func parent<Entry>(
        of index: Int, _ table: SymbolTable<Entry>, _ numbers: [UInt32], _ kind: String
    ) -> UInt32? {
        let bytes = syntax.identifiers.bytes(of: table.identifiers[index])
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let parent = String(decoding: bytes[..<dot], as: UTF8.self)
        if let identifier = syntax.identifiers.find(parent), let place = table.index(of: identifier), numbers[place] != 0 {
            return numbers[place]
        }
        diagnostics.report(
            .error, Diagnostic.Code("unknown-\(kind)"),
            "\(kind) `\(name(table.identifiers[index]))` is bounded by `\(parent)`, which is not declared",
            at: text.span(at: Int(table.visibility(of: index).offset), length: bytes.count),
            notes: ["a `.` in a \(kind)'s name means that the \(kind) is bounded by what stands before it"])
        return nil
    }

    // MARK: Booleans and levels

    private mutating func numberBooleans() {
        let table = resolution.booleans
        booleanNumbers = [UInt32](repeating: 0, count: table.entries.count)
        for index in table.walk(options.layout, syntax.identifiers)
        where !table[index].isTunable && linker.isEnabled(index, table) {
            policy.booleans.append(Boolean(name: name(table.identifiers[index]), value: table[index].value))
            booleanNumbers[index] = UInt32(policy.booleans.count)
        }
    }

    private mutating func levels() {
        let table = resolution.sensitivities
        let primaries = table.entries.indices.filter { !table[$0].isAlias && table.visibility(of: $0).isDeclared }
        for index in primaries.sorted(by: { table[$0].number < table[$1].number }) {
            policy.sensitivities.append(
                Sensitivity(
                    name: name(table.identifiers[index]),
                    level: MLSLevel(sensitivity: table[index].number, categories: table[index].categories)))
        }
        for index in table.entries.indices where table[index].isAlias {
            policy.sensitivityAliases.append(
                .init(name: name(table.identifiers[index]), number: table[index].number))
        }
        let categories = resolution.categories
        for index in categories.entries.indices where categories.visibility(of: index).isDeclared {
            if categories[index].isAlias {
                policy.categoryAliases.append(
                    .init(name: name(categories.identifiers[index]), number: categories[index].number))
            } else {
                policy.categories.append(name(categories.identifiers[index]))
            }
        }
    }
}
