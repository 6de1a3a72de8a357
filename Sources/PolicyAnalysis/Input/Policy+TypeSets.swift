import Flask

extension Policy {
    /// Takes the authors' words from constraints that compare with other types than the words mean, so that these are told one by one:
    /// what decides are ``Constraint/Term/names``, and an image may say beside them what it likes. In a compiled policy attributes that
    /// are always expanded have no types any more. Words that take too many steps to look up are not taken on trust either.
    mutating func dropMisleadingTypeSets(steps: Int = 1 << 24) {
        var expansion = TypeSetExpansion(self, steps: steps)
        for (number, entry) in classes.enumerated() {
            for list in [\ObjectClass.constraints, \ObjectClass.validateTransitions] {
                for (place, constraint) in entry[keyPath: list].enumerated() {
                    for (index, term) in constraint.expression.enumerated() where isMisleading(term, &expansion) {
                        classes[number][keyPath: list][place].expression[index].typeSet = Constraint.TypeSet()
                    }
                }
            }
        }
    }

    private func isMisleading(_ term: Constraint.Term, _ expansion: inout TypeSetExpansion) -> Bool {
        let set = term.typeSet
        guard term.kind == .names, term.attribute.contains(.type), !set.included.isEmpty else { return false }
        return !set.excluded.isEmpty || set.flags != 0 || expansion.types(of: set.included) != term.names
    }
}
