import Flask

/// A policy for the tables of Xen 4.17 in which two types may do everything.
enum AllowingPolicy {
    static let vocabulary = XenRelease("4.17").flatMap { Vocabulary(of: $0) }
    static let image = make()

    private static func make() -> [UInt8]? {
        guard let vocabulary else { return nil }
        var policy = Policy(target: .xen, version: 30, isMLS: false)
        policy.classes = vocabulary.classes.map { entry in
            var objectClass = ObjectClass(name: Name(entry.name))
            objectClass.permissions = entry.permissions.enumerated().map { .init(name: Name($1), number: UInt32($0 + 1)) }
            objectClass.permissionCount = UInt32(entry.permissions.count)
            return objectClass
        }
        policy.types = [TypeEntry(name: "a", isAttribute: false), TypeEntry(name: "b", isAttribute: false)]
        policy.typeAttributes = [[0], [1]]
        var role = Role(name: "r")
        role.dominates = [1]
        role.types = [0, 1]
        var objects = Role(name: "object_r")
        objects.dominates = []
        policy.roles = [objects, role]
        var user = User(name: "u")
        user.roles = [1]
        policy.users = [user]
        policy.booleans = [Boolean(name: "x", value: true), Boolean(name: "yy", value: false)]
        policy.rules.rules = vocabulary.classes.indices.flatMap { index in
            let all = UInt32.max >> UInt32(32 - vocabulary.classes[index].permissions.count)
            return [1, 2].map { Rule(source: 1, target: $0, objectClass: UInt16(index + 1), kind: .allow, data: all) }
        }
        policy.initialContexts = vocabulary.initialSIDs.indices.map {
            InitialContext(sid: UInt32($0 + 1), context: SecurityContext(user: 1, role: 2, type: 1))
        }
        return try? ImageWriter.write(policy, layout: .checkpolicy3_6).bytes
    }
}
