import Flask

/// Writes the expression of a constraint or of a condition in one of the languages.
struct ExpressionWriter {
    let names: PolicyNames
    /// Operators before their operands, as in CIL.
    let isPrefix: Bool

    // MARK: Constraints

    func text(_ expression: [Constraint.Term]) -> PolicyText {
        var stack: [PolicyText] = []
        for term in expression {
            switch term.kind {
            case .not:
                let operand = stack.popLast() ?? ""
                stack.append(isPrefix ? "(not \(operand))" : "not (\(operand))")
            case .and, .or:
                let right = stack.popLast() ?? ""
                let left = stack.popLast() ?? ""
                stack.append(combine(left, term.kind == .and ? "and" : "or", right))
            case .attribute: stack.append(comparison(term))
            case .names: stack.append(membership(term))
            }
        }
        return stack.last ?? ""
    }

    private func combine(_ left: PolicyText, _ word: String, _ right: PolicyText) -> PolicyText {
        isPrefix ? "(\(word) \(left) \(right))" : "(\(left) \(word) \(right))"
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

    func text(_ expression: [Conditional.Term]) -> PolicyText {
        var stack: [PolicyText] = []
        for term in expression {
            if term.operation == .boolean {
                let index = Int(term.boolean) - 1
                let booleans = names.policy.booleans
                stack.append(PolicyText(booleans.indices.contains(index) ? booleans[index].name : ""))
            } else if term.operation == .not {
                let operand = stack.popLast() ?? ""
                stack.append(isPrefix ? "(not \(operand))" : "! \(operand)")
            } else {
                let right = stack.popLast() ?? ""
                let left = stack.popLast() ?? ""
                stack.append(combine(left, word(term.operation), right))
            }
        }
        return stack.last ?? ""
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
