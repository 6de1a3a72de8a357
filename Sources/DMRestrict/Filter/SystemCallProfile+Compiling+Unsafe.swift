import Cseccomp
import Glibc

// SAFETY: the door reads as many rules as it is told, writes at most as many instructions as there is room, and keeps no pointer.

extension SystemCallProfile {
    /// The filter of a phase, by libseccomp: for x86-64 alone, all else ends the process. `otherwise` is what is done at calls
    /// that the profile does not name.
    public func filter(_ phase: Phase, otherwise: FilterAction = .killProcess) throws(FilterFailure) -> SystemCallFilter {
        let named = rules(in: phase).filter { $0.action != otherwise && $0.number != Self.clone3 }
        let lines = Dictionary(grouping: named, by: \.number)
        if let rule = named.first(where: { $0.comparesByOrder && lines[$0.number]?.count ?? 0 > 1 }) {
            throw .orderedAlternative(rule)
        }
        var sources: [SystemCallRule?] = []
        var rules: [filter_rule] = []
        for rule in named {
            for comparisons in rule.comparisons {
                rules.append(filter_rule(Int32(truncatingIfNeeded: rule.number), rule.action, comparisons))
                sources.append(rule)
            }
        }
        if otherwise != .error(Self.noSuchCall) {
            rules.append(filter_rule(Int32(Self.clone3), .error(Self.noSuchCall), []))
            sources.append(nil)
        }
        var program = [filter_instruction](repeating: filter_instruction(), count: 4_096)
        var failed = 0
        let count = unsafe filter_program(otherwise.rawValue, rules, rules.count, &program, program.count, &failed)
        guard count > 0, count <= program.count else {
            throw .refused(count < 0 ? -count : E2BIG, failed < sources.count ? sources[failed] : nil)
        }
        let filter = SystemCallFilter(
            profile: name,
            program: program[..<Int(count)].map {
                FilterInstruction(code: $0.code, ifTrue: $0.if_true, ifFalse: $0.if_false, operand: $0.operand)
            }, refusal: otherwise)
        try check(filter, named, otherwise)
        return filter
    }

    /// Lines that are more than one comparison are not taken on trust: of `a == 1` beside `a == 2, b == 1` libseccomp 2.5 makes a filter
    /// that does not look at the upper half of `b`.
    private func check(
        _ filter: SystemCallFilter, _ rules: [SystemCallRule], _ otherwise: FilterAction
    ) throws(FilterFailure) {
        let alternatives = Dictionary(grouping: rules, by: \.number).filter { _, rules in
            rules.count > 1 || rules.contains { $0.conditions.count > 1 || $0.conditions.contains { $0.values.count > 1 } }
        }
        guard !alternatives.isEmpty else { return }
        let evaluation: FilterEvaluation
        do throws(FilterProgramMistake) {
            evaluation = try FilterEvaluation(filter.program)
        } catch {
            throw .malformed(error)
        }
        for (number, rules) in alternatives.sorted(by: { $0.key < $1.key }) {
            let probes = rules.flatMap(\.probes) + SystemCallRule.mixedProbes(rules)
            if let difference = differences(UInt32(number), FilterEvaluation.x86_64, probes, rules, evaluation, otherwise).first {
                throw .unfaithful(difference)
            }
        }
    }
}

extension SystemCallRule {
    /// One list for each choice among the values of the conditions.
    fileprivate var comparisons: [[filter_comparison]] {
        var lists: [[filter_comparison]] = [[]]
        for condition in conditions {
            lists = lists.flatMap { list in
                condition.values.map { value in
                    list + [
                        filter_comparison(
                            argument: UInt32(truncatingIfNeeded: condition.argument), kind: condition.comparison.kind,
                            value: value, mask: condition.mask)
                    ]
                }
            }
        }
        return lists
    }
}

extension ArgumentCondition.Comparison {
    fileprivate var kind: UInt32 {
        switch self {
        case .equal: FILTER_EQUAL.rawValue
        case .unequal: FILTER_UNEQUAL.rawValue
        case .less: FILTER_LESS.rawValue
        case .atMost: FILTER_AT_MOST.rawValue
        case .greater: FILTER_GREATER.rawValue
        case .atLeast: FILTER_AT_LEAST.rawValue
        case .masked: FILTER_MASKED.rawValue
        }
    }
}

extension filter_rule {
    fileprivate init(_ number: Int32, _ action: FilterAction, _ comparisons: [filter_comparison]) {
        let all = Array((comparisons + [filter_comparison](repeating: filter_comparison(), count: 6)).prefix(6))
        self.init(
            number: number, action: action.rawValue, count: UInt32(min(comparisons.count, 6)),
            comparisons: (all[0], all[1], all[2], all[3], all[4], all[5]))
    }
}
