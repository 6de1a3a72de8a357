extension Keyword {
    /// Whether a statement may begin with the keyword: where parsing can go on after a mistake.
    var beginsStatement: Bool {
        switch self {
        case .class, .sid, .common, .sensitivity, .dominance, .category, .level, .mlsconstrain, .mlsvalidatetrans, .user,
            .constrain, .validatetrans, .pirqcon, .iomemcon, .ioportcon, .pcidevicecon, .devicetreecon, .fsUseXattr,
            .fsUseTask, .fsUseTrans, .genfscon, .portcon, .netifcon, .nodecon, .ibpkeycon, .ibendportcon, .defaultUser,
            .defaultRole, .defaultType, .defaultRange, .require, .module:
            true
        default: standsAmongRules
        }
    }

    /// Whether it begins a statement among types, roles and rules.
    var standsAmongRules: Bool {
        switch self {
        case .attribute, .expandattribute, .type, .typealias_, .typeattribute, .typebounds, .bool, .tunable, .if,
            .optional, .typeTransition, .typeMember, .typeChange, .rangeTransition, .roleTransition, .allow, .auditallow,
            .auditdeny, .dontaudit, .neverallow, .allowxperm, .auditallowxperm, .dontauditxperm, .neverallowxperm,
            .attributeRole, .role, .roleattribute, .policycap, .permissive, .neveraudit:
            true
        default: false
        }
    }
}
