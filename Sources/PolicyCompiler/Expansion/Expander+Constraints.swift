import Flask

extension Expander {
    /// The last constraint of a class comes first.
    mutating func expandConstraints() {
        for constraint in resolution.constraints.reversed() {
            let expression = constraint.expression.map { expand($0) }
            let index = Int(constraint.objectClass) - 1
            if let permissions = constraint.permissions {
                policy.classes[index].constraints.append(Constraint(permissions: permissions, expression: expression))
            } else {
                policy.classes[index].validateTransitions.append(Constraint(permissions: 0, expression: expression))
            }
        }
    }

    private mutating func expand(_ term: ResolvedConstraint.Term) -> Constraint.Term {
        var result = Constraint.Term(term.kind, term.attribute, term.comparison)
        guard term.kind == .names else { return result }
        if term.attribute.contains(.type) {
            types.expand(term.types, resolution, always: true, into: &targets)
            result.names = Bitmap(targets.lazy.map(Int.init))
            result.typeSet.included = Bitmap(resolution.included(term.types).compactMap { types.place($0) }.sorted())
        } else if term.attribute.contains(.role) {
            result.names = expandRoles(term.names)
        } else {
            result.names = Bitmap(term.names.compactMap { userNumbers[$0] == 0 ? nil : Int(userNumbers[$0]) - 1 })
        }
        return result
    }
}
