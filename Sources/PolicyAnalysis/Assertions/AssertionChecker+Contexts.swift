import Flask
import PolicyCompiler

// Assertions about contexts: what the policy decides, with everything that it has.

extension AssertionChecker {
    func checkContexts(
        _ assertion: Assertion, _ access: AssertedAccess, _ source: [SecurityContext], _ target: [SecurityContext]
    ) throws(QuestionMistake) -> AssertionResult {
        let relevant = booleans(.allow, Self.types(source), Self.types(target), access.classes)
        let policies = try policies(loaded, access.booleans, relevant)
        try checkCount([source.count, target.count, access.classes.count, policies.count])
        let isAllowed = assertion.verb == .allow
        // Nothing is denied to a permissive type.
        let permissive = isAllowed ? [] : Self.types(source).filter(isPermissive)
        var failures = permissive.prefix(AssertionResult.explained).map { permissiveFailure($0) }
        var count = permissive.count
        for actor in source {
            for object in target {
                for entry in access.classes {
                    for loaded in policies {
                        let allowed = try decide(loaded, actor, object, entry.number)
                        let wrong = entry.permissions & (isAllowed ? ~allowed : allowed)
                        guard wrong != 0 else { continue }
                        count += 1
                        if failures.count < AssertionResult.explained {
                            failures.append(
                                AssertionFailure(
                                    text: "`\(text(actor))` may \(isAllowed ? "not " : "")\(names(wrong, entry.number)) `\(text(object)):\(className(entry.number))`",
                                    settings: settings(loaded.booleans), rules: [],
                                    explanation: try explain((analysed, loaded), actor, object, entry.number, wrong)))
                        }
                        break
                    }
                }
            }
        }
        return AssertionResult(assertion, failures: failures, count: count)
    }

    static func types(_ contexts: [SecurityContext]) -> Bitmap { Bitmap(contexts.map { Int($0.type) - 1 }) }

    func text(_ context: SecurityContext) -> String {
        String(decoding: StatementWriter(policy, usesSelf: false).context(context).bytes, as: UTF8.self)
    }
}
