import Diagnostics
import Flask
import Spelling

extension Resolver {
    // MARK: Declarations

    @discardableResult
    mutating func declareType(_ name: NameReference, flavor: TypeSymbol.Flavor, in scope: UInt32) -> Int? {
        let kind = flavor == .attribute ? "attribute" : "type"
        guard name.identifier != .selfType else {
            report("reserved-word", "`self` is not the name of a \(kind)", at: name)
            return nil
        }
        guard mayDeclare(flavor == .attribute ? "an attribute" : "a type", name, in: scope) else { return nil }
        let outcome = result.types.mention(name, isDeclaration: true, scope: scope, mayRepeat: false) { table in
            _ = table.nextNumber()
            return TypeSymbol(flavor: flavor, primary: table.entries.count)
        }
        switch outcome {
        case .added(let index): return index
        case .known(let index):
            if result.types[index].flavor != flavor {
                reportFlavor(name, result.types[index].flavor, result.types.visibility(of: index).offset)
                return nil
            }
            return index
        case .duplicate(let index):
            let first = result.types.visibility(of: index).offset
            if result.types[index].flavor == flavor {
                reportDuplicate(kind, name, first: first)
            } else {
                reportFlavor(name, result.types[index].flavor, first)
            }
            return nil
        }
    }

    private mutating func reportFlavor(_ name: NameReference, _ flavor: TypeSymbol.Flavor, _ first: UInt32) {
        let length = syntax.identifiers.length(of: name.identifier)
        let other =
            switch flavor {
            case .type: "a type"
            case .attribute: "an attribute"
            case .alias: "an alias"
            }
        report(
            "duplicate-declaration", "`\(self.name(of: name.identifier))` is \(other) already", at: name,
            labels: [.init(text.span(at: Int(first), length: length), "declared as \(other) here")])
    }

    /// Declarations have no place in the else branch of an optional block.
    mutating func mayDeclare(_ kind: @autoclosure () -> String, _ name: NameReference, in scope: UInt32) -> Bool {
        guard result.scopes[scope].isElse else { return true }
        report(
            "not-in-else", "\(kind()) cannot be declared or required in the `else` of an optional block", at: name)
        return false
    }

    mutating func declareType(_ name: NameReference, _ aliases: NameList, _ attributes: NameList, in scope: UInt32) {
        guard let type = declareType(name, flavor: .type, in: scope) else { return }
        for alias in syntax[aliases] { declareAlias(alias, of: type, in: scope) }
        for attribute in syntax[attributes] {
            guard let index = self.attribute(attribute, from: scope) else { continue }
            result.contents[Int(scope)].typeAttributes.append((index, type))
        }
    }

    mutating func declareAliases(of name: NameReference, _ aliases: NameList, in scope: UInt32) {
        guard let type = result.types.index(of: name.identifier) else {
            reportUnknown(.type, name, among: result.types) { $0.flavor != .attribute }
            return
        }
        guard isVisible(result.types.visibility(of: type).scopes, from: scope) else {
            reportOutOfScope("type", name, declaredAt: result.types.visibility(of: type).offset)
            return
        }
        guard result.types[type].flavor != .attribute else {
            report(
                "not-a-type", "`\(self.name(of: name.identifier))` is an attribute, and attributes have no aliases", at: name)
            return
        }
        for alias in syntax[aliases] { declareAlias(alias, of: type, in: scope) }
    }

    private mutating func declareAlias(_ alias: NameReference, of type: Int, in scope: UInt32) {
        guard !hasDot(alias, "a type alias"), mayDeclare("an alias", alias, in: scope) else { return }
        let primary = result.types[type].primary
        let outcome = result.types.mention(alias, isDeclaration: true, scope: scope, mayRepeat: false) { _ in
            TypeSymbol(flavor: .alias, primary: primary)
        }
        switch outcome {
        case .added: break
        case .known(let index):
            // It was required before: from here on it is an alias.
            result.types[index].flavor = .alias
            result.types[index].isRequiredAlias = true
            result.types[index].primary = primary
        case .duplicate(let index):
            reportDuplicate("alias", alias, first: result.types.visibility(of: index).offset)
        }
    }

