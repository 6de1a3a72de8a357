import Diagnostics
import Flask

/// Holds the neverallow rules of a policy against its allow rules, and finds the statements that break them.
struct AssertionChecker {
    let syntax: Syntax
    let text: MappedText
    let map: SourceMap
    let resolution: Resolution
    let policy: Policy
    let scopes: [UInt32]
    var expansion: TypeExpansion
    let index: AllowIndex
    var diagnostics: DiagnosticLog

    /// What a neverallow rule forbids and something allows.
    struct Violation: Hashable {
        let source: UInt16
        let target: UInt16
        let objectClass: UInt16
        var permissions: UInt32
        /// Which operations, where rules list them by numbers.
        var numbers: [ExtendedPermissions] = []
    }

    /// How many violations of one neverallow rule are looked at.
    static let maximum = 10_000

    init(
        _ syntax: Syntax, _ text: MappedText, _ map: SourceMap, _ resolution: Resolution, _ result: Expander.Result,
        _ index: AllowIndex, _ diagnostics: DiagnosticLog
    ) {
        self.syntax = syntax
        self.text = text
        self.map = map
        self.resolution = resolution
        policy = result.policy
        scopes = result.scopes
        expansion = result.expansion
        self.index = index
        self.diagnostics = diagnostics
    }

    mutating func check() {
        for scope in scopes {
            for rule in resolution.contents[Int(scope)].rules {
                switch rule.kind {
                case .access(.neverAllow): check(rule)
                case .extended(.neverAllow): checkExtended(rule)
                default: break
                }
            }
        }
    }

    // MARK: Plain rules

    private mutating func check(_ rule: ResolvedRule) {
        let violations = self.violations(of: rule, covers: { _, _, _ in true })
        guard !violations.isEmpty else { return }
        report(rule, violations)
    }

    /// The sets of a neverallow rule, attributes expanded.
    struct Sides {
        let sources: [Bool]
        let targets: [Bool]
    }

    mutating func sides(of rule: ResolvedRule) -> Sides {
        var places: [UInt16] = []
        expansion.expand(rule.source, resolution, always: true, into: &places)
        var sources = [Bool](repeating: false, count: policy.types.count)
        for place in places { sources[Int(place)] = true }
        expansion.expand(rule.target, resolution, always: true, into: &places)
        // `-self` alone means every target but the source.
        var targets = [Bool](repeating: rule.selfTarget == .excluded && places.isEmpty, count: policy.types.count)
        for place in places { targets[Int(place)] = true }
        return Sides(sources: sources, targets: targets)
    }

    /// The pairs of types that an allow rule and the neverallow rule have in common, with the permissions.
    mutating func violations(
        of rule: ResolvedRule, covers: (UInt16, UInt16, AllowIndex.Entry) -> Bool
    ) -> [Violation: Bool] {
        let sides = sides(of: rule)
        // For attributes: whether any of their types is in the set.
        let mayBeSource = index.types.map { $0.contains { sides.sources[Int($0)] } }
        let mayBeTarget = index.types.map { $0.contains { sides.targets[Int($0)] } }
        var found: [Violation: Bool] = [:]
        for pool in rule.classes {
            let entry = resolution.classPool[Int(pool)]
            for allow in index.entries[Int(entry.objectClass)] where allow.data & entry.data != 0 {
                guard mayBeSource[Int(allow.source) - 1],
                    mayBeTarget[Int(allow.target) - 1] || rule.selfTarget == .included
                else { continue }
                for source in index.types[Int(allow.source) - 1] where sides.sources[Int(source)] {
                    for target in index.types[Int(allow.target) - 1] {
                        let isSelf = source == target
                        guard sides.targets[Int(target)] || (isSelf && rule.selfTarget == .included),
                            !(isSelf && rule.selfTarget == .excluded), covers(source, target, allow)
                        else { continue }
                        // checkpolicy looks only at pairs of a type with itself when `self` is among the targets.
                        let isMissed = rule.selfTarget == .included && !isSelf
                        found[
                            Violation(
                                source: source, target: target, objectClass: entry.objectClass,
                                permissions: allow.data & entry.data)
                        ] = isMissed
                        if found.count >= Self.maximum { return found }
                    }
                }
            }
        }
        return found
    }

    // MARK: Statements

    func span(_ node: UInt32) -> Span {
        let entry = syntax.nodes[Int(node)]
        return text.span(at: Int(entry.offset), length: Int(entry.end - entry.offset))
    }
}

extension Policy {
    /// The names of the permissions of an access vector, in bit order.
    func permissionNames(_ vector: UInt32, of objectClass: UInt16) -> [String] {
        let entry = classes[Int(objectClass) - 1]
        var names: [(UInt32, String)] = entry.permissions.map { ($0.number, $0.name.description) }
        if entry.common != 0 {
            names += commons[Int(entry.common) - 1].permissions.map { ($0.number, $0.name.description) }
        }
        let known = names.sorted { $0.0 < $1.0 }.filter { vector & (1 << ($0.0 - 1)) != 0 }.map(\.1)
        return known.isEmpty ? ["0x" + String(vector, radix: 16)] : known
    }
}
