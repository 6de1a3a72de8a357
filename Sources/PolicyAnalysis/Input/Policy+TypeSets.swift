import Flask

extension Policy {
    /// Takes the authors' words from constraints that compare with other types than the words mean, so that these are told one by one:
    /// what decides are ``Constraint/Term/names``, and an image may say beside them what it likes. In a compiled policy attributes that
    /// are always expanded have no types any more. Words that take too many steps to look up are not taken on trust either.
    mutating func dropMisleadingTypeSets(steps: Int = 1 << 22) {
        let named = namedInTypeSets
        guard !named.isEmpty else { return }
        var expansion = TypeSetExpansion(self, named: named, steps: steps)
        for (number, entry) in classes.enumerated() {
            for list in Self.constraintLists {
                for (place, constraint) in entry[keyPath: list].enumerated() {
                    for (index, term) in constraint.expression.enumerated() where term.isWrittenSet {
                        let set = term.typeSet
                        if set.excluded.isEmpty, set.flags == 0, expansion.types(of: set.included) == term.names { continue }
                        classes[number][keyPath: list][place].expression[index].typeSet = Constraint.TypeSet()
                    }
                }
            }
        }
    }

    private static var constraintLists: [WritableKeyPath<ObjectClass, [Constraint]>] { [\.constraints, \.validateTransitions] }

    /// All that sets of types in constraints name, as words of 64 indices; empty where there are none.
    private var namedInTypeSets: [UInt64] {
        var words: [UInt64] = []
        for entry in classes {
            for list in Self.constraintLists {
                for term in entry[keyPath: list].lazy.flatMap(\.expression) where term.isWrittenSet {
                    if words.isEmpty { words = [UInt64](repeating: 0, count: types.count / 64 + 1) }
                    for word in term.typeSet.included.words where words.indices.contains(Int(word.start) / 64) {
                        words[Int(word.start) / 64] |= word.bits
                    }
                }
            }
        }
        return words
    }
}

extension Constraint.Term {
    /// Whether it compares with types that stand there in the author's words too.
    fileprivate var isWrittenSet: Bool { kind == .names && attribute.contains(.type) && !typeSet.included.isEmpty }
}
