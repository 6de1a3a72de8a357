/// What a policy holds besides rules, kind by kind.
public enum InventoryKind: String, Hashable, Sendable, CaseIterable {
    case types, attributes, aliases, classes, commons, roles, users, booleans, sensitivities, categories
    case constraints
    case validateTransitions = "validatetrans"
    case initialSIDs = "initial-sids"
    case permissive, neveraudit
    case capabilities = "policycaps"
    case defaults
    case bounds = "typebounds"
    case interrupts = "pirqcon"
    case ioMemory = "iomemcon"
    case ioPorts = "ioportcon"
    case pciDevices = "pcidevicecon"
    case deviceTreeNodes = "devicetreecon"
    case filesystemUses = "fs_use"
    case genfsContexts = "genfscon"
    case ports = "portcon"
    case interfaces = "netifcon"
    case nodes = "nodecon"
    case partitionKeys = "ibpkeycon"
    case endPorts = "ibendportcon"

    /// What a pattern for its entries is about, for messages.
    public var subject: String {
        switch self {
        case .types: "type"
        case .attributes: "attribute"
        case .aliases: "alias"
        case .classes: "class"
        case .commons: "common"
        case .roles: "role"
        case .users: "user"
        case .booleans: "boolean"
        case .sensitivities: "sensitivity"
        case .categories: "category"
        case .constraints: "class with a constraint"
        case .validateTransitions: "class with a validatetrans"
        case .initialSIDs: "initial SID"
        case .permissive: "permissive type"
        case .neveraudit: "type whose denials are never audited"
        case .capabilities: "policy capability"
        case .defaults: "class with a default"
        case .bounds: "type that is bounded"
        case .interrupts: "interrupt"
        case .ioMemory: "range of page frames"
        case .ioPorts: "range of ports"
        case .pciDevices: "PCI device"
        case .deviceTreeNodes: "device tree node"
        case .filesystemUses, .genfsContexts: "file system"
        case .ports: "port"
        case .interfaces: "interface"
        case .nodes: "address"
        case .partitionKeys: "partition key"
        case .endPorts: "device"
        }
    }
}
