public import Flask
import PolicyCompiler

/// A statement of a policy, after expansion: what an image holds.
public enum PolicyStatement: Hashable, Sendable {
    case rule(Rule)
    /// A type_transition by the name of a file, of one source.
    case filenameTransition(FilenameTransition, source: UInt32, type: UInt32)
    case rangeTransition(RangeTransition)
    case roleAllow(RoleAllow)
    case roleTransition(RoleTransition)
    /// A constraint or validatetrans, with its class's number and its place among that class's.
    case constraint(Constraint, objectClass: Int, place: Int)
    case initialSID(InitialContext)
    case interrupt(DeviceContexts.Interrupt)
    case ioPorts(DeviceContexts.IOPorts)
    case ioMemory(DeviceContexts.IOMemory)
    case pciDevice(DeviceContexts.PCIDevice)
    case deviceTreeNode(DeviceContexts.DeviceTreeNode)

    public var kind: StatementKind {
        switch self {
        case .rule(let rule): StatementKind(rule.kind)
        case .filenameTransition: .typeTransition
        case .rangeTransition: .rangeTransition
        case .roleAllow: .roleAllow
        case .roleTransition: .roleTransition
        case .constraint(let constraint, _, _): constraint.permissions == 0 ? .validateTransition : .constrain
        case .initialSID: .initialSID
        case .interrupt: .interrupt
        case .ioPorts: .ioPorts
        case .ioMemory: .ioMemory
        case .pciDevice: .pciDevice
        case .deviceTreeNode: .deviceTreeNode
        }
    }
}

extension StatementKind {
    /// Kinds of rules are called by their keywords.
    init(_ kind: Rule.Kind) { self = Self(rawValue: StatementWriter.word(kind)) ?? .typeChange }
}
