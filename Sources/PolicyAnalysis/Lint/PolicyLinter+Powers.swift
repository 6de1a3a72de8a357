import Diagnostics
import Flask
import PolicyCompiler

extension PolicyLinter {
    /// Operations upon the policy itself, of class `security`: whoever has one of them decides what the others may, or nearly so (Xen,
    /// xen/xsm/flask/flask_op.c; the names are Linux's too).
    private static let powers: [Name] = ["load_policy", "setenforce", "setbool", "setsecparam", "add_ocontext", "del_ocontext"]

    /// Who has power over the policy, and by which rules.
    mutating func lintPowers() {
        guard let index = policy.classes.firstIndex(where: { $0.name == "security" }) else { return }
        var mask: UInt32 = 0
        for permission in policy.permissions(ofClass: index) where Self.powers.contains(permission.name) { mask |= 1 << (permission.number - 1) }
        guard mask != 0 else { return }
        var found: [UInt16: [FoundStatement]] = [:]
        func look(_ rules: [Rule], _ condition: RuleCondition?) {
            for var rule in rules where rule.kind == .allow && Int(rule.objectClass) == index + 1 && rule.data & mask != 0 {
                rule.data &= mask
                found[rule.source, default: []].append(FoundStatement(.rule(rule), condition))
            }
        }
        look(policy.rules.rules, nil)
        for (place, conditional) in policy.conditionals.enumerated() {
            for (branch, rules) in [(true, conditional.whenTrue), (false, conditional.whenFalse)] {
                look(rules, RuleCondition(place: place, branch: branch, isEnabled: conditional.state == branch))
            }
        }
        let members = firstMembers(of: Set(found.keys))
        for (source, rules) in found.sorted(by: { $0.key < $1.key }) {
            var vector: UInt32 = 0
            for entry in rules { if case .rule(let rule) = entry.statement { vector |= rule.data } }
            let powers = policy.permissions(ofClass: index).filter { vector & 1 << ($0.number - 1) != 0 }.map(\.name.description)
            find(
                "policy-power", .note, "\(actors(source, members)) may change what the policy is, or whether it holds: \(powers.joined(separator: ", "))",
                about: .statements(rules), notes: texts(rules))
        }
    }

    /// A type, or the types of an attribute.
    private func actors(_ number: UInt16, _ members: [UInt16: [String]]) -> String {
        guard names.isAttribute(number) else { return "`\(names.type(number))`" }
        let members = members[number] ?? []
        return "each type of attribute `\(names.type(number))` (\(members.isEmpty ? "none" : Self.list(members)))"
    }

    private func firstMembers(of attributes: Set<UInt16>) -> [UInt16: [String]] {
        var members: [UInt16: [String]] = [:]
        for (type, sets) in policy.typeAttributes.enumerated() where policy.types.indices.contains(type) && policy.types[type]?.isAttribute == false {
            for attribute in sets where attributes.contains(UInt16(truncatingIfNeeded: attribute + 1)) {
                members[UInt16(truncatingIfNeeded: attribute + 1), default: []].append(names.type(type + 1).description)
            }
        }
        return members
    }
}
