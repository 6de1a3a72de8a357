import Flask
import PolicyCompiler

extension DifferenceDrafts {
    /// Compares what the constraints of each permission demand together, whichever they are and however they are written.
    mutating func compareConstraints() throws(QuestionMistake) {
        guard pair.first.classes.contains(where: \.isConstrained) || pair.second.classes.contains(where: \.isConstrained) else {
            return
        }
        var constraints = JointConstraints(pair)
        for joint in 0..<pair.classes.count {
            for validateTransitions in [false, true] {
                let before = try constraints.entries(ofClass: joint, ofFirst: true, validateTransitions: validateTransitions)
                let after = try constraints.entries(ofClass: joint, ofFirst: false, validateTransitions: validateTransitions)
                try compare(joint, before, after, validateTransitions, &constraints)
            }
        }
    }

    private mutating func compare(
        _ joint: Int, _ before: [JointConstraints.Entry], _ after: [JointConstraints.Entry], _ isTransition: Bool,
        _ constraints: inout JointConstraints
    ) throws(QuestionMistake) {
        guard !before.elementsEqual(after, by: { $0.function == $1.function && $0.permissions == $1.permissions }) else { return }
        // A permission that one of them does not have is not constrained differently.
        let both = isTransition ? UInt64.max : pair.permissions[joint].ofFirst & pair.permissions[joint].ofSecond
        var different: UInt64 = 0
        var rest = isTransition ? 1 : (before + after).reduce(0) { $0 | $1.permissions } & both
        while rest != 0 {
            let bit = rest & (0 &- rest)
            rest &= rest - 1
            if try constraints.demand(before, bit) != constraints.demand(after, bit) { different |= bit }
        }
        guard different != 0 else { return }
        try addConstraints(joint, before, after, different, isTransition)
    }

    /// Each is looked for among the others.
    private static let maximumConstraints = 1 << 12

    private mutating func addConstraints(
        _ joint: Int, _ before: [JointConstraints.Entry], _ after: [JointConstraints.Entry], _ different: UInt64,
        _ isTransition: Bool
    ) throws(QuestionMistake) {
        func permissions(_ entries: [JointConstraints.Entry]) -> [DecisionDiagram.Function: UInt64] {
            Dictionary(entries.map { ($0.function, $0.permissions) }, uniquingKeysWith: |)
        }
        let (left, right) = (permissions(before), permissions(after))
        var removed = before.filter { $0.permissions & ~(right[$0.function] ?? 0) & different != 0 }
        var added = after.filter { $0.permissions & ~(left[$0.function] ?? 0) & different != 0 }
        guard removed.count + added.count <= Self.maximumConstraints else {
            throw .tooMany(what: "constraints of a class that differ", limit: Self.maximumConstraints)
        }
        let group: DifferenceGroup = isTransition ? .validateTransition : .constrain
        let name = pair.classes.name(joint)
        while let entry = removed.first {
            removed.removeFirst()
            // The same expression for other permissions, or another for the same.
            let other =
                added.firstIndex { $0.function == entry.function } ?? added.firstIndex { $0.permissions == entry.permissions }
            let after = other.map { added.remove(at: $0) }
            try add(
                Entry(
                    group: group, change: after == nil ? .removed : .changed, name: name,
                    before: [statement(entry, joint, isTransition, ofFirst: true)],
                    after: after.map { [statement($0, joint, isTransition, ofFirst: false)] } ?? []))
        }
        for entry in added {
            try add(
                Entry(group: group, change: .added, name: name, after: [statement(entry, joint, isTransition, ofFirst: false)]))
        }
    }

    private func statement(
        _ entry: JointConstraints.Entry, _ joint: Int, _ isTransition: Bool, ofFirst isFirst: Bool
    ) -> Statement {
        let index = isFirst ? joint : pair.classes.inSecond[joint] ?? 0
        let objectClass = (isFirst ? pair.first : pair.second).classes[index]
        let constraint = (isTransition ? objectClass.validateTransitions : objectClass.constraints)[entry.place]
        return Statement(
            writer(ofFirst: isFirst).text(constraint, ofClass: index + 1) ?? "constrain \(objectClass.name)",
            .init(.constraint(constraint, objectClass: index + 1, place: entry.place)))
    }
}

extension ObjectClass {
    fileprivate var isConstrained: Bool { !constraints.isEmpty || !validateTransitions.isEmpty }
}
