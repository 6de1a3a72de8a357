public import Flask

/// A policy for a release's own tables: one type for each initial SID, called as it is, and `guest` and `other`. Nothing is
/// granted but what is asked for.
public struct ReleasePolicy {
    public let vocabulary: Vocabulary
    public private(set) var policy: Policy

    public struct Grant: Sendable {
        public var source: String
        public var target: String
        public var objectClass: String
        public var permissions: [String]
        public var kind: Rule.Kind

        public init(
            source: String, target: String, objectClass: String, permissions: [String], kind: Rule.Kind = .allow
        ) {
            self.source = source
            self.target = target
            self.objectClass = objectClass
            self.permissions = permissions
            self.kind = kind
        }
    }

    /// With further types, each in the role that all have.
    public init(_ release: String = "4.17", isMLS: Bool = false, types: [String] = []) {
        vocabulary = Vocabulary(of: XenRelease(release)!)!
        policy = Policy(target: .xen, version: vocabulary.release.policyVersion, isMLS: isMLS)
        policy.classes = vocabulary.classes.map { entry in
            var objectClass = ObjectClass(name: Name(entry.name))
            objectClass.permissions = entry.permissions.enumerated().map { .init(name: Name($1), number: UInt32($0 + 1)) }
            objectClass.permissionCount = UInt32(entry.permissions.count)
            return objectClass
        }
        let names = vocabulary.initialSIDs + ["guest", "other"] + types
        policy.types = names.map { TypeEntry(name: Name($0), isAttribute: false) }
        policy.typeAttributes = names.indices.map { [$0] }
        var objects = Role(name: "object_r")
        objects.dominates = []
        var role = Role(name: "system_r")
        role.dominates = [1]
        for index in names.indices { role.types.insert(index) }
        policy.roles = [objects, role]
        var user = User(name: "system_u")
        user.roles = [1]
        let level = MLSLevel(sensitivity: isMLS ? 1 : 0)
        if isMLS {
            policy.sensitivities = [Sensitivity(name: "s0", level: level)]
            user.range = MLSRange(low: level, high: level)
            user.defaultLevel = level
        }
        policy.users = [user]
        policy.booleans = [Boolean(name: "strict", value: true), Boolean(name: "debugging", value: false)]
        policy.initialContexts = vocabulary.initialSIDs.indices.map {
            InitialContext(
                sid: UInt32($0 + 1),
                context: SecurityContext(user: 1, role: 2, type: UInt32($0 + 1), range: MLSRange(low: level, high: level)))
        }
        // Xen takes no policy without rules.
        grant([Grant(source: "xen", target: "xen", objectClass: "xen", permissions: ["kexec"])])
    }

    public func type(_ name: String) -> UInt16 { UInt16(policy.types.firstIndex { $0?.name == Name(name) }! + 1) }

    public func objectClass(_ name: String) -> UInt16 { UInt16(vocabulary.objectClass(named: name)!.number) }

    public func bits(_ permissions: [String], of objectClass: String) -> UInt32 {
        let known = vocabulary.objectClass(named: objectClass)!.objectClass.permissions
        return permissions.reduce(0) { $0 | 1 << UInt32(known.firstIndex(of: $1)!) }
    }

    public mutating func grant(_ grants: [Grant]) {
        policy.rules.rules += grants.map {
            Rule(
                source: type($0.source), target: type($0.target), objectClass: objectClass($0.objectClass), kind: $0.kind,
                data: $0.kind == .auditDeny ? ~bits($0.permissions, of: $0.objectClass) : bits($0.permissions, of: $0.objectClass))
        }
    }

    public mutating func change(_ body: (inout Policy) -> Void) { body(&policy) }

    public func image() throws -> [UInt8] { try ImageWriter.write(policy, layout: .checkpolicy3_6).bytes }

    /// The number of an initial SID.
    public func sid(_ name: String) -> SecurityIdentifier {
        SecurityIdentifier(rawValue: UInt32(vocabulary.initialSIDs.firstIndex(of: name)! + 1))
    }
}
