import Diagnostics
import Flask

extension Resolver {
    /// `object_r` exists in every policy, as role number 1.
    mutating func declareObjectRole() {
        let reference = NameReference(identifier: .objectRole, offset: 0)
        _ = result.roles.mention(reference, isDeclaration: true, scope: 0, mayRepeat: true) { table in
            _ = table.nextNumber()
            return RoleSymbol(isAttribute: false)
        }
    }

    mutating func declareRole(
        _ name: NameReference, isAttribute: Bool, _ attributes: ArraySlice<NameReference>, in scope: UInt32
    ) {
        guard mayDeclare("a role", name, in: scope) else { return }
        let outcome = result.roles.mention(name, isDeclaration: true, scope: scope, mayRepeat: true) { table in
            _ = table.nextNumber()
            return RoleSymbol(isAttribute: isAttribute, firstBlock: scope == 0 ? nil : scope)
        }
        let index: Int
        switch outcome {
        case .added(let new): index = new
        case .known(let old), .duplicate(let old):
            if result.roles[old].isAttribute != isAttribute {
                let other = isAttribute ? "a role" : "a role attribute"
                report("duplicate-declaration", "`\(self.name(of: name.identifier))` is \(other) already", at: name)
                return
            }
            // Only plain roles may be declared again.
            let visibility = result.roles.visibility(of: old)
            if isAttribute, visibility.isDeclared, visibility.offset != name.offset {
                reportDuplicate("role attribute", name, first: visibility.offset)
                return
            }
            index = old
        }
        boundRoleByName(name, index, in: scope)
        for attribute in attributes { addRole(index, to: attribute, in: scope) }
    }

    /// In a block, a role whose name has a dot is bounded by the role named before the last dot, which the block must
    /// declare too. Elsewhere the parent is looked up when all roles are known.
    private mutating func boundRoleByName(_ name: NameReference, _ index: Int, in scope: UInt32) {
        guard scope != 0, localRoles[scope, default: []].insert(index).inserted,
            let parent = parent(of: name.identifier)
        else { return }
        guard let identifier = syntax.identifiers.find(parent), let bounds = result.roles.index(of: identifier),
            localRoles[scope, default: []].contains(bounds)
        else {
            report(
                "unknown-role", "role `\(self.name(of: name.identifier))` is bounded by `\(parent)`, which the block does not declare",
                at: name, notes: ["a `.` in a role's name means that the role is bounded by what stands before it"])
            return
        }
        result.roles[index].bounds = bounds
    }

    /// What stands before the last dot of a name.
    func parent(of identifier: Identifier) -> String? {
        let bytes = syntax.identifiers.bytes(of: identifier)
        return bytes.lastIndex(of: UInt8(ascii: ".")).map { String(decoding: bytes[..<$0], as: UTF8.self) }
    }

    mutating func addRoleAttributes(to name: NameReference, _ attributes: NameList, in scope: UInt32) {
        guard let role = result.roles.index(of: name.identifier) else {
            reportUnknown(.role, name, among: result.roles)
            return
        }
        guard isVisible(result.roles.visibility(of: role).scopes, from: scope) else {
            reportOutOfScope("role", name, declaredAt: result.roles.visibility(of: role).offset)
            return
        }
        for attribute in syntax[attributes] { addRole(role, to: attribute, in: scope) }
    }

    private mutating func addRole(_ role: Int, to attribute: NameReference, in scope: UInt32) {
        guard let index = result.roles.index(of: attribute.identifier) else {
            reportUnknown(.roleAttribute, attribute, among: result.roles) { $0.isAttribute }
            return
        }
        guard isVisible(result.roles.visibility(of: index).scopes, from: scope) else {
            reportOutOfScope(
                "role attribute", attribute, declaredAt: result.roles.visibility(of: index).offset)
            return
        }
        guard result.roles[index].isAttribute else {
            report("not-an-attribute", "`\(name(of: attribute.identifier))` is a role, not a role attribute", at: attribute)
            return
        }
        result.contents[Int(scope)].roleAttributes.append((index, role))
        localRoles[scope, default: []].insert(index)
    }

    // MARK: The second pass

    /// A role that may be used here; nil, and reported, when there is none.
    mutating func role(_ name: NameReference) -> Int? {
        guard let index = result.roles.index(of: name.identifier) else {
            reportUnknown(.role, name, among: result.roles)
            return nil
        }
        guard isInScope(index, result.roles) else {
            reportOutOfScope("role", name, declaredAt: result.roles.visibility(of: index).offset)
            return nil
        }
        return index
    }

