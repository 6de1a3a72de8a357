import Flask

/// Small policies in which everything occurs that an image can hold.
enum SamplePolicy {
    static func xen(version: UInt32 = 30, isMLS: Bool = true) -> Policy {
        var policy = base(.xen, version: version, isMLS: isMLS, processClass: "domain")
        let context = context(isMLS)
        policy.deviceContexts.interrupts = [.init(number: 9, context: context), .init(number: 3, context: context)]
        policy.deviceContexts.ioPorts = [.init(low: 0, high: 0xffff, context: context), .init(low: 0x60, high: 0x64, context: context)]
        let frames: UInt64 = version >= 30 ? 0x1_0000_0000 : 0xffff_ffff
        policy.deviceContexts.ioMemory = [.init(low: 1, high: frames, context: context), .init(low: 2, high: 3, context: context)]
        policy.deviceContexts.pciDevices = [.init(address: 0x5_0008, context: context), .init(address: 8, context: context)]
        if version >= 30 {
            policy.deviceContexts.deviceTreeNodes = [.init(path: "/soc/uart", context: context), .init(path: "/cpus", context: context)]
        }
        return policy
    }

    static func selinux(version: UInt32, isMLS: Bool = true) -> Policy {
        let isMLS = isMLS && version >= 19
        var policy = base(.selinux, version: version, isMLS: isMLS, processClass: "process")
        policy.commons = [PermissionTable(name: "shared", permissions: [.init(name: "read", number: 1), .init(name: "write", number: 2)])]
        var file = ObjectClass(name: "file")
        file.common = 1
        file.permissions = [.init(name: "entrypoint", number: 3)]
        file.permissionCount = 3
        policy.classes.append(file)
        let context = context(isMLS)
        var network = NetworkContexts()
        network.filesystems = [.init(name: "08:01", first: context, second: context)]
        network.ports = [.init(transport: 6, low: 1, high: 1_023, context: context), .init(transport: 17, low: 53, high: 53, context: context)]
        network.interfaces = [.init(name: "eth0", first: context, second: context)]
        network.nodes = [.init(address: [10, 0, 0, 0], mask: [255, 0, 0, 0], context: context)]
        network.filesystemUses = [.init(behaviour: 1, name: "ext4", context: context)]
        if version >= 17 {
            let ones = [UInt8](repeating: 255, count: 8) + [UInt8](repeating: 0, count: 8)
            network.nodes6 = [.init(address: [0xfe, 0x80] + [UInt8](repeating: 0, count: 14), mask: ones, context: context)]
        }
        if version >= 31 {
            network.partitionKeys = [.init(subnetPrefix: [0xfe, 0x80, 0, 0, 0, 0, 0, 1], low: 1, high: 9, context: context)]
            network.endPorts = [.init(device: "mlx4_0", port: 1, context: context)]
        }
        policy.networkContexts = network
        policy.genfsContexts = [
            GenfsContexts(filesystem: "proc", entries: [.init(path: "/net", objectClass: 3, context: context), .init(path: "/", objectClass: 0, context: context)])
        ]
        if version >= 25 {
            policy.filenameTransitions = [
                FilenameTransition(
                    name: "socket", target: 2, objectClass: 3,
                    results: [.init(sources: [0], type: 2), .init(sources: [1], type: 4)])
            ]
        }
        if version >= 30 {
            policy.rules.extendedPermissions = [
                ExtendedPermissions(kind: .ioctlFunction, driver: 0x12, words: [3, 0, 0, 0, 0, 0, 0, 1]),
                ExtendedPermissions(kind: .ioctlDriver, driver: 0, words: [0, 2, 0, 0, 0, 0, 0, 0]),
            ]
            policy.rules.rules += [
                Rule(source: 1, target: 2, objectClass: 3, kind: .allowExtended, data: 0),
                Rule(source: 1, target: 2, objectClass: 3, kind: .allowExtended, data: 1),
            ]
        }
        if version >= 35 { policy.neverauditTypes = [4] }
        return policy
    }

    private static func context(_ isMLS: Bool) -> SecurityContext {
        let level = MLSLevel(sensitivity: isMLS ? 1 : 0)
        return SecurityContext(user: 1, role: 2, type: 1, range: MLSRange(low: level, high: level))
    }

