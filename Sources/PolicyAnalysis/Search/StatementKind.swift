/// A kind of statement that can be searched for, by its keyword in the policy language; a role's allow has the same as a type's, and so
/// another name here.
public enum StatementKind: String, Hashable, Sendable, CaseIterable {
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
    case initialSID = "sid"
    case interrupt = "pirqcon"
    case ioMemory = "iomemcon"
    case ioPorts = "ioportcon"
    case pciDevice = "pcidevicecon"
    case deviceTreeNode = "devicetreecon"
}
