import Flask
import PolicyAnalysis
import TestSupport

/// A question for both sides.
struct RandomQuestion {
    private(set) var ours = SearchQuestion()
    /// The same for setools.
    private(set) var theirs: [String: Any] = [:]

    /// What a policy has to be asked about.
    struct Names {
        let types: [String]
        let typesOnly: [String]
        let roles: [String]
        let classes: [(name: String, permissions: [String])]
        let booleans: [String]

        init(_ policy: Policy) {
            typesOnly = policy.types.compactMap { $0 }.filter { !$0.isAttribute }.map(\.name.description)
            // An attribute without types, such as one that `expandattribute` took apart, is no criterion for setools: it finds every rule.
            let attributes = policy.types.indices.filter { attribute in
                policy.types[attribute]?.isAttribute == true
                    && policy.typeAttributes.indices.contains { $0 != attribute && policy.typeAttributes[$0].contains(attribute) }
            }
            types = typesOnly + attributes.compactMap { policy.types[$0]?.name.description } + policy.typeAliases.map(\.name.description)
            roles = policy.roles.compactMap { $0?.name.description }
            classes = policy.classes.map { entry in
                let common = entry.common == 0 ? [] : policy.commons[Int(entry.common) - 1].permissions
                return (entry.name.description, (common + entry.permissions).map(\.name.description))
            }
            booleans = policy.booleans.map(\.name.description)
        }
    }

    init(_ names: Names, _ random: inout SplitMix64) throws {
        switch random.below(10) {
        case 0: try askRoles(names, &random)
        case 1: try askRanges(names, &random)
        case 2: try askConstraints(names, &random)
        default: try askRules(names, &random)
        }
    }

    private static let rules: [StatementKind] = [
        .allow, .auditAllow, .dontAudit, .allowExtended, .auditAllowExtended, .dontAuditExtended, .typeTransition, .typeMember, .typeChange,
    ]

    private mutating func askRules(_ names: Names, _ random: inout SplitMix64) throws {
        theirs["ask"] = "rules"
        let kinds = random.percent(50) ? [StatementKind.allow] : random.some(Self.rules, 1, 9)
        ours.kinds = Set(kinds)
        theirs["ruletype"] = kinds.map(\.rawValue)
        if random.percent(60) { try askSource(names, &random) }
        if random.percent(50) { try askTarget(names, &random) }
        var permissions = names.classes.flatMap(\.permissions)
        if random.percent(40), !names.classes.isEmpty {
            let classes = random.some(names.classes, 1, 2)
            try askClasses(classes.map(\.name))
            permissions = classes.flatMap(\.permissions)
        }
        if random.percent(40), !permissions.isEmpty {
            let wanted = Array(Set(random.some(permissions, 1, 3))).sorted()
            ours.permissions = try wanted.map { try NamePattern($0) }
            theirs["perms"] = wanted
            if random.percent(30) {
                ours.needsAllPermissions = true
                theirs["perms_subset"] = true
            }
        }
        if random.percent(12), !names.booleans.isEmpty {
            let wanted = random.some(names.booleans, 1, 2)
            ours.booleans = try wanted.map { try NamePattern($0) }
            theirs["boolean"] = wanted
        }
        if random.percent(10), !names.typesOnly.isEmpty {
            let wanted = random.pick(names.typesOnly)
            ours.result = try NamePattern(wanted)
            theirs["default"] = wanted
        }
    }

    private mutating func askRoles(_ names: Names, _ random: inout SplitMix64) throws {
        theirs["ask"] = "roles"
        let kinds = random.some([StatementKind.roleAllow, .roleTransition], 1, 2)
        ours.kinds = Set(kinds)
        theirs["ruletype"] = kinds.map { $0 == .roleAllow ? "allow" : "role_transition" }
        if random.percent(50), !names.roles.isEmpty {
            let wanted = random.pick(names.roles)
            ours.source = try NamePattern(wanted)
            theirs["source"] = wanted
        }
        if kinds == [.roleAllow], random.percent(50), !names.roles.isEmpty {
            let wanted = random.pick(names.roles)
            ours.target = try NamePattern(wanted)
            theirs["target"] = wanted
        }
        if kinds == [.roleTransition], random.percent(50), !names.classes.isEmpty { try askClasses([random.pick(names.classes).name]) }
    }

    private mutating func askRanges(_ names: Names, _ random: inout SplitMix64) throws {
        theirs["ask"] = "ranges"
        theirs["ruletype"] = ["range_transition"]
        ours.kinds = [.rangeTransition]
        if random.percent(50) { try askSource(names, &random) }
        if random.percent(50) { try askTarget(names, &random) }
    }

    private mutating func askConstraints(_ names: Names, _ random: inout SplitMix64) throws {
        theirs["ask"] = "constraints"
        ours.kinds = [.constrain]
        theirs["ruletype"] = ["constrain", "mlsconstrain"]
        guard random.percent(80), !names.classes.isEmpty else { return }
        let objectClass = random.pick(names.classes)
        try askClasses([objectClass.name])
        guard random.percent(50), !objectClass.permissions.isEmpty else { return }
        let wanted = Array(Set(random.some(objectClass.permissions, 1, 2))).sorted()
        ours.permissions = try wanted.map { try NamePattern($0) }
        theirs["perms"] = wanted
    }

    // MARK: Criteria

    private mutating func askClasses(_ wanted: [String]) throws {
        ours.classes = try wanted.map { try NamePattern($0) }
        theirs["tclass"] = wanted
    }

    private mutating func askSource(_ names: Names, _ random: inout SplitMix64) throws {
        (ours.source, ours.isSourceDirect) = try askType(names, "source", &random)
    }

    private mutating func askTarget(_ names: Names, _ random: inout SplitMix64) throws {
        (ours.target, ours.isTargetDirect) = try askType(names, "target", &random)
    }

    private mutating func askType(_ names: Names, _ side: String, _ random: inout SplitMix64) throws -> (NamePattern?, Bool) {
        guard !names.types.isEmpty else { return (nil, false) }
        let isDirect = random.percent(25)
        if isDirect { theirs["\(side)_indirect"] = false }
        let name = random.pick(names.types)
        guard random.percent(25) else {
            theirs[side] = name
            return (try NamePattern(name), isDirect)
        }
        let expression = Self.expression(like: name, &random)
        theirs[side] = expression
        theirs["\(side)_regex"] = true
        return (try NamePattern("/\(expression)/"), isDirect)
    }

    /// Means the same to POSIX and to Python.
    private static func expression(like name: String, _ random: inout SplitMix64) -> String {
        let part = String(name.dropFirst(random.below(name.count / 2 + 1)).prefix(1 + random.below(6)))
        switch random.below(6) {
        case 0: return "^" + name.prefix(4)
        case 1: return part + "$"
        case 2: return "(\(part)|_exec_t$)"
        case 3: return "^[a-d].*" + part
        case 4: return part + "[^_]{1,3}_?"
        default: return part
        }
    }
}
