import Flask

/// Which types a role and which roles a user may have, as checkpolicy knows it when it reads contexts: what the global
/// scope says, attributes of types resolved, attributes of roles not (libsepol, src/policydb.c: `policydb_role_cache`,
/// `policydb_user_cache`).
struct Authorisation: Sendable {
    private var typesOfRole: [Set<Int>]
    private var rolesOfUser: [Set<Int>]
    private var rangeOfUser: [MLSRange?]

    init(_ resolution: Resolution, _ syntax: Syntax, isMLS: Bool) {
        typesOfRole = Self.typesOfRoles(resolution) { _ in true }
        rolesOfUser = [Set<Int>](repeating: [], count: resolution.users.entries.count)
        rangeOfUser = isMLS ? resolution.users.entries.map(\.range) : []
        for (index, user) in resolution.users.entries.enumerated() {
            for (scope, node) in user.declarations where scope == 0 {
                guard case .user(_, let roles, _, _) = syntax.nodes[node].statement else { continue }
                for reference in syntax[roles] {
                    if let role = resolution.roles.index(of: reference.identifier) {
                        rolesOfUser[index].insert(role)
                    }
                }
            }
        }
    }

    /// The types that any of the roles has by what the global scope says so far.
    static func types(of roles: Set<Int>, _ resolution: Resolution, withExclusions: Bool = true) -> Set<Int> {
        typesOfRoles(resolution, withExclusions: withExclusions) { roles.contains($0) }.reduce(into: []) { $0.formUnion($1) }
    }

    private static func typesOfRoles(
        _ resolution: Resolution, withExclusions: Bool = true, where isWanted: (Int) -> Bool
    ) -> [Set<Int>] {
        let global = resolution.contents[0]
        var members = [[Int]](repeating: [], count: resolution.types.entries.count)
        for (attribute, member) in global.typeAttributes { members[attribute].append(member) }
        var types = [Set<Int>](repeating: [], count: resolution.roles.entries.count)
        var excluded = types
        for (role, set) in global.roleTypes where isWanted(role) {
            types[role].formUnion(expand(resolution.included(set), resolution, members))
            excluded[role].formUnion(expand(resolution.excluded(set), resolution, members))
        }
        if withExclusions { for (role, taken) in excluded.enumerated() { types[role].subtract(taken) } }
        return types
    }

    private static func expand(
        _ types: ArraySlice<Int32>, _ resolution: Resolution, _ members: [[Int]]
    ) -> Set<Int> {
        var result: Set<Int> = []
        for type in types {
            if resolution.types[Int(type)].flavor == .attribute {
                result.formUnion(members[Int(type)])
            } else {
                result.insert(Int(type))
            }
        }
        return result
    }

    // What is declared after the first context is not known here.
    func allows(role: Int, type: Int) -> Bool { role < typesOfRole.count && typesOfRole[role].contains(type) }
    func allows(user: Int, role: Int) -> Bool { user < rolesOfUser.count && rolesOfUser[user].contains(role) }
    func allows(user: Int, range: MLSRange) -> Bool { user < rangeOfUser.count && rangeOfUser[user]?.contains(range) ?? false }
}
