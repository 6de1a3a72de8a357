import Diagnostics
import Flask

extension AssertionChecker {
    /// What a statement allows of a violation.
    struct Breach {
        let violation: Violation
        /// Whether checkpolicy does not see it.
        let isMissed: Bool
    }

    /// The statements that allow what a neverallow rule forbids, and what each of them allows.
    mutating func breaches(_ violations: [Violation: Bool], of assertion: ResolvedRule) -> [UInt32: [Breach]] {
        var search = Search(violations)
        // Where operations have numbers, rules that list these decide; the plain rules decide where there are none.
        if assertion.kind == .extended(.neverAllow) {
            let forbidden = resolution.extendedPermissions[Int(assertion.extended)]
            forEachRule(of: .extended(.allow)) { checker, rule in
                let common = checker.resolution.extendedPermissions[Int(rule.extended)].common(with: forbidden)
                if !common.isEmpty { checker.collect(rule, common, &search) }
            }
            search.forgetFound()
        }
        forEachRule(of: .access(.allow)) { checker, rule in checker.collect(rule, [], &search) }
        return search.breaches
    }

    /// Violations by what finds them.
    private struct Search {
        private(set) var bySource: [UInt16: [(violation: Violation, isMissed: Bool)]] = [:]
        /// The permissions that are looked for, by class.
        private(set) var permissions: [UInt16: UInt32] = [:]
        private(set) var breaches: [UInt32: [Breach]] = [:]
        private var found: Set<Violation> = []

        init(_ violations: [Violation: Bool]) {
            for (violation, isMissed) in violations {
                bySource[violation.source, default: []].append((violation, isMissed))
                permissions[violation.objectClass, default: 0] |= violation.permissions
            }
        }

        mutating func add(_ violation: Violation, _ part: Violation, _ isMissed: Bool, _ node: UInt32) {
            found.insert(violation)
            breaches[node, default: []].append(Breach(violation: part, isMissed: isMissed))
        }

        /// Goes on with what no statement was found for.
        mutating func forgetFound() {
            for source in bySource.keys { bySource[source]?.removeAll { found.contains($0.violation) } }
        }
    }

    private mutating func forEachRule(
        of kind: ResolvedRule.Kind, _ body: (inout AssertionChecker, ResolvedRule) -> Void
    ) {
        for scope in scopes {
            let contents = resolution.contents[Int(scope)]
            for rule in contents.rules where rule.kind == kind { body(&self, rule) }
            for conditional in contents.conditionals {
                for rule in conditional.whenTrue + conditional.whenFalse where rule.kind == kind { body(&self, rule) }
            }
        }
    }

    /// Finds the violations of which a rule allows something.
    private mutating func collect(_ rule: ResolvedRule, _ numbers: [ExtendedPermissions], _ search: inout Search) {
        let vectors = rule.classes.map { resolution.classPool[Int($0)] }
        let isExtended = !numbers.isEmpty
        guard vectors.contains(where: { isExtended || $0.data & (search.permissions[$0.objectClass] ?? 0) != 0 }) else { return }
        var sources: [UInt16] = []
        expansion.expand(rule.source, resolution, always: true, into: &sources)
        sources.removeAll { search.bySource[$0]?.isEmpty ?? true }
        guard !sources.isEmpty else { return }
        var places: [UInt16] = []
        expansion.expand(rule.target, resolution, always: true, into: &places)
        let targets = Set(places)
        for source in sources {
            for (violation, isMissed) in search.bySource[source] ?? [] {
                let isSelf = rule.selfTarget == .included && source == violation.target
                guard isSelf || targets.contains(violation.target),
                    let vector = vectors.first(where: { $0.objectClass == violation.objectClass })
                else { continue }
                let permissions = isExtended ? violation.permissions : vector.data & violation.permissions
                guard permissions != 0 else { continue }
                let part = Violation(
                    source: source, target: violation.target, objectClass: violation.objectClass,
                    permissions: permissions, numbers: numbers)
                search.add(violation, part, isMissed, rule.node)
            }
        }
    }
}

extension ExtendedPermissions {
    /// The numbers that both are about; none when there are no such. Of drivers and functions the functions.
    fileprivate func common(with other: ExtendedPermissions) -> [ExtendedPermissions] {
        var result = self
        switch (kind, other.kind) {
        case (.ioctlFunction, .ioctlFunction), (.netlinkMessage, .netlinkMessage):
            guard driver == other.driver else { return [] }
            for index in words.indices { result.words[index] &= other.words[index] }
        case (.ioctlDriver, .ioctlDriver):
            for index in words.indices { result.words[index] &= other.words[index] }
        case (.ioctlFunction, .ioctlDriver):
            guard other.words[Int(driver >> 5)] & (1 << UInt32(driver & 31)) != 0 else { return [] }
        case (.ioctlDriver, .ioctlFunction): return other.common(with: self)
        default: return []
        }
        return result.words.contains { $0 != 0 } ? [result] : []
    }

    /// The numbers in runs.
    var ranges: [(low: UInt16, high: UInt16)] {
        var result: [(low: UInt16, high: UInt16)] = []
        var start: UInt16?
        for number in 0..<UInt16(256) {
            guard words[Int(number / 32)] & (1 << UInt32(number % 32)) != 0 else { continue }
            let first = start ?? number
            start = first
            let next = number + 1
            if next < 256, words[Int(next / 32)] & (1 << UInt32(next % 32)) != 0 { continue }
            switch kind {
            case .ioctlDriver: result.append((first << 8, number << 8 | 0xff))
            case .ioctlFunction, .netlinkMessage:
                result.append((UInt16(driver) << 8 | first, UInt16(driver) << 8 | number))
            }
            start = nil
        }
        return result
    }
}
