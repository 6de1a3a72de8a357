import Arguments
import PolicyAnalysis

/// An option of `xsm-policy info`.
enum InfoOption: CommandOption {
    case list(InventoryKind)
    case expand

    static var allCases: [InfoOption] { InventoryKind.allCases.map(Self.list) + [.expand] }

    var letter: Character? { if case .expand = self { "x" } else { nil } }

    var name: String? {
        switch self {
        case .list(let kind): kind.rawValue
        case .expand: "expand"
        }
    }

    var value: String? { if case .list = self { "NAME" } else { nil } }
    var valueIsOptional: Bool { if case .list = self { true } else { false } }

    var help: String {
        switch self {
        case .list(let kind): kind.help
        case .expand: "list with what belongs to each: as statements, and the types of attributes"
        }
    }
}

extension InventoryKind {
    fileprivate var help: String {
        switch self {
        case .types: "types; expanded with their attributes"
        case .attributes: "attributes; expanded with their types"
        case .aliases: "other names of types"
        case .classes: "classes; expanded with their permissions"
        case .commons: "permissions that classes share"
        case .roles: "roles; expanded with their types"
        case .users: "users; expanded with their roles"
        case .booleans: "booleans; expanded with their values"
        case .sensitivities: "sensitivities, from low to high"
        case .categories: "categories"
        case .constraints: "constraints, by class"
        case .validateTransitions: "validatetrans statements, by class"
        case .initialSIDs: "initial SIDs and their contexts"
        case .permissive: "permissive types"
        case .neveraudit: "types whose denials are never audited"
        case .capabilities: "policy capabilities"
        case .defaults: "where new contexts come from, by class"
        case .bounds: "types that others bound"
        case .interrupts: "interrupts with a context; a number is one of them"
        case .ioMemory: "page frames with a context; a number lies in the range"
        case .ioPorts: "ports with a context; a number lies in the range"
        case .pciDevices: "PCI devices with a context, by number"
        case .deviceTreeNodes: "device tree nodes with a context, by path"
        case .filesystemUses: "file systems that keep labels"
        case .genfsContexts: "contexts of files on others"
        case .ports: "contexts of network ports; a number lies in the range"
        case .interfaces: "contexts of network interfaces"
        case .nodes: "contexts of addresses"
        case .partitionKeys: "contexts of InfiniBand partitions"
        case .endPorts: "contexts of InfiniBand end ports"
        }
    }
}
