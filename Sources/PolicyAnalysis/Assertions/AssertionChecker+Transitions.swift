import Flask
import PolicyCompiler

// Assertions about the contexts of what is new.

extension AssertionChecker {
    func checkTransition(
        _ assertion: Assertion, _ access: AssertedAccess, to result: AssertedAccess.Result
    ) throws(QuestionMistake) -> AssertionResult {
        let pairs: [(SecurityContext, SecurityContext)]
        let types: (Bitmap, Bitmap)
        switch access.parties {
        case .types(let source, let target):
            try checkPairs(source, target, access.classes.count, 1)
            pairs = source.flatMap { actor in target.targets(of: actor).map { (context(actor), context($0)) } }
            types = (source, target.includesSelf ? Bitmap(Array(target.types) + Array(source)) : target.types)
        case .contexts(let source, let target):
            try checkCount([source.count, target.count, access.classes.count])
            pairs = source.flatMap { actor in target.map { (actor, $0) } }
            types = (Self.types(source), Self.types(target))
        }
        let policies = try policies(loaded, access.booleans, booleans(.typeTransition, types.0, types.1, access.classes))
        try checkCount([pairs.count, access.classes.count, policies.count])
        var failures: [AssertionFailure] = []
        var count = 0
        for (source, target) in pairs {
            for entry in access.classes {
                for loaded in policies {
                    let found = try newContext(loaded, source, target, entry.number)
                    guard !isMet(result, found) else { continue }
                    count += 1
                    if failures.count < AssertionResult.explained {
                        failures.append(
                            AssertionFailure(
                                text: text(result, source, target, entry.number, found), settings: settings(loaded.booleans),
                                rules: try rules(source.type, target.type, entry.number), explanation: nil))
                    }
                    break
                }
            }
        }
        return AssertionResult(assertion, failures: failures, count: count)
    }

    private func newContext(
        _ loaded: LoadedPolicy, _ source: SecurityContext, _ target: SecurityContext, _ number: Int
    ) throws(QuestionMistake) -> SecurityContext {
        do throws(DecisionError) {
            return try loaded.newContext(.transition, source: source, target: target, objectClass: UInt16(number))
        } catch {
            throw .undecidable(reason: "\(error)")
        }
    }

    private func isMet(_ result: AssertedAccess.Result, _ found: SecurityContext) -> Bool {
        switch result {
        case .type(let type): found.type == type
        case .context(let context): found == context
        }
    }

    private func text(
        _ result: AssertedAccess.Result, _ source: SecurityContext, _ target: SecurityContext, _ number: Int, _ found: SecurityContext
    ) -> String {
        switch result {
        case .type:
            "`\(typeName(Int(source.type) - 1))` in view of `\(typeName(Int(target.type) - 1)):\(className(number))` gives `\(typeName(Int(found.type) - 1))`"
        case .context: "`\(text(source))` in view of `\(text(target)):\(className(number))` gives `\(text(found))`"
        }
    }

    /// The type transitions about two types and a class.
    private func rules(_ source: UInt32, _ target: UInt32, _ number: Int) throws(QuestionMistake) -> [SearchAnswer.Entry] {
        func isMeant(_ rule: Rule) -> Bool {
            rule.kind == .typeTransition && rule.source == source && rule.target == target && rule.objectClass == number
        }
        var found = policy.rules.rules.filter(isMeant).map { FoundStatement(.rule($0)) }
        for (place, conditional) in policy.conditionals.enumerated() {
            for (branch, rules) in [(true, conditional.whenTrue), (false, conditional.whenFalse)] {
                let condition = RuleCondition(place: place, branch: branch, isEnabled: conditional.state == branch)
                found += rules.filter(isMeant).map { FoundStatement(.rule($0), condition) }
            }
        }
        return try SearchAnswer(found, of: analysed, permissions: nil).entries
    }
}
