import Diagnostics
import Flask
import Spelling

extension Resolver {
    mutating func declareBoolean(_ name: NameReference, value: Bool, isTunable: Bool, in scope: UInt32) {
        guard !hasDot(name, "a boolean"), mayDeclare("a boolean", name, in: scope) else { return }
        let outcome = result.booleans.mention(name, isDeclaration: true, scope: scope, mayRepeat: false) { table in
            _ = table.nextNumber()
            return BooleanSymbol(value: value, isTunable: isTunable)
        }
        if case .duplicate(let index) = outcome {
            reportDuplicate("boolean", name, first: result.booleans.visibility(of: index).offset)
        }
    }

    mutating func require(_ kind: Statement.RequiredSymbol, _ name: NameReference, in scope: UInt32) {
        // Users are looked at in the second pass, in which they are declared.
        guard kind != .user, mayDeclare(kind.withArticle, name, in: scope) else {
            if kind == .user { note(kind, name, in: scope) }
            return
        }
        note(kind, name, in: scope)
        switch kind {
        case .type, .attribute: requireType(kind == .attribute ? .attribute : .type, name, in: scope)
        case .role, .attributeRole:
            let outcome = result.roles.mention(name, isDeclaration: false, scope: scope, mayRepeat: true) { table in
                _ = table.nextNumber()
                return RoleSymbol(isAttribute: kind == .attributeRole)
            }
            if case .known(let index) = outcome, result.roles[index].isAttribute != (kind == .attributeRole) {
                report(
                    "duplicate-declaration",
                    "`\(self.name(of: name.identifier))` is \(kind == .attributeRole ? "a role, not a role attribute" : "a role attribute, not a role")",
                    at: name)
            }
        case .boolean, .tunable:
            _ = result.booleans.mention(name, isDeclaration: false, scope: scope, mayRepeat: true) { table in
                _ = table.nextNumber()
                return BooleanSymbol(value: false, isTunable: kind == .tunable)
            }
        case .sensitivity:
            _ = result.sensitivities.mention(name, isDeclaration: false, scope: scope, mayRepeat: true) { table in
                _ = table.nextNumber()
                return SensitivitySymbol(primary: table.entries.count, isAlias: false)
            }
        case .category:
            _ = result.categories.mention(name, isDeclaration: false, scope: scope, mayRepeat: true) { table in
                CategorySymbol(number: table.nextNumber(), isAlias: false)
            }
        case .user: break
        }
    }

    private mutating func note(_ kind: Statement.RequiredSymbol, _ name: NameReference, in scope: UInt32) {
        result.scopes[scope].required.append(.init(kind: kind, identifier: name.identifier))
    }

    private mutating func requireType(_ flavor: TypeSymbol.Flavor, _ name: NameReference, in scope: UInt32) {
        guard name.identifier != .selfType else {
            report("reserved-word", "`self` is not the name of a type", at: name)
            return
        }
        let outcome = result.types.mention(name, isDeclaration: false, scope: scope, mayRepeat: true) { table in
            _ = table.nextNumber()
            return TypeSymbol(flavor: flavor, primary: table.entries.count)
        }
        guard case .known(let index) = outcome else { return }
        let known = result.types[index].flavor
        if known == .alias, result.types[index].isRequiredAlias {
            report(
                "duplicate-declaration", "alias `\(self.name(of: name.identifier))` is required again behind its declaration",
                at: name, notes: ["checkpolicy refuses that where the alias is also required before its declaration"],
                help: "require the type that it names")
            return
        }
        if (known == .attribute) != (flavor == .attribute) {
            let visibility = result.types.visibility(of: index)
            report(
                "duplicate-declaration",
                "`\(self.name(of: name.identifier))` is \(known == .attribute ? "an attribute, not a type" : "a type, not an attribute")",
                at: name,
                labels: [
                    .init(
                        text.span(at: Int(visibility.offset), length: syntax.identifiers.length(of: name.identifier)),
                        "first mentioned here")
                ])
        }
    }

    mutating func requireClass(_ name: NameReference, _ permissions: NameList, in scope: UInt32) {
        guard mayDeclare("a class", name, in: scope) else { return }
        guard let index = result.classes.index(of: name.identifier) else {
            reportUnknown(.objectClass, name, among: result.classes)
            return
        }
        let known = result.classes[index]
        _ = result.classes.mention(name, isDeclaration: false, scope: scope, mayRepeat: true) { _ in known }
        let entry = known.objectClass
        var names = entry.permissions.map(\.name)
        if entry.common != 0 { names += result.commons[Int(entry.common) - 1].table.permissions.map(\.name) }
        for reference in syntax[permissions] where !names.contains(bytes(of: reference.identifier)) {
            reportUnknownPermission(reference, of: index)
        }
    }

    // MARK: Policy capabilities

    mutating func addCapability(_ name: NameReference) {
        let word = self.name(of: name.identifier)
        let known = PolicyCapability.names(dialect)
        guard let number = known.firstIndex(of: word.lowercased()) else {
            report(
                "unknown-capability", "there is no policy capability `\(word)`", at: name,
                nearest: Spelling.guess(word, among: known))
            return
        }
        result.capabilities.insert(number)
    }
}

/// The policy capabilities that a checkpolicy knows (libsepol, src/polcaps.c); the place is the number.
package enum PolicyCapability {
    /// Those that have a name by now.
    package static let names = names(Dialect(layout: .checkpolicy3_6))

    static func names(_ dialect: Dialect) -> [String] {
        let old = [
            "network_peer_controls", "open_perms", "extended_socket_class", "always_check_network", "cgroup_seclabel",
            "nnp_nosuid_transition", "genfs_seclabel_symlinks", "ioctl_skip_cloexec",
        ]
        guard dialect.layout == .checkpolicy3_6 else { return old }
        return old + [
            "userspace_initial_context", "netlink_xperm", "netif_wildcard", "genfs_seclabel_wildcard",
            "functionfs_seclabel", "memfd_class", "bpf_token_perms",
        ]
    }

    /// `genfs_seclabel_wildcard`.
    static let genfsWildcard = 11
}