    /// The roles of a set; `*`, `~` and `-` have no meaning among roles.
    mutating func roles(_ list: NameList) -> [Int]? {
        var roles: [Int] = []
        var isComplete = true
        for reference in syntax[list] {
            guard !reference.identifier.isMarker else {
                report(
                    "wildcard-not-allowed", "`\(name(of: reference.identifier))` is not allowed in a set of roles", at: reference)
                return nil
            }
            if let role = role(reference) { roles.append(role) } else { isComplete = false }
        }
        return isComplete ? roles : nil
    }

    mutating func addRoleTypes(_ name: NameReference, _ types: NameList) {
        let role = self.role(name)
        guard let set = typeSet(types)?.set, let role else {
            incomplete.insert(name.identifier)
            return
        }
        result.contents[Int(scope.current)].roleTypes.append((role, set))
    }

    mutating func addRoleAllow(_ source: NameList, _ target: NameList) {
        // `allow a b;` may be a rule whose class was forgotten: then the names are types.
        if let mistaken = typesTakenForRoles(source, target) {
            report(
                "unknown-role", "`allow` with two names is about roles, and `\(self.name(of: mistaken.identifier))` is a type",
                at: mistaken, help: "a rule about types needs a class and permissions: `allow a b:class permission;`")
            return
        }
        let sources = roles(source)
        let targets = roles(target)
        guard let sources, let targets else { return }
        result.contents[Int(scope.current)].roleAllows.append(.init(sources: sources, targets: targets, node: currentNode))
    }

    private func typesTakenForRoles(_ source: NameList, _ target: NameList) -> NameReference? {
        (syntax[source] + syntax[target]).first {
            result.roles.index(of: $0.identifier) == nil && result.types.index(of: $0.identifier) != nil
        }
    }

    mutating func addRoleTransition(
        _ roles: NameList, _ types: NameList, _ classes: NameList?, _ newRole: NameReference
    ) {
        let sources = self.roles(roles)
        let set = typeSet(types)?.set
        let classIndices = classes.map { self.classes($0) } ?? processClass("role_transition")
        guard let role = role(newRole), let sources, let set, let classIndices else { return }
        guard !result.roles[role].isAttribute else {
            report("not-a-role", "`\(name(of: newRole.identifier))` is a role attribute, and the new role must be a role", at: newRole)
            return
        }
        result.contents[Int(scope.current)].roleTransitions.append(
            .init(
                roles: sources, types: set, classes: classIndices.map { UInt32($0 + 1) }, newRole: role, node: currentNode))
    }

    /// A transition that names no class is one of class `process`, which Xen does not have.
    mutating func processClass(_ statement: String) -> [Int]? {
        if let identifier = syntax.identifiers.find("process"), let index = result.classes.index(of: identifier) {
            return [index]
        }
        let node = syntax.nodes[Int(currentNode)]
        report(
            "missing-class", "`\(statement)` without a class is about class `process`, which the policy does not have",
            at: node.offset, length: Int(node.end - node.offset),
            help: target == .xen ? "name the class: `:domain`" : "name a class")
        return nil
    }

    // MARK: Role dominance

    /// Gives a role the types that the roles below it have so far, and the roles above it the same (checkpolicy 3.4,
    /// policy_define.c: `define_role_dom`).
    mutating func dominate(_ name: NameReference, _ dominated: NameList) {
        let outcome = result.roles.mention(name, isDeclaration: true, scope: scope.current, mayRepeat: true) { table in
            _ = table.nextNumber()
            return RoleSymbol(isAttribute: false)
        }
        let role: Int
        switch outcome {
        case .added(let index), .known(let index), .duplicate(let index): role = index
        }
        let lower = syntax[dominated].compactMap { result.roles.index(of: $0.identifier) }
        guard !lower.isEmpty else { return }
        // Of several roles checkpolicy forgets which types they exclude.
        var types = Authorisation.types(of: Set(lower), result, withExclusions: lower.count == 1)
        for index in lower { result.roles[role].dominated.formUnion(result.roles[index].dominated.union([index])) }
        give(types, to: role)
        types = Authorisation.types(of: [role], result)
        let below = result.roles[role].dominated.union([role])
        for index in result.roles.entries.indices
        where index != role && result.roles[index].dominated.contains(role) {
            result.roles[index].dominated.formUnion(below)
            give(types, to: index)
        }
    }

    private mutating func give(_ types: Set<Int>, to role: Int) {
        let start = UInt32(result.typePool.count)
        result.typePool.append(contentsOf: types.sorted().map(Int32.init))
        let end = UInt32(result.typePool.count)
        let set = TypeSet(included: start..<end, excluded: end..<end, isStar: false, isComplement: false)
        result.contents[0].roleTypes.append((role, set))
    }
}
