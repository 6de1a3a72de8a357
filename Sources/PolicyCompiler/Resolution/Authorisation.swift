import Flask

/// Which types a role and which roles a user may have, as checkpolicy knows it when it reads contexts: what the global
/// scope says, attributes of types resolved, attributes of roles not (libsepol, src/policydb.c: `policydb_role_cache`,
/// `policydb_user_cache`).
struct Authorisation: Sendable {
    private var typesOfRole: [Int: Set<Int>] = [:]
    private var rolesOfUser: [Int: Set<Int>] = [:]
    private var rangeOfUser: [Int: MLSRange] = [:]

    init(_ resolution: Resolution, _ syntax: Syntax, isMLS: Bool) {
        typesOfRole = Self.typesOfRoles(resolution) { _ in true }
        for (index, user) in resolution.users.entries.enumerated() {
            for (scope, node) in user.declarations where scope == 0 {
                guard case .user(_, let roles, _, _) = syntax.nodes[node].statement else { continue }
                for reference in syntax[roles] {
                    if let role = resolution.roles.index(of: reference.identifier) {
                        rolesOfUser[index, default: []].insert(role)
                    }
                }
            }
            if isMLS { rangeOfUser[index] = user.range }
        }
    }

    /// The types that any of the roles has by what the global scope says so far.
    static func types(of roles: Set<Int>, _ resolution: Resolution, withExclusions: Bool = true) -> Set<Int> {
        typesOfRoles(resolution, withExclusions: withExclusions) { roles.contains($0) }.values.reduce(into: []) { $0.formUnion($1) }
    }

    private static func typesOfRoles(
        _ resolution: Resolution, withExclusions: Bool = true, where isWanted: (Int) -> Bool
    ) -> [Int: Set<Int>] {
        let global = resolution.contents[0]
        var members: [Int: Set<Int>] = [:]
        for (attribute, member) in global.typeAttributes { members[attribute, default: []].insert(member) }
        var types: [Int: Set<Int>] = [:]
        var excluded: [Int: Set<Int>] = [:]
        for (role, set) in global.roleTypes where isWanted(role) {
            types[role, default: []].formUnion(expand(resolution.included(set), resolution, members))
            excluded[role, default: []].formUnion(expand(resolution.excluded(set), resolution, members))
        }
        if withExclusions { for (role, taken) in excluded { types[role]?.subtract(taken) } }
        return types
    }

    private static func expand(
        _ types: ArraySlice<Int32>, _ resolution: Resolution, _ members: [Int: Set<Int>]
    ) -> Set<Int> {
        var result: Set<Int> = []
        for type in types {
            if resolution.types[Int(type)].flavor == .attribute {
                result.formUnion(members[Int(type)] ?? [])
            } else {
                result.insert(Int(type))
            }
        }
        return result
    }

    func allows(role: Int, type: Int) -> Bool { typesOfRole[role]?.contains(type) ?? false }
    func allows(user: Int, role: Int) -> Bool { rolesOfUser[user]?.contains(role) ?? false }
    func allows(user: Int, range: MLSRange) -> Bool { rangeOfUser[user]?.contains(range) ?? false }
}
