import Diagnostics
import Flask

extension AssertionChecker {
    /// A neverallowxperm rule is broken where the operation is allowed without any extended permissions, and where one
    /// of the numbers it names is allowed.
    mutating func checkExtended(_ rule: ResolvedRule) {
        let forbidden = resolution.extendedPermissions[Int(rule.extended)]
        let pieces = ExtendedPieces(policy)
        let attributes = policy.typeAttributes
        let resolution = resolution
        let violations = self.violations(of: rule) { source, target, allow in
            pieces.areBroken(
                by: forbidden, sources: attributes[Int(source)], targets: attributes[Int(target)],
                rule: rule, resolution: resolution, isConditional: allow.isConditional)
        }
        guard !violations.isEmpty else { return }
        report(rule, violations)
    }
}

/// The extended permissions that a policy allows.
private struct ExtendedPieces {
    private struct Key: Hashable {
        let source: UInt16
        let target: UInt16
        let objectClass: UInt16
    }

    private struct Branch {
        var pieces: [Key: [ExtendedPermissions]] = [:]
        var vectors: [Key: UInt32] = [:]

        init(_ rules: [Rule], _ table: [ExtendedPermissions]) {
            for rule in rules {
                let key = Key(source: rule.source, target: rule.target, objectClass: rule.objectClass)
                if rule.kind == .allowExtended {
                    pieces[key, default: []].append(table[Int(rule.data)])
                } else if rule.kind == .allow {
                    vectors[key, default: 0] |= rule.data
                }
            }
        }
    }

    private let always: Branch
    private let conditional: [(Branch, Branch)]

    init(_ policy: Policy) {
        let table = policy.rules.extendedPermissions
        always = Branch(policy.rules.rules.filter { $0.kind == .allowExtended }, table)
        conditional = policy.conditionals.map { (Branch($0.whenTrue, table), Branch($0.whenFalse, table)) }
    }

    /// The cases of libsepol, src/assertion.c: `check_assertion_extended_permissions_avtab`.
    func areBroken(
        by forbidden: ExtendedPermissions, sources: Bitmap, targets: Bitmap, rule: ResolvedRule, resolution: Resolution,
        isConditional: Bool
    ) -> Bool {
        var isRestricted = false
        var isOpenInBranch = false
        for source in sources {
            for target in targets {
                for pool in rule.classes {
                    let entry = resolution.classPool[Int(pool)]
                    let key = Key(source: UInt16(source + 1), target: UInt16(target + 1), objectClass: entry.objectClass)
                    if let pieces = always.pieces[key] {
                        isRestricted = true
                        if pieces.contains(where: { overlaps(forbidden, $0) }) { return true }
                    }
                    for (whenTrue, whenFalse) in conditional {
                        let branches = [whenTrue, whenFalse]
                        if branches.contains(where: { ($0.pieces[key] ?? []).contains { overlaps(forbidden, $0) } }) {
                            return true
                        }
                        let areRestricted = branches.map { $0.pieces[key] != nil }
                        let areOpen = branches.map { ($0.vectors[key] ?? 0) & entry.data != 0 }
                        if areRestricted == [true, true] {
                            isRestricted = true
                        } else if isConditional, zip(areOpen, areRestricted).contains(where: { $0 && !$1 }) {
                            isOpenInBranch = true
                        }
                    }
                }
            }
        }
        return (!isConditional && !isRestricted) || isOpenInBranch
    }

    private func overlaps(_ forbidden: ExtendedPermissions, _ allowed: ExtendedPermissions) -> Bool {
        switch (forbidden.kind, allowed.kind) {
        case (.ioctlFunction, .ioctlFunction), (.netlinkMessage, .netlinkMessage):
            forbidden.driver == allowed.driver && haveCommonNumber(forbidden, allowed)
        case (.ioctlFunction, .ioctlDriver): allowed.contains(forbidden.driver)
        case (.ioctlDriver, .ioctlFunction): forbidden.contains(allowed.driver)
        case (.ioctlDriver, .ioctlDriver): haveCommonNumber(forbidden, allowed)
        default: false
        }
    }

    private func haveCommonNumber(_ a: ExtendedPermissions, _ b: ExtendedPermissions) -> Bool {
        zip(a.words, b.words).contains { $0 & $1 != 0 }
    }
}

extension ExtendedPermissions {
    fileprivate func contains(_ number: UInt8) -> Bool {
        words[Int(number) >> 5] & (1 << UInt32(number & 31)) != 0
    }
}
