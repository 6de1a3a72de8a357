extension ImageReader {
    mutating func readConstraints(_ count: Int, validateTransitions: Bool) throws(ImageReadError) -> [Constraint] {
        var constraints: [Constraint] = []
        for _ in 0..<count {
            let offset = cursor.offset
            let permissions = try cursor.word32()
            let terms = try cursor.count(ofSize: 12)
            var constraint = Constraint(permissions: permissions, expression: [])
            constraint.expression.reserveCapacity(terms)
            var depth = 0
            for _ in 0..<terms {
                let place = cursor.offset
                let term = try readTerm(validateTransitions: validateTransitions)
                switch term.kind {
                case .not: guard depth >= 1 else { throw fail(.malformedConstraint, at: place) }
                case .and, .or:
                    guard depth >= 2 else { throw fail(.malformedConstraint, at: place) }
                    depth -= 1
                case .attribute, .names:
                    guard depth < Constraint.maximumDepth else { throw fail(.malformedConstraint, at: place) }
                    depth += 1
                }
                constraint.expression.append(term)
            }
            guard depth == 1 else { throw fail(.malformedConstraint, at: offset) }
            constraints.append(constraint)
        }
        return constraints
    }

    private mutating func readTerm(validateTransitions: Bool) throws(ImageReadError) -> Constraint.Term {
        let offset = cursor.offset
        let kindNumber = try cursor.word32()
        let attributeNumber = try cursor.word32()
        let comparisonNumber = try cursor.word32()
        guard let kind = Constraint.Term.Kind(rawValue: kindNumber) else {
            throw fail(.invalidValue(kindNumber, .expressionKind), at: offset)
        }
        guard let comparison = Constraint.Term.Comparison(rawValue: comparisonNumber) else {
            throw fail(.invalidValue(comparisonNumber, .comparison), at: offset + 8)
        }
        var term = Constraint.Term(kind, Constraint.Attribute(rawValue: attributeNumber), comparison)
        if kind == .names, !validateTransitions, term.attribute.contains(.relabellingProcess) {
            throw fail(.relabellingProcessInConstraint, at: offset + 4)
        }
        guard term.hasValidAttribute else { throw fail(.invalidValue(attributeNumber, .attribute), at: offset + 4) }
        guard term.hasValidComparison else { throw fail(.invalidValue(comparisonNumber, .comparison), at: offset + 8) }
        if kind == .names { try readNames(&term) }
        return term
    }

    private mutating func readNames(_ term: inout Constraint.Term) throws(ImageReadError) {
        let offset = cursor.offset
        let kind: SymbolKind =
            term.attribute.contains(.user) ? .user : term.attribute.contains(.role) ? .role : .type
        term.names = try readBitmap()
        deferred.append(DeferredCheck(offset: offset, numbers: term.names, kind: kind))
        guard version.hasConstraintNames else { return }
        let typeOffset = cursor.offset
        term.typeSet.included = try readBitmap()
        term.typeSet.excluded = try readBitmap()
        term.typeSet.flags = try cursor.word32()
        guard term.typeSet.flags <= 2 else {
            throw fail(.invalidValue(term.typeSet.flags, .typeSetFlags), at: cursor.offset - 4)
        }
        deferred.append(DeferredCheck(offset: typeOffset, numbers: term.typeSet.included, kind: .type))
        deferred.append(DeferredCheck(offset: typeOffset, numbers: term.typeSet.excluded, kind: .type))
    }
}

extension Constraint.Term {
    /// Whether the term looks at something that there is (libsepol, src/policydb_validate.c).
    var hasValidAttribute: Bool {
        switch kind {
        case .not, .and, .or: attribute == []
        case .attribute:
            [.user, .role, .type, .lowLow, .lowHigh, .highLow, .highHigh, .sourceLowHigh, .targetLowHigh].contains(attribute)
        case .names:
            [.user, .role, .type].contains(attribute.subtracting([.target, .relabellingProcess]))
                && !attribute.isSuperset(of: [.target, .relabellingProcess])
        }
    }

    var hasValidComparison: Bool {
        switch kind {
        case .not, .and, .or: comparison == .none
        case .names: comparison == .equal || comparison == .notEqual
        case .attribute:
            switch comparison {
            case .none: false
            case .equal, .notEqual: true
            case .dominates, .dominatedBy, .incomparable: attribute != .user && attribute != .type
            }
        }
    }
}
