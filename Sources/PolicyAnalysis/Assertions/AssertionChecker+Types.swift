import Flask
import PolicyCompiler

// Assertions about types: rules, whatever constraints say.

extension AssertionChecker {
    func context(_ type: Int) -> SecurityContext {
        var context = placeholder
        context.type = UInt32(type + 1)
        return context
    }

    func typeName(_ index: Int) -> String {
        policy.types.indices.contains(index) ? policy.types[index]?.name.description ?? "" : ""
    }

    func className(_ number: Int) -> String { policy.classes[number - 1].name.description }

    /// How many pairs there are, at most.
    func checkPairs(_ source: Bitmap, _ target: AssertedTypes, _ classes: Int, _ policies: Int) throws(QuestionMistake) {
        try checkCount([source.count, target.types.count + (target.includesSelf ? 1 : 0), classes, policies])
    }

    // MARK: Allowed

    func checkAllowed(
        _ assertion: Assertion, _ access: AssertedAccess, _ source: Bitmap, _ target: AssertedTypes
    ) throws(QuestionMistake) -> AssertionResult {
        var reached = target.types
        if target.includesSelf { reached.formUnion(source) }
        let policies = try policies(bare.loaded, access.booleans, booleans(.allow, source, reached, access.classes))
        try checkPairs(source, target, access.classes.count, policies.count)
        var failures: [AssertionFailure] = []
        var count = 0
        for actor in source {
            for object in target.targets(of: actor) {
                for entry in access.classes {
                    for loaded in policies {
                        let missing = entry.permissions & ~(try decide(loaded, context(actor), context(object), entry.number))
                        guard missing != 0 else { continue }
                        count += 1
                        if failures.count < AssertionResult.explained {
                            failures.append(
                                AssertionFailure(
                                    text: "`\(typeName(actor))` may not \(names(missing, entry.number)) `\(typeName(object)):\(className(entry.number))`",
                                    settings: settings(loaded.booleans), rules: [],
                                    explanation: try explain(
                                        (bare.analysed, loaded), context(actor), context(object), entry.number, missing)))
                        }
                        break
                    }
                }
            }
        }
        return AssertionResult(assertion, failures: failures, count: count)
    }

    // MARK: Denied

    /// Each permissive source is a failure, and each rule that allows some of it. Those are looked for among the rules, because who says `*`
    /// means more pairs than can be asked.
    func checkDenied(
        _ assertion: Assertion, _ access: AssertedAccess, _ source: Bitmap, _ target: AssertedTypes
    ) throws(QuestionMistake) -> AssertionResult {
        var vectors = [UInt32](repeating: 0, count: policy.classes.count + 1)
        for entry in access.classes { vectors[entry.number] = entry.permissions }
        var reached = target.types
        if target.includesSelf { reached.formUnion(source) }
        let sources = attributeNumbers(of: source)
        let targets = attributeNumbers(of: reached)
        let permissive = source.filter { isPermissive($0) && target.hasTarget(of: $0) }
        var failures = permissive.prefix(AssertionResult.explained).map { permissiveFailure($0) }
        var count = permissive.count
        var steps = stepLimit
        func look(_ rules: [Rule], _ condition: RuleCondition?, _ changes: [Int]) throws(QuestionMistake) {
            for rule in rules where rule.kind == .allow && Int(rule.objectClass) < vectors.count {
                let granted = rule.data & vectors[Int(rule.objectClass)]
                guard granted != 0, sources[Int(rule.source)], targets[Int(rule.target)],
                    let pair = try pair(rule, source, target, &steps)
                else { continue }
                count += 1
                guard failures.count < AssertionResult.explained else { continue }
                var told = rule
                told.data = granted
                let number = Int(rule.objectClass)
                failures.append(
                    AssertionFailure(
                        text: "`\(typeName(pair.source))` may \(names(granted, number)) `\(typeName(pair.target)):\(className(number))`",
                        settings: condition == nil ? [] : settings(access.booleans.values, changed: changes),
                        rules: try SearchAnswer(
                            [FoundStatement(.rule(told), condition)], of: analysed,
                            permissions: PermissionCriterion(granted, ofClass: rule.objectClass)
                        ).entries, explanation: nil))
            }
        }
        try look(policy.rules.rules, nil, [])
        var values = access.booleans.values
        for (place, conditional) in policy.conditionals.enumerated() {
            for (branch, rules) in [(true, conditional.whenTrue), (false, conditional.whenFalse)] where !rules.isEmpty {
                // What nobody asks about need not be tried.
                guard rules.contains(where: { Int($0.objectClass) < vectors.count && $0.data & vectors[Int($0.objectClass)] != 0 }) else { continue }
                let changes: [Int]?
                do throws(Conditional.TooManyBooleans) {
                    changes = try access.booleans.changes(toHave: branch, of: conditional, &values)
                } catch {
                    throw tooManyBooleans()
                }
                guard let changes else { continue }
                try look(rules, RuleCondition(place: place, branch: branch, isEnabled: conditional.state == branch), changes)
            }
        }
        return AssertionResult(assertion, failures: failures, count: count)
    }

    /// By number, the types and their attributes.
    private func attributeNumbers(of types: Bitmap) -> [Bool] {
        var numbers = [Bool](repeating: false, count: Int(UInt16.max) + 1)
        for type in types where policy.typeAttributes.indices.contains(type) {
            for attribute in policy.typeAttributes[type] where attribute + 1 < numbers.count { numbers[attribute + 1] = true }
        }
        return numbers
    }

    /// The first source and target that are asserted about and to which a rule applies.
    private func pair(
        _ rule: Rule, _ source: Bitmap, _ target: AssertedTypes, _ steps: inout Int
    ) throws(QuestionMistake) -> (source: Int, target: Int)? {
        var actors = CommonMembers(members(rule.source), source)
        var objects = CommonMembers(members(rule.target), target.types)
        guard var actor = actors.next(&steps) else {
            if steps < 0 { throw tooManySteps() }
            return nil
        }
        if let object = objects.next(&steps) {
            if !target.excludesSelf || object != actor { return (actor, object) }
            // The one is the other; any second of either is enough.
            if let object = objects.next(&steps) { return (actor, object) }
            if let actor = actors.next(&steps) { return (actor, object) }
        } else if target.includesSelf, !target.excludesSelf {
            let reached = members(rule.target)
            while true {
                if !target.excluded.contains(actor), reached.contains(actor) { return (actor, actor) }
                guard let next = actors.next(&steps) else { break }
                actor = next
            }
        }
        if steps < 0 { throw tooManySteps() }
        return nil
    }

    /// The types that a number of a rule stands for.
    private func members(_ number: UInt16) -> Bitmap {
        let index = Int(number) - 1
        return resolver.members.indices.contains(index) ? resolver.members[index] : Bitmap()
    }
}
