import Diagnostics
import Flask

extension Expander {
    mutating func numberRoles() {
        let table = resolution.roles
        roleNumbers = [UInt32](repeating: 0, count: table.entries.count)
        // object_r is declared first and is always number 1.
        roleNumbers[0] = 1
        policy.roles = [Role(name: "object_r")]
        roleMembers = [nil]
        for index in table.walk(options.layout, syntax.identifiers)
        where index != 0 && linker.isAnywhereEnabled(index, table) {
            let number = UInt32(policy.roles.count + 1)
            roleNumbers[index] = number
            if table[index].isAttribute {
                policy.roles.append(nil)
                roleMembers.append([])
            } else {
                var role = Role(name: name(table.identifiers[index]))
                if table[index].firstBlock.map({ scopes.contains($0) }) ?? true { role.dominates = [Int(number) - 1] }
                policy.roles.append(role)
                roleMembers.append(nil)
            }
        }
        for index in table.entries.indices where roleNumbers[index] != 0 {
            guard let bounds = table[index].bounds else { continue }
            policy.roles[Int(roleNumbers[index]) - 1]?.bounds = roleNumbers[bounds]
        }
        for index in table.entries.indices where !table[index].dominated.isEmpty && roleNumbers[index] != 0 {
            for lower in table[index].dominated where roleNumbers[lower] != 0 {
                policy.roles[Int(roleNumbers[index]) - 1]?.dominates.insert(Int(roleNumbers[lower]) - 1)
            }
        }
        for scope in scopes {
            for (attribute, member) in resolution.contents[Int(scope)].roleAttributes
            where roleNumbers[attribute] != 0 && roleNumbers[member] != 0 {
                roleMembers[Int(roleNumbers[attribute]) - 1]?.insert(Int(roleNumbers[member]) - 1)
            }
        }
        expandRoleAttributes()
    }

    /// Replaces role attributes among the roles of role attributes by their roles.
    private mutating func expandRoleAttributes() {
        for index in roleMembers.indices where roleMembers[index] != nil {
            var pending = Array(roleMembers[index] ?? [])
            var seen: Set<Int> = []
            var roles: Set<Int> = []
            while let next = pending.popLast() {
                guard seen.insert(next).inserted else { continue }
                if let nested = roleMembers[next] {
                    if next == index, options.layout == .checkpolicy3_6 {
                        diagnostics.report(
                            .error, "attribute-loop", "a role attribute is among its own roles",
                            at: roleNumbers.firstIndex { Int($0) == index + 1 }
                                .map { declaration(of: resolution.roles, $0) } ?? .unknown)
                    }
                    pending.append(contentsOf: nested)
                } else {
                    roles.insert(next)
                }
            }
            roleMembers[index] = roles
        }
    }

    /// Types that a role attribute has, until its roles get them.
    mutating func addRoleTypes(of scopes: [UInt32]) {
        for scope in scopes {
            var sets: [(role: Int, included: [Int32], excluded: [Int32])] = []
            for (role, set) in resolution.contents[Int(scope)].roleTypes {
                if let place = sets.firstIndex(where: { $0.role == role }) {
                    sets[place].included += resolution.included(set)
                    sets[place].excluded += resolution.excluded(set)
                } else {
                    sets.append((role, Array(resolution.included(set)), Array(resolution.excluded(set))))
                }
            }
            for set in sets where roleNumbers[set.role] != 0 {
                var bitmap = Set(set.included.flatMap { expanded($0) })
                bitmap.subtract(set.excluded.flatMap { expanded($0) })
                let place = Int(roleNumbers[set.role]) - 1
                if roleMembers[place] != nil {
                    roleAttributeTypes[place, default: []].formUnion(Bitmap(bitmap.sorted()))
                } else {
                    policy.roles[place]?.types.formUnion(Bitmap(bitmap.sorted()))
                }
            }
        }
    }

    /// The types that an entry of the type table stands for.
    private func expanded(_ entry: Int32) -> [Int] {
        guard let place = types.place(entry) else { return [] }
        return types.isAttribute[place] ? types.members[place].map(Int.init) : [place]
    }

    mutating func fixRoleAttributes() {
        for (attribute, bitmap) in roleAttributeTypes {
            for role in roleMembers[attribute] ?? [] { policy.roles[role]?.types.formUnion(bitmap) }
        }
    }

    /// The roles that a set names, attributes replaced by their roles, as indices in ascending order.
    func expandRoles(_ entries: [Int]) -> Bitmap {
        var bitmap = Bitmap()
        for entry in entries where roleNumbers[entry] != 0 {
            let place = Int(roleNumbers[entry]) - 1
            if let members = roleMembers[place] {
                for member in members { bitmap.insert(member) }
            } else {
                bitmap.insert(place)
            }
        }
        return bitmap
    }
}