    mutating func hasDot(_ name: NameReference, _ kind: String) -> Bool {
        guard syntax.identifiers.bytes(of: name.identifier).contains(UInt8(ascii: ".")) else { return false }
        report(
            "dot-in-name", "\(kind) may not have a `.` in its name", at: name,
            nearest: Spelling.Guess(name: String(self.name(of: name.identifier).map { $0 == "." ? "_" : $0 }), isCertain: true))
        return true
    }

    /// The entry of an attribute that the source names in a scope.
    mutating func attribute(_ name: NameReference, from scope: UInt32) -> Int? {
        guard let index = result.types.index(of: name.identifier) else {
            reportUnknown(.attribute, name, among: result.types) { $0.flavor == .attribute }
            return nil
        }
        let visibility = result.types.visibility(of: index)
        guard isVisible(visibility.scopes, from: scope) else {
            reportOutOfScope("attribute", name, declaredAt: visibility.offset)
            return nil
        }
        guard result.types[index].flavor == .attribute else {
            report("not-an-attribute", "`\(self.name(of: name.identifier))` is a type, not an attribute", at: name)
            return nil
        }
        return index
    }

    mutating func addAttributes(to name: NameReference, _ attributes: NameList, in scope: UInt32) {
        guard let type = result.types.index(of: name.identifier) else {
            reportUnknown(.type, name, among: result.types)
            return
        }
        let visibility = result.types.visibility(of: type)
        guard isVisible(visibility.scopes, from: scope) else {
            reportOutOfScope("type", name, declaredAt: visibility.offset)
            return
        }
        if result.types[type].flavor == .attribute, !dialect.attributesHaveAttributes || version ?? 24 < 24 {
            report(
                "not-a-type", "`\(self.name(of: name.identifier))` is an attribute, which cannot have attributes", at: name,
                help: "checkpolicy 3.10 and later allow it, from version 24 on: use the layout `3.6`")
            return
        }
        for attribute in syntax[attributes] {
            guard let index = self.attribute(attribute, from: scope) else { continue }
            result.contents[Int(scope)].typeAttributes.append((index, result.types[type].primary))
        }
    }

    // MARK: The second pass

    /// A type that may be used here; nil, and reported, when there is none.
    mutating func type(_ name: NameReference, allowsAttribute: Bool = true) -> Int? {
        guard let index = result.types.index(of: name.identifier) else {
            reportUnknown(.type, name, among: result.types) { allowsAttribute || $0.flavor != .attribute }
            return nil
        }
        guard isInScope(index, result.types) else {
            reportOutOfScope("type", name, declaredAt: result.types.visibility(of: index).offset)
            return nil
        }
        if !allowsAttribute, result.types[index].flavor == .attribute {
            report("not-a-type", "`\(self.name(of: name.identifier))` is an attribute, not a type", at: name)
            return nil
        }
        return result.types[index].primary
    }

    mutating func markType(_ name: NameReference, _ what: String, _ change: (inout TypeSymbol) -> Void) {
        guard let index = result.types.index(of: name.identifier) else {
            reportUnknown(.type, name, among: result.types) { $0.flavor != .attribute }
            return
        }
        guard isInScope(index, result.types) else {
            reportOutOfScope("type", name, declaredAt: result.types.visibility(of: index).offset)
            return
        }
        guard result.types[index].flavor != .attribute else {
            report("not-a-type", "`\(self.name(of: name.identifier))` is an attribute, and only types can be \(what)", at: name,
                help: "write a statement for each type that has the attribute")
            return
        }
        change(&result.types[index])
    }

    mutating func expandAttributes(_ attributes: NameList, _ value: Bool) {
        for name in syntax[attributes] {
            guard let index = attribute(name, from: scope.current) else { continue }
            if value { result.types[index].expandTrue = true } else { result.types[index].expandFalse = true }
            if result.types[index].expandTrue, result.types[index].expandFalse {
                diagnostics.report(
                    .warning, "conflicting-expandattribute",
                    "attribute `\(self.name(of: name.identifier))` is to be expanded and not to be expanded", at: span(name),
                    notes: ["it is not expanded"], help: "remove one of the two statements")
                result.types[index].expandTrue = false
            }
        }
    }

