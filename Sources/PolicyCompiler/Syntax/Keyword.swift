/// The reserved words of the policy language, as checkpolicy knows them (checkpolicy, policy_scan.l). Each is
/// reserved in all lower and in all upper case, and only so.
enum Keyword: String, CaseIterable, Sendable {
    case common, `class`, constrain, validatetrans, inherits, sid
    case role, roles, roleattribute
    case attributeRole = "attribute_role"
    case types, typealias_ = "typealias", typeattribute, typebounds, type
    case bool, tunable, `if`, `else`, alias, attribute, expandattribute
    case typeTransition = "type_transition"
    case typeMember = "type_member"
    case typeChange = "type_change"
    case roleTransition = "role_transition"
    case rangeTransition = "range_transition"
    case sensitivity, dominance, category, level, range, mlsconstrain, mlsvalidatetrans, user
    case neverallow, allow, auditallow, auditdeny, dontaudit
    case allowxperm, auditallowxperm, dontauditxperm, neverallowxperm
    case source, target, sameuser, module, require, optional
    case or, and, not, xor, eq, `true`, `false`, dom, domby, incomp
    case ibpkeycon, ibendportcon, portcon, netifcon, nodecon
    case pirqcon, iomemcon, ioportcon, pcidevicecon, devicetreecon
    case fsUseXattr = "fs_use_xattr"
    case fsUseTask = "fs_use_task"
    case fsUseTrans = "fs_use_trans"
    case genfscon
    case r1, r2, r3, u1, u2, u3, t1, t2, t3, l1, l2, h1, h2
    case policycap, permissive, neveraudit
    case defaultUser = "default_user"
    case defaultRole = "default_role"
    case defaultType = "default_type"
    case defaultRange = "default_range"
    case lowHigh = "low-high"
    case high, low, glblub

    static let all = Array(allCases)
}
