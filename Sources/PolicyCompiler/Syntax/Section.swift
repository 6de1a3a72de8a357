/// The parts of a policy, in the order in which the grammar wants them (checkpolicy, policy_parse.y: `base_policy`).
enum Section: Int, Comparable, Sendable, CaseIterable {
    case classes, initialSIDs, commons, accessVectors, defaults
    case sensitivities, dominance, categories, levels, mlsConstraints
    case rules, users, constraints, initialContexts
    case filesystemUses, genfs, ports, interfaces, nodes
    case devices, partitionKeys, endPorts

    static func < (a: Section, b: Section) -> Bool { a.rawValue < b.rawValue }

    /// What stands in the section, for messages.
    var contents: String {
        switch self {
        case .classes: "class declarations"
        case .initialSIDs: "initial SID declarations"
        case .commons: "common declarations"
        case .accessVectors: "class permissions"
        case .defaults: "default_* statements"
        case .sensitivities: "sensitivities"
        case .dominance: "the dominance of sensitivities"
        case .categories: "categories"
        case .levels: "levels"
        case .mlsConstraints: "MLS constraints"
        case .rules: "types, roles and rules"
        case .users: "users"
        case .constraints: "constraints"
        case .initialContexts: "contexts of initial SIDs"
        case .filesystemUses: "fs_use_* statements"
        case .genfs: "genfscon statements"
        case .ports: "portcon statements"
        case .interfaces: "netifcon statements"
        case .nodes: "nodecon statements"
        case .devices: "device contexts"
        case .partitionKeys: "ibpkeycon statements"
        case .endPorts: "ibendportcon statements"
        }
    }

    /// The shortest text that fills a section that must not be empty.
    var example: String? {
        switch self {
        case .classes: "class domain"
        case .initialSIDs: "sid xen"
        case .accessVectors: "class domain { create }"
        case .users: "user system_u roles system_r;"
        case .initialContexts: "sid xen system_u:system_r:xen_t"
        case .sensitivities: "sensitivity s0;"
        case .dominance: "dominance { s0 }"
        case .levels: "level s0;"
        case .mlsConstraints: "mlsconstrain domain create ( l1 dom l2 );"
        default: nil
        }
    }

    /// The sections that must not be empty.
    static let required: [Section] = [.classes, .initialSIDs, .accessVectors, .rules, .users, .initialContexts]
    /// Those that only a policy with MLS has.
    static let ofMLS: [Section] = [.sensitivities, .dominance, .categories, .levels, .mlsConstraints]
    /// Those that must not be empty once one of them is there.
    static let requiredWithMLS: [Section] = [.sensitivities, .dominance, .levels, .mlsConstraints]
}