    /// A type whose name has a dot is bounded by the type named before the last dot.
    mutating func boundByName(_ name: NameReference) {
        let bytes = syntax.identifiers.bytes(of: name.identifier)
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")) else { return }
        let parent = String(decoding: bytes[..<dot], as: UTF8.self)
        guard let identifier = syntax.identifiers.find(parent), let index = result.types.index(of: identifier),
            result.types[index].flavor != .attribute, isInScope(index, result.types)
        else {
            report(
                "unknown-type", "type `\(self.name(of: name.identifier))` is bounded by `\(parent)`, which is not declared",
                at: name, notes: ["a `.` in a type's name means that the type is bounded by what stands before it"])
            return
        }
        if let child = result.types.index(of: name.identifier) { bound(child, by: index, name) }
    }

    mutating func boundTypes(_ parent: NameReference, _ children: NameList) {
        guard let parentType = type(parent, allowsAttribute: false) else { return }
        for child in syntax[children] {
            if let type = type(child, allowsAttribute: false) { bound(type, by: parentType, child) }
        }
    }

    private mutating func bound(_ child: Int, by parent: Int, _ reference: NameReference) {
        let parentType = result.types[parent].primary
        let contents = result.contents[Int(scope.current)].typeBounds
        if let old = contents.first(where: { $0.child == child }), old.parent != parentType {
            report(
                "conflicting-bounds", "type `\(name(of: reference.identifier))` is bounded by another type already",
                at: reference, labels: [.init(span(ofNode: old.node), "bounded here")],
                help: "a type has at most one type that bounds it: remove one of the statements")
            return
        }
        result.contents[Int(scope.current)].typeBounds.append((child, parentType, currentNode))
    }

    // MARK: Sets

    /// What a set of types may hold besides names.
    struct SetRules {
        var allowsWildcards = false
        var allowsSelf = false
        var allowsNotSelf = false
    }

    /// A set of types. `self` is taken out and returned by itself.
    mutating func typeSet(_ list: NameList, _ rules: SetRules = SetRules()) -> (set: TypeSet, selfTarget: ResolvedRule.SelfTarget)? {
        let includedStart = UInt32(result.typePool.count)
        var excluded: [Int32] = []
        var isStar = false
        var isComplement = false
        var selfTarget = ResolvedRule.SelfTarget.none
        var isNegative = false
        var isComplete = true
        for reference in syntax[list] {
            switch reference.identifier {
            case .minus:
                isNegative = true
                continue
            case .star, .complement:
                guard rules.allowsWildcards else {
                    report(
                        "wildcard-not-allowed", "`\(name(of: reference.identifier))` is not allowed in this set of types",
                        at: reference, notes: ["only neverallow rules may name all types or all but some"],
                        help: "declare an attribute for the types that are meant, and name that")
                    return nil
                }
                if reference.identifier == .star { isStar = true } else { isComplement = true }
                continue
            default: break
            }
            if rules.allowsSelf, reference.identifier == .selfType {
                if isNegative, !rules.allowsNotSelf {
                    report(
                        "wildcard-not-allowed", "`-self` is allowed only in neverallow rules", at: reference)
                    return nil
                }
                let wanted: ResolvedRule.SelfTarget = isNegative ? .excluded : .included
                if selfTarget != .none, selfTarget != wanted {
                    report("self-and-not-self", "`self` and `-self` exclude each other", at: reference, help: "keep one of them")
                    return nil
                }
                selfTarget = wanted
                isNegative = false
                continue
            }
            guard let index = type(reference) else {
                isComplete = false
                isNegative = false
                continue
            }
            if isNegative { excluded.append(Int32(index)) } else { result.typePool.append(Int32(index)) }
            isNegative = false
        }
        guard isComplete else { return nil }
        if isComplement, rules.allowsNotSelf {
            if selfTarget == .excluded {
                if let reference = syntax[list].first {
                    report("self-and-not-self", "`-self` is not allowed in a complement", at: reference)
                }
                return nil
            }
            if selfTarget == .included { selfTarget = .excluded }
        }
        let includedEnd = UInt32(result.typePool.count)
        result.typePool.append(contentsOf: excluded)
        return (
            TypeSet(
                included: includedStart..<includedEnd, excluded: includedEnd..<UInt32(result.typePool.count),
                isStar: isStar, isComplement: isComplement), selfTarget
        )
    }
}
