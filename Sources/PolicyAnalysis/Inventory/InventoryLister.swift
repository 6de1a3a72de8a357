import Flask
import PolicyCompiler

/// Lists what a policy holds of one kind.
struct InventoryLister {
    let policy: Policy
    let texts: StatementTexts

    var writer: StatementWriter { texts.writer }
    var names: PolicyNames { texts.writer.names }

    init(_ analysed: AnalysedPolicy, for kind: InventoryKind) {
        policy = analysed.policy
        texts = StatementTexts(analysed, namesInitialSIDs: kind == .initialSIDs)
    }

    func list(_ kind: InventoryKind, _ found: inout InventorySelection) throws(QuestionMistake) {
        switch kind {
        case .types, .attributes, .aliases, .permissive, .neveraudit, .bounds: try listTypes(kind, &found)
        case .classes, .commons, .defaults, .constraints, .validateTransitions: try listClasses(kind, &found)
        case .roles, .users, .booleans, .sensitivities, .categories, .capabilities: try listOthers(kind, &found)
        case .initialSIDs, .interrupts, .ioMemory, .ioPorts, .pciDevices, .deviceTreeNodes: try listContexts(kind, &found)
        case .filesystemUses, .genfsContexts, .ports, .interfaces, .nodes, .partitionKeys, .endPorts: try listNetwork(kind, &found)
        }
    }

    func members(_ what: String, _ texts: [PolicyText]) -> InventoryEntry.Members {
        .init(what, texts.map { Name(bytes: $0.bytes) })
    }

    // MARK: Types

    private func listTypes(_ kind: InventoryKind, _ found: inout InventorySelection) throws(QuestionMistake) {
        switch kind {
        case .types:
            let aliases = Dictionary(grouping: policy.typeAliases, by: \.number).mapValues { $0.map(\.name).sorted() }
            for type in names.sortedTypes {
                try found.add(type.name) {
                    var attributes = policy.typeAttributes[type.index]
                    attributes.remove(type.index)
                    let list = names.sortedNames(attributes, .type)
                    let other = aliases[UInt32(type.index + 1)] ?? []
                    let alias: PolicyText = other.isEmpty ? "" : " alias { \(other.map { PolicyText($0) }.joined(" ")) }"
                    return (
                        "type \(type.name)\(alias)\(list.isEmpty ? "" : ", ")\(list.joined(", "));",
                        [members("attributes", list), .init("aliases", other)]
                    )
                }
            }
        case .attributes:
            var types = [Bitmap](repeating: [], count: policy.types.count)
            for type in names.sortedTypes {
                for attribute in policy.typeAttributes[type.index] where attribute < types.count { types[attribute].insert(type.index) }
            }
            for attribute in names.sortedAttributes {
                try found.add(attribute.name) {
                    ("attribute \(attribute.name);", [members("types", names.sortedNames(types[attribute.index], .type))])
                }
            }
        case .aliases:
            for alias in policy.typeAliases.sorted(by: { $0.name < $1.name }) {
                let type = names.type(alias.number)
                try found.add(alias.name) { ("typealias \(type) alias \(alias.name);", [.init("types", [type])]) }
            }
        case .bounds:
            for type in names.sortedTypes {
                guard let bounds = policy.types[type.index]?.bounds, bounds != 0 else { continue }
                let parent = names.type(bounds)
                try found.add(type.name) { ("typebounds \(parent) \(type.name);", [.init("bounds", [parent])]) }
            }
        default:
            let word = kind == .permissive ? "permissive" : "neveraudit"
            for name in names.sortedNames(shifted(kind == .permissive ? policy.permissiveTypes : policy.neverauditTypes), .type) {
                try found.add(Name(bytes: name.bytes)) { ("\(word) \(name);", []) }
            }
        }
    }

    /// Numbers as indices.
    private func shifted(_ numbers: Bitmap) -> Bitmap { Bitmap(numbers.lazy.filter { $0 > 0 }.map { $0 - 1 }) }

    // MARK: Classes

    private func listClasses(_ kind: InventoryKind, _ found: inout InventorySelection) throws(QuestionMistake) {
        if kind == .commons {
            for common in policy.commons.sorted(by: { $0.name < $1.name }) {
                try found.add(common.name) { (writer.text(common), [.init("permissions", common.permissions.map(\.name))]) }
            }
            return
        }
        for (index, entry) in policy.classes.enumerated().sorted(by: { $0.element.name < $1.element.name }) {
            switch kind {
            case .classes:
                let common = entry.common == 0 ? nil : policy.commons[Int(entry.common) - 1]
                try found.add(entry.name) {
                    let permissions = (common?.permissions ?? []) + entry.permissions
                    return (
                        writer.text(entry) ?? "class \(entry.name)",
                        [.init("permissions", permissions.sorted { $0.number < $1.number }.map(\.name))]
                            + (common.map { [.init("common", [$0.name])] } ?? [])
                    )
                }
            case .defaults:
                for text in writer.defaults(entry) { try found.add(entry.name) { (text, []) } }
            default:
                for constraint in kind == .constraints ? entry.constraints : entry.validateTransitions {
                    guard let text = writer.text(constraint, ofClass: index + 1) else { continue }
                    try found.add(entry.name) { (text, []) }
                }
            }
        }
    }

    // MARK: Roles, users and others

    private func listOthers(_ kind: InventoryKind, _ found: inout InventorySelection) throws(QuestionMistake) {
        switch kind {
        case .roles:
            for role in names.sortedRoles {
                try found.add(role.name) {
                    let types = names.sortedNames(role.types, .type)
                    return (
                        types.isEmpty ? "role \(role.name);" : "role \(role.name) types { \(types.joined(" ")) };",
                        [members("types", types), members("dominates", names.sortedNames(role.dominates, .role))]
                    )
                }
            }
        case .users:
            for user in names.sortedUsers {
                try found.add(user.name) { (writer.text(user), [members("roles", names.sortedNames(user.roles, .role))]) }
            }
        case .booleans:
            for boolean in policy.booleans.sorted(by: { $0.name < $1.name }) {
                try found.add(boolean.name) { (writer.text(boolean), [.init("value", [boolean.value ? "true" : "false"])]) }
            }
        case .sensitivities:
            for index in policy.sensitivities.indices {
                try found.add(policy.sensitivities[index].name) {
                    let categories = policy.sensitivities[index].level.categories.map { names.category($0) }
                    return (writer.sensitivity(index), [.init("categories", categories)])
                }
            }
        case .categories:
            for index in policy.categories.indices { try found.add(policy.categories[index]) { (writer.category(index), []) } }
        default:
            for number in policy.capabilities {
                let name = AnalysedPolicy.name(ofCapability: number)
                try found.add(Name(name)) { ("policycap \(name);", []) }
            }
        }
    }
}
