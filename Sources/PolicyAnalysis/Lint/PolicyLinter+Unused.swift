import Diagnostics
import Flask

// What nobody can use: of an image types and attributes, and of every policy roles and users.

extension PolicyLinter {
    mutating func lintTypes(_ mentions: TypeMentions) {
        var hasMembers = [Bool](repeating: false, count: policy.types.count)
        for (type, attributes) in policy.typeAttributes.enumerated() {
            for attribute in attributes where attribute != type && hasMembers.indices.contains(attribute) { hasMembers[attribute] = true }
        }
        for (index, entry) in policy.types.enumerated() {
            guard let entry else { continue }
            let subject = LintFinding.Subject.symbol(.type, entry.name)
            if entry.isAttribute {
                if !mentions.mentioned[index] {
                    // A source may say more of it than an image holds: neverallow rules, roles' types.
                    find("unused-attribute", .note, "no rule names attribute `\(entry.name)`", about: subject)
                } else if !hasMembers[index] {
                    find("empty-attribute", .warning, "no type has attribute `\(entry.name)`: rules about it have no effect", about: subject)
                }
            } else if !mentions.isMentioned(index, policy) {
                find("unused-type", .warning, "no rule and no context names type `\(entry.name)`", about: subject)
            }
        }
    }

    mutating func lintRoles() {
        var held = Bitmap()
        for user in policy.users { held.formUnion(user?.roles ?? []) }
        for (index, role) in policy.roles.enumerated() {
            // `object_r` is what all objects have, whoever they are of.
            guard let role, index != 0 else { continue }
            if role.types.isEmpty {
                find("unusable-role", .warning, "role `\(role.name)` has no types: no context can have it", about: .symbol(.role, role.name))
            } else if !held.contains(index) {
                find("unusable-role", .warning, "no user has role `\(role.name)`: no context can have it", about: .symbol(.role, role.name))
            }
        }
        for user in policy.users.compactMap(\.self) {
            let isUsable = user.roles.contains { policy.roles.indices.contains($0) && policy.roles[$0]?.types.isEmpty == false }
            guard !isUsable else { continue }
            find("unusable-user", .warning, "user `\(user.name)` has no role that has types: only objects can be of it", about: .symbol(.user, user.name))
        }
    }
}
