package import Flask

/// Writes the expression of a constraint or of a condition in one of the languages.
package struct ExpressionWriter {
    let names: PolicyNames
    /// Operators before their operands, as in CIL.
    let isPrefix: Bool

    package init(names: PolicyNames, isPrefix: Bool) {
        self.names = names
        self.isPrefix = isPrefix
    }

    // MARK: Constraints

    package func text(_ expression: [Constraint.Term]) -> PolicyText {
        var text = NestedText()
        for term in expression {
            switch term.kind {
            case .not: if isPrefix { text.wrap("(not ", ")") } else { text.wrap("not (", ")") }
            case .and: combine(&text, "and")
            case .or: combine(&text, "or")
            case .attribute: text.push(comparison(term))
            case .names: text.push(membership(term))
            }
        }
        return text.text
    }

    /// Joins the last two.
    private func combine(_ text: inout NestedText, _ word: String) {
        if isPrefix { text.join("(\(word) ", " ", ")") } else { text.join("(", " \(word) ", ")") }
    }

    private func comparison(_ term: Constraint.Term) -> PolicyText {
        let (left, right) =
            switch term.attribute {
            case .user: ("u1", "u2")
            case .role: ("r1", "r2")
            case .type: ("t1", "t2")
            case .lowLow: ("l1", "l2")
            case .lowHigh: ("l1", "h2")
            case .highLow: ("h1", "l2")
            case .highHigh: ("h1", "h2")
            case .sourceLowHigh: ("l1", "h1")
            default: ("l2", "h2")
            }
        if isPrefix, !names.policy.isMLS, term.attribute.rawValue >= Constraint.Attribute.lowLow.rawValue {
            // Without MLS all levels are the same, and secilc would leave the whole constraint out.
            return constant(term.comparison != .notEqual && term.comparison != .incomparable, .user)
        }
        let word = word(term.comparison)
        return isPrefix ? "(\(word) \(left) \(right))" : "\(left) \(word) \(right)"
    }

    private func membership(_ term: Constraint.Term) -> PolicyText {
        let kind: SymbolKind = term.attribute.contains(.user) ? .user : term.attribute.contains(.role) ? .role : .type
        let letter = kind == .user ? "u" : kind == .role ? "r" : "t"
        let number = term.attribute.contains(.relabellingProcess) ? 3 : term.attribute.contains(.target) ? 2 : 1
        // What the author named is shorter, and keeps meaning the same when attributes change.
        let set = term.typeSet
        let isWritten = kind == .type && !set.included.isEmpty && set.excluded.isEmpty && set.flags == 0
        let list = names.sortedNames(isWritten ? set.included : term.names, kind)
        guard !list.isEmpty else { return constant(term.comparison == .notEqual, kind) }
        let word = word(term.comparison)
        if isPrefix {
            return list.count == 1 ? "(\(word) \(letter)\(number) \(list[0]))" : "(\(word) \(letter)\(number) (\(list.joined(" "))))"
        }
        return list.count == 1 ? "\(letter)\(number) \(word) \(list[0])" : "\(letter)\(number) \(word) { \(list.joined(" ")) }"
    }

    /// A comparison with nobody cannot be written: it is always false, or true when it is for inequality.
    private func constant(_ value: Bool, _ kind: SymbolKind) -> PolicyText {
        let letter = kind == .user ? "u" : kind == .role ? "r" : "t"
        let word = value ? "or" : "and"
        return isPrefix
            ? "(\(word) (eq \(letter)1 \(letter)2) (neq \(letter)1 \(letter)2))"
            : "(\(letter)1 == \(letter)2 \(word) \(letter)1 != \(letter)2)"
    }

    private func word(_ comparison: Constraint.Term.Comparison) -> String {
        switch comparison {
        case .none, .equal: isPrefix ? "eq" : "=="
        case .notEqual: isPrefix ? "neq" : "!="
        case .dominates: "dom"
        case .dominatedBy: "domby"
        case .incomparable: "incomp"
        }
    }

    // MARK: Conditions

    package func text(_ expression: [Conditional.Term]) -> PolicyText {
        var text = NestedText()
        for term in expression {
            if term.operation == .boolean {
                let index = Int(term.boolean) - 1
                let booleans = names.policy.booleans
                text.push(PolicyText(booleans.indices.contains(index) ? booleans[index].name : ""))
            } else if term.operation == .not {
                if isPrefix { text.wrap("(not ", ")") } else { text.wrap("! ", "") }
            } else {
                combine(&text, word(term.operation))
            }
        }
        return text.text
    }

    private func word(_ operation: Conditional.Operator) -> String {
        switch operation {
        case .boolean, .not: ""
        case .or: isPrefix ? "or" : "||"
        case .and: isPrefix ? "and" : "&&"
        case .xor: isPrefix ? "xor" : "^"
        case .equal: isPrefix ? "eq" : "=="
        case .notEqual: isPrefix ? "neq" : "!="
        }
    }
}
