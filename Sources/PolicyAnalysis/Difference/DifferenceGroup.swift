/// What kind of thing differs, by its keyword in the policy language where there is one, in the order in which it is told.
public enum DifferenceGroup: String, Hashable, Sendable, CaseIterable {
    case properties, classes, commons, types, attributes, aliases, typebounds, roles, users, booleans, sensitivities, categories
    case permissive, neveraudit
    case capabilities = "policycaps"
    case allow
    case auditAllow = "auditallow"
    case dontAudit = "dontaudit"
    case allowExtended = "allowxperm"
    case auditAllowExtended = "auditallowxperm"
    case dontAuditExtended = "dontauditxperm"
    case typeTransition = "type_transition"
    case typeMember = "type_member"
    case typeChange = "type_change"
    case rangeTransition = "range_transition"
    case roleAllow = "role_allow"
    case roleTransition = "role_transition"
    /// With `mlsconstrain`.
    case constrain
    /// With `mlsvalidatetrans`.
    case validateTransition = "validatetrans"
    case defaults
    case initialSID = "sid"
    case interrupt = "pirqcon"
    case ioMemory = "iomemcon"
    case ioPorts = "ioportcon"
    case pciDevice = "pcidevicecon"
    case deviceTreeNode = "devicetreecon"
    case filesystem = "fscon"
    case filesystemUse = "fs_use"
    case genfsContext = "genfscon"
    case port = "portcon"
    case interface = "netifcon"
    case node = "nodecon"
    case partitionKey = "ibpkeycon"
    case endPort = "ibendportcon"
}
