import Diagnostics
import Flask

extension PolicyLinter {
    /// Booleans whose value makes no difference: no condition depends on them, or in those that do, both branches give the same beside
    /// what holds always. What several conditions together make of it is not looked at.
    mutating func lintBooleans() {
        guard !policy.booleans.isEmpty else { return }
        let changing = changingConditionals()
        var conditionals = [[Int]](repeating: [], count: policy.booleans.count)
        for (place, conditional) in policy.conditionals.enumerated() {
            for boolean in conditional.booleans where conditionals.indices.contains(boolean) { conditionals[boolean].append(place) }
        }
        var values = [Bool](repeating: false, count: policy.booleans.count)
        for (index, boolean) in policy.booleans.enumerated() {
            let subject = LintFinding.Subject.symbol(.boolean, boolean.name)
            if conditionals[index].isEmpty {
                find("ineffective-boolean", .warning, "no condition names boolean `\(boolean.name)`: its value changes nothing", about: subject)
                continue
            }
            var isEffective = false
            for place in conditionals[index] where changing[place] && !isEffective {
                isEffective = depends(policy.conditionals[place], on: index, &values)
            }
            if !isEffective {
                find(
                    "ineffective-boolean", .warning,
                    "boolean `\(boolean.name)` changes nothing: its conditions give the same with both of its values", about: subject,
                    help: "leave it out, or give the branches what they are to differ in")
            }
        }
    }

    /// Whether the expression's value is ever another with another value of the boolean. `values` are all off, before and after.
    private mutating func depends(_ conditional: Conditional, on boolean: Int, _ values: inout [Bool]) -> Bool {
        let others = conditional.booleans.filter { $0 != boolean && values.indices.contains($0) }
        guard others.count < Conditional.triedBooleans, remainingSteps > 0 else { return true }
        defer { for place in others + [boolean] { values[place] = false } }
        for set in 0..<(1 << others.count) {
            remainingSteps -= 2 * conditional.expression.count
            for (bit, place) in others.enumerated() { values[place] = set >> bit & 1 == 1 }
            values[boolean] = false
            let first = conditional.value(values)
            values[boolean] = true
            if conditional.value(values) != first { return true }
        }
        return false
    }

    /// What a rule is about; what it gives stands beside.
    private struct Key: Hashable {
        let source: UInt16
        let target: UInt16
        let objectClass: UInt16
        let kind: UInt16

        init(_ rule: Rule, source: UInt16? = nil, target: UInt16? = nil) {
            self.source = source ?? rule.source
            self.target = target ?? rule.target
            objectClass = rule.objectClass
            kind = rule.kind.rawValue
        }
    }

    /// Which conditions have branches that differ.
    private mutating func changingConditionals() -> [Bool] {
        guard !policy.conditionals.isEmpty else { return [] }
        var always: [Key: UInt32] = [:]
        for rule in policy.rules.rules where rule.kind.isAccessVector { always[Key(rule), default: 0] |= Self.vector(rule) }
        var changing: [Bool] = []
        for conditional in policy.conditionals {
            let first = effect(of: conditional.whenTrue, beside: always)
            changing.append(effect(of: conditional.whenFalse, beside: always) != first)
        }
        return changing
    }

    private static func vector(_ rule: Rule) -> UInt32 { rule.kind == .auditDeny ? ~rule.data : rule.data }

    private mutating func effect(of rules: [Rule], beside always: [Key: UInt32]) -> [Key: UInt32] {
        var effect: [Key: UInt32] = [:]
        for rule in rules {
            guard rule.kind.isAccessVector else {
                effect[Key(rule)] = rule.data
                continue
            }
            let rest = Self.vector(rule) & ~covered(rule, by: always)
            if rest != 0 { effect[Key(rule), default: 0] |= rest }
        }
        return effect
    }

    /// What rules that hold always give to the same, by attributes too.
    private mutating func covered(_ rule: Rule, by always: [Key: UInt32]) -> UInt32 {
        let sources = attributes(rule.source)
        let targets = attributes(rule.target)
        // Where there are too many to look through, nothing counts as given elsewhere.
        guard sources.count * targets.count <= remainingSteps else { return always[Key(rule)] ?? 0 }
        remainingSteps -= sources.count * targets.count
        var covered: UInt32 = 0
        for source in sources {
            for target in targets { covered |= always[Key(rule, source: source, target: target)] ?? 0 }
        }
        return covered
    }

    private func attributes(_ number: UInt16) -> [UInt16] {
        let index = Int(number) - 1
        guard policy.typeAttributes.indices.contains(index) else { return [number] }
        return policy.typeAttributes[index].map { UInt16(truncatingIfNeeded: $0 + 1) }
    }
}
