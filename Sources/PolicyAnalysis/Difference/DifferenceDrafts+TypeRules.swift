import Flask
import PolicyCompiler

extension DifferenceDrafts {
    /// Compares which type results for each source, target and class, and when: what holds always counts before what has a
    /// condition.
    mutating func compareTypeRules(
        _ before: [JointTypeRule], _ after: [JointTypeRule], _ conditions: inout JointConditions
    ) throws(QuestionMistake) {
        var start = 0
        while start < before.count, start < after.count, before[start].says(after[start]) { start += 1 }
        var (firstEnd, secondEnd) = (before.count, after.count)
        while firstEnd > start, secondEnd > start, before[firstEnd - 1].says(after[secondEnd - 1]) {
            firstEnd -= 1
            secondEnd -= 1
        }
        guard start < firstEnd || start < secondEnd else { return }
        let keys = Set(before[start..<firstEnd].map(\.key)).union(after[start..<secondEnd].map(\.key))
        let left = Dictionary(grouping: before.filter { keys.contains($0.key) }, by: \.key)
        let right = Dictionary(grouping: after.filter { keys.contains($0.key) }, by: \.key)
        for key in keys { try compare(key, left[key] ?? [], right[key] ?? [], &conditions) }
    }

    private struct Result {
        var condition: DecisionDiagram.Function
        /// The rules that have it so, in the policy's order.
        var rules: [JointTypeRule]
    }

    /// By the type that results, when it does.
    private func results(_ rules: [JointTypeRule], _ conditions: inout JointConditions) throws(QuestionMistake) -> [Int: Result] {
        var results: [Int: Result] = [:]
        var taken = DecisionDiagram.never
        for rule in rules.filter({ $0.place == nil }) + rules.filter({ $0.place != nil }) {
            let condition = try conditions.difference(rule.condition, taken)
            guard condition != DecisionDiagram.never else { continue }
            taken = try conditions.or(taken, condition)
            var result = results[rule.result] ?? Result(condition: DecisionDiagram.never, rules: [])
            result.condition = try conditions.or(result.condition, condition)
            result.rules.append(rule)
            results[rule.result] = result
        }
        return results
    }

    private mutating func compare(
        _ key: JointTypeRule.Key, _ before: [JointTypeRule], _ after: [JointTypeRule], _ conditions: inout JointConditions
    ) throws(QuestionMistake) {
        let (left, right) = (try results(before, &conditions), try results(after, &conditions))
        let types = Set(left.keys).union(right.keys).filter { left[$0]?.condition != right[$0]?.condition }.sorted()
        guard !types.isEmpty else { return }
        var told: (before: [Statement], after: [Statement]) = ([], [])
        var length = 0
        for type in types {
            if let result = left[type] { told.before += try statements(result, ofFirst: true, conditions, &length) }
            if let result = right[type] { told.after += try statements(result, ofFirst: false, conditions, &length) }
        }
        let group: DifferenceGroup =
            switch Rule.Kind(rawValue: key.kind) {
            case .typeTransition: .typeTransition
            case .typeMember: .typeMember
            default: .typeChange
            }
        let name = Name(
            bytes: pair.types.name(key.source).bytes + [32] + pair.types.name(key.target).bytes + [58]
                + pair.classes.name(key.objectClass).bytes)
        try add(
            Entry(
                group: group, change: told.before.isEmpty ? .added : told.after.isEmpty ? .removed : .changed, name: name,
                before: told.before, after: told.after))
    }

    /// `length` is how much was told of one key.
    private func statements(
        _ result: Result, ofFirst isFirst: Bool, _ conditions: JointConditions, _ length: inout Int
    ) throws(QuestionMistake) -> [Statement] {
        guard let rule = result.rules.first, let text = writer(ofFirst: isFirst).text(rule.rule) else { return [] }
        let condition = try result.condition == DecisionDiagram.always ? nil : conditions.text(result.condition)
        length += condition?.utf8.count ?? 0
        guard length <= SearchAnswer.maximumLength else { throw .tooLong(limit: SearchAnswer.maximumLength) }
        return [Statement(text, condition: condition, FoundStatement(.rule(rule.rule), rule.place))]
    }
}
