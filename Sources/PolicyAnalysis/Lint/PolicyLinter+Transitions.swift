import Diagnostics
import Flask
import PolicyCompiler

extension PolicyLinter {
    /// Type transitions that cannot come about, or lead to a type that nothing can be done with.
    mutating func lintTransitions(_ mentions: TypeMentions) {
        let subjectClass = policy.classes.firstIndex { $0.name == policy.subjectClass }.map { $0 + 1 }
        var held = Bitmap()
        for user in policy.users { held.formUnion(user?.roles ?? []) }
        // The roles that each type can have.
        var roles = [[Int]](repeating: [], count: policy.types.count)
        for (index, role) in policy.roles.enumerated() where index > 0 && held.contains(index) {
            for type in role?.types ?? [] where roles.indices.contains(type) { roles[type].append(index) }
        }
        // Of several transitions of a role the first holds.
        let transitions = Dictionary(
            policy.roleTransitions.map { (RoleChange(role: Int($0.role) - 1, type: $0.type), Int($0.newRole) - 1) }, uniquingKeysWith: { first, _ in first })
        func look(_ rules: [Rule], _ condition: RuleCondition?) {
            for rule in rules where rule.kind == .typeTransition {
                let type = Int(rule.data) - 1
                if Int(rule.objectClass) == subjectClass, !isReachable(rule, roles, transitions) {
                    find(
                        "unusable-transition", .warning,
                        "no role of `\(names.type(rule.source))` has type `\(names.type(rule.data))`: what comes of this transition has no valid context",
                        about: .statements([FoundStatement(.rule(rule), condition)]), notes: texts([FoundStatement(.rule(rule), condition)]),
                        help: "let a role have both types")
                } else if !mentions.hasAccess(type, policy) {
                    find(
                        "unusable-transition", .warning,
                        "no rule lets type `\(names.type(rule.data))` do anything, or have anything done to it: this transition makes something useless",
                        about: .statements([FoundStatement(.rule(rule), condition)]), notes: texts([FoundStatement(.rule(rule), condition)]))
                }
            }
        }
        look(policy.rules.rules, nil)
        for (place, conditional) in policy.conditionals.enumerated() {
            for (branch, rules) in [(true, conditional.whenTrue), (false, conditional.whenFalse)] {
                look(rules, RuleCondition(place: place, branch: branch, isEnabled: conditional.state == branch))
            }
        }
    }

    private struct RoleChange: Hashable {
        let role: Int
        let type: UInt32
    }

    /// Whether some role with which the source acts, or what a role transition makes of it, has the new type. A source that no role has
    /// does not act.
    private mutating func isReachable(_ rule: Rule, _ roles: [[Int]], _ transitions: [RoleChange: Int]) -> Bool {
        let source = Int(rule.source) - 1
        guard roles.indices.contains(source), !roles[source].isEmpty, remainingSteps > 0 else { return true }
        remainingSteps -= roles[source].count
        return roles[source].contains { role in
            let new = transitions[RoleChange(role: role, type: UInt32(rule.target))] ?? role
            return policy.roles.indices.contains(new) && policy.roles[new]?.types.contains(Int(rule.data) - 1) == true
        }
    }
}
