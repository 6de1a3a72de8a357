import Diagnostics
import Flask

extension Linter {
    /// Types and attributes that nothing is said about.
    mutating func lintUnused() {
        let mentioned = mentions()
        var hasMembers = [Bool](repeating: false, count: resolution.types.entries.count)
        var isUsedThroughAttribute = hasMembers
        for scope in result.scopes {
            for (attribute, member) in resolution.contents[Int(scope)].typeAttributes {
                hasMembers[attribute] = true
                if mentioned[attribute] { isUsedThroughAttribute[member] = true }
            }
        }
        let elsewhere = attributesNamedElsewhere(mentioned)
        for (index, entry) in resolution.types.entries.enumerated() {
            guard entry.flavor != .alias, result.linker.isEnabled(index, resolution.types) else { continue }
            let identifier = resolution.types.identifiers[index]
            let offset = Int(resolution.types.visibility(of: index).offset)
            let length = syntax.identifiers.length(of: identifier)
            let span = text.span(at: offset, length: length)
            // A name that a macro put together belongs to a pattern; not every part of it is needed everywhere.
            guard span.length == length else { continue }
            if entry.flavor == .attribute {
                if !mentioned[index] {
                    // Where the macros are gone, nobody knows what else the tree says.
                    if isFlattened { unsought.insert("unused-attribute") }
                    if isFlattened || elsewhere[identifier.index] { continue }
                    warn("unused-attribute", "no rule names attribute `\(name(identifier))`", at: span, help: "leave it out, or silence this with `# xsm: allow unused-attribute` and a reason")
                } else if !hasMembers[index] {
                    warn("empty-attribute", "no type has attribute `\(name(identifier))`: rules about it have no effect", at: span)
                }
            } else if !mentioned[index], !isUsedThroughAttribute[index] {
                warn("unused-type", "no rule and no context names type `\(name(identifier))`", at: span, help: "leave it out, or silence this with `# xsm: allow unused-type` and a reason")
            }
        }
    }

    /// For each identifier whether it is an attribute that no rule names here, but a text of the tree that has no part in
    /// this compilation.
    private func attributesNamedElsewhere(_ mentioned: [Bool]) -> [Bool] {
        var names: [Identifier] = []
        for (index, entry) in resolution.types.entries.enumerated() where entry.flavor == .attribute && !mentioned[index] {
            names.append(resolution.types.identifiers[index])
        }
        guard !names.isEmpty, !isFlattened else { return [Bool](repeating: false, count: syntax.identifiers.count) }
        return UncompiledText(text, map).mentions(of: names, syntax.identifiers)
    }

    /// Which entries of the type table something is said about.
    private func mentions() -> [Bool] {
        var mentioned = [Bool](repeating: false, count: resolution.types.entries.count)
        func mention(_ set: TypeSet) {
            for type in resolution.included(set) { mentioned[Int(type)] = true }
            for type in resolution.excluded(set) { mentioned[Int(type)] = true }
        }
        func mention(_ rules: [ResolvedRule]) {
            for rule in rules {
                mention(rule.source)
                mention(rule.target)
                if case .type = rule.kind { for entry in resolution.classes(rule) { mentioned[Int(entry.data)] = true } }
            }
        }
        for scope in result.scopes {
            let contents = resolution.contents[Int(scope)]
            mention(contents.rules)
            for conditional in contents.conditionals { mention(conditional.whenTrue + conditional.whenFalse) }
            for transition in contents.roleTransitions { mention(transition.types) }
            for transition in contents.rangeTransitions {
                mention(transition.source)
                mention(transition.target)
            }
            for (child, parent, _) in contents.typeBounds {
                mentioned[child] = true
                mentioned[parent] = true
            }
            // A role's types are who may be, not what may be done; but an attribute that is used there is used.
            for (_, types) in contents.roleTypes {
                for type in resolution.included(types) where resolution.types[Int(type)].flavor == .attribute {
                    mentioned[Int(type)] = true
                }
            }
        }
        for constraint in resolution.constraints {
            for term in constraint.expression where term.attribute.contains(.type) { mention(term.types) }
        }
        for context in syntax.contexts {
            if let index = resolution.types.index(of: context.type.identifier) {
                mentioned[resolution.types[index].primary] = true
            }
        }
        return mentioned
    }

    // MARK: Rules that others imply

    /// More entries than this are not compared with each other.
    private static let maximumCompared = 200_000

    /// Rules that add nothing, because rules before them or rules about attributes say the same. A rule in a macro
    /// counts only when none of its copies adds anything; where the macros are gone, that cannot be known, and neither for
    /// copies under conditions.
    mutating func lintImplied() {
        guard policy.rules.rules.count <= Self.maximumCompared, !isFlattened else {
            unsought.insert("implied-rule")
            return
        }
        let isImplied = impliedNodes()
        let nodes = syntax.nodes.indices.filter { isImplied[$0] }
        guard !nodes.isEmpty else { return }
        let adding = placesOfRules { !isImplied[$0] }
        var told: Set<SourcePosition> = []
        for node in nodes {
            let place = text.origin(of: Int(syntax.nodes[node].offset))
            guard !adding.contains(place.position), told.insert(place.position).inserted else { continue }
            let isInMacro = place.expansion != .none
            let advice = isInMacro ? "leave it out, if no other call of the macro needs it" : "leave it out"
            warn(
                "implied-rule", "this rule adds nothing: other rules say the same already", at: span(ofNode: node),
                help: "\(advice), or silence this with `# xsm: allow implied-rule` and a reason")
        }
    }

    /// Where the rules that fulfil a condition were written.
    private func placesOfRules(where isMeant: (Int) -> Bool) -> Set<SourcePosition> {
        var places: Set<SourcePosition> = []
        for (index, node) in syntax.nodes.enumerated() where isMeant(index) {
            guard case .rule(let rule) = node.statement, rule.kind != .neverAllow else { continue }
            places.insert(text.origin(of: Int(node.offset)).position)
        }
        return places
    }

    /// For each statement, whether it has access vectors and others imply all that it says: each entry that it first made
    /// is covered by rules about attributes, and to entries of others it added nothing.
    private func impliedNodes() -> [Bool] {
        var isImplied = zip(result.isExpanded, result.isAdding).map { $0 && !$1 }
        let table = RuleLookup(policy)
        for (index, rule) in result.rules.enumerated() where rule.kind.isAccessVector && !table.isCovered(rule) {
            isImplied[Int(result.ruleNodes[index])] = false
        }
        return isImplied
    }
}

/// Access vectors by key, and which of them rules about attributes cover.
private struct RuleLookup {
    private var vectors = RuleAccumulator()
    private let attributes: [[UInt16]]

    init(_ policy: Policy) {
        attributes = policy.typeAttributes.map { $0.map { UInt16($0 + 1) } }
        for rule in policy.rules.rules where rule.kind.isAccessVector {
            _ = vectors.insert(rule, node: 0)
        }
    }

    func isCovered(_ rule: Rule) -> Bool {
        var rest = rule.kind == .auditDeny ? ~rule.data : rule.data
        for source in attributes[Int(rule.source) - 1] {
            for target in attributes[Int(rule.target) - 1] where source != rule.source || target != rule.target {
                let key = Rule(source: source, target: target, objectClass: rule.objectClass, kind: rule.kind, data: 0)
                guard let place = vectors.index(ofKey: key) else { continue }
                let other = vectors[data: place]
                rest &= rule.kind == .auditDeny ? other : ~other
                if rest == 0 { return true }
            }
        }
        return false
    }
}