    private static func base(
        _ target: Policy.Target, version: UInt32, isMLS: Bool, processClass: Name
    ) -> Policy {
        var policy = Policy(target: target, version: version, isMLS: isMLS, handleUnknown: .allow)
        if version >= 22 { policy.capabilities = [1] }
        if version >= 23 { policy.permissiveTypes = [2] }
        policy.classes = classes(processClass, version: version, isMLS: isMLS)
        var objects = Role(name: "object_r")
        objects.dominates = []
        var role = Role(name: "system_r")
        role.dominates = [1]
        role.types = [0, 1, 3]
        // Number 3 is that of an attribute of roles.
        policy.roles = [objects, role, nil]
        policy.types = [
            TypeEntry(name: "dom0_t", isAttribute: false), TypeEntry(name: "guest_t", isAttribute: false),
            version >= 24 ? TypeEntry(name: "domains", isAttribute: true) : nil, TypeEntry(name: "child_t", isAttribute: false),
        ]
        if version >= 24 { policy.types[3]?.bounds = 1 }
        policy.typeAttributes = version >= 20 ? [[0, 2], [1, 2], [2], [3]] : [[0], [1], [2], [3]]
        policy.typeAliases = [.init(name: "domain_zero_t", number: 1)]
        var user = User(name: "system_u")
        user.roles = [1]
        if isMLS {
            policy.sensitivities = [
                Sensitivity(name: "s0", level: MLSLevel(sensitivity: 1, categories: [0, 1])),
                Sensitivity(name: "s1", level: MLSLevel(sensitivity: 2, categories: [0])),
            ]
            policy.sensitivityAliases = [.init(name: "low", number: 1)]
            policy.categories = ["c0", "c1"]
            policy.categoryAliases = [.init(name: "red", number: 2)]
            user.range = MLSRange(low: MLSLevel(sensitivity: 1), high: MLSLevel(sensitivity: 2, categories: [0]))
            user.defaultLevel = MLSLevel(sensitivity: 1)
            policy.rangeTransitions = [
                RangeTransition(source: 1, target: 2, objectClass: 1, range: MLSRange(low: user.range.low, high: user.range.low))
            ]
        }
        policy.users = [user]
        if version >= 16 { policy.booleans = [Boolean(name: "strict", value: true), Boolean(name: "debug", value: false)] }
        addRules(to: &policy)
        policy.initialContexts = [InitialContext(sid: 2, context: context(isMLS)), InitialContext(sid: 1, context: context(isMLS))]
        return policy
    }

    private static func classes(_ processClass: Name, version: UInt32, isMLS: Bool) -> [ObjectClass] {
        var process = ObjectClass(name: processClass)
        process.permissions = [.init(name: "create", number: 1), .init(name: "transition", number: 2)]
        process.permissionCount = 2
        var names = Constraint.Term(.names, [.type, .target], .equal, names: [0, 1])
        if version >= 29 { names.typeSet.included = [2] }
        process.constraints = [
            Constraint(permissions: 2, expression: [Constraint.Term(.attribute, .user, .equal), names, Constraint.Term(.or)])
        ]
        if version >= 19 {
            var third = Constraint.Term(.names, [.type, .relabellingProcess], .notEqual, names: [0])
            if version >= 29 { third.typeSet.included = [0] }
            process.validateTransitions = [Constraint(permissions: 0, expression: [third, Constraint.Term(.not)])]
        }
        if version >= 27 { process.defaults.role = 1 }
        if version >= 28 { process.defaults.type = 2 }
        var other = ObjectClass(name: "xen")
        other.permissions = [.init(name: "debug", number: 1)]
        other.permissionCount = 1
        return [process, other]
    }

    private static func addRules(to policy: inout Policy) {
        let attribute: UInt16 = policy.version >= 20 ? 3 : 2
        policy.rules.rules = [
            Rule(source: 1, target: attribute, objectClass: 1, kind: .allow, data: 3),
            Rule(source: 1, target: 2, objectClass: 1, kind: .allow, data: 1),
            Rule(source: 2, target: 1, objectClass: 2, kind: .auditDeny, data: 0xffff_fffe),
            Rule(source: 2, target: 1, objectClass: 2, kind: .auditAllow, data: 1),
            Rule(source: 1, target: 4, objectClass: 1, kind: .typeTransition, data: 2),
        ]
        if policy.version < 20 { policy.rules.rules.remove(at: 1) }
        policy.roleTransitions = [RoleTransition(role: 2, type: 2, objectClass: 1, newRole: 2)]
        policy.roleAllows = [RoleAllow(role: 2, newRole: 1)]
        guard policy.version >= 16 else { return }
        policy.conditionals = [
            Conditional(
                state: false,
                expression: [.init(.boolean, boolean: 1), .init(.boolean, boolean: 2), .init(.and)],
                whenTrue: [Rule(source: 2, target: 2, objectClass: 1, kind: .allow, data: 2)],
                whenFalse: [Rule(source: 4, target: 4, objectClass: 2, kind: .allow, data: 1)])
        ]
    }
}

extension Policy {
    /// With everything in one order that images do not keep.
    var canonical: Policy {
        var policy = self
        func order(_ rules: [Rule]) -> [Rule] {
            rules.map { rule in
                var rule = rule
                if rule.kind.isExtended {
                    // The place of extended permissions means nothing: their words do.
                    let extended = self.rules.extendedPermissions[Int(rule.data)]
                    rule.data = extended.words.reduce(UInt32(extended.driver)) { $0 &* 31 &+ $1 }
                }
                return rule
            }.sorted {
                ($0.source, $0.target, $0.objectClass, $0.kind.rawValue, $0.data) < ($1.source, $1.target, $1.objectClass, $1.kind.rawValue, $1.data)
            }
        }
        policy.rules.rules = order(rules.rules)
        policy.rules.extendedPermissions = []
        policy.typeAliases.sort { $0.name < $1.name }
        policy.filenameTransitions.sort { $0.name < $1.name }
        policy.rangeTransitions.sort { ($0.source, $0.target, $0.objectClass) < ($1.source, $1.target, $1.objectClass) }
        return policy
    }
}
