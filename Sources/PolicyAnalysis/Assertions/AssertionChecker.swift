import Diagnostics
import Flask
import PolicyCompiler

/// Decides assertions about a policy.
///
/// About types an `allow` holds where rules, and the bounds of types, give each permission to each source for each target; a `deny` where
/// no rule gives any of them to any. Constraints and roles have no part in that, because they are about contexts: so what is said to be
/// denied is denied to every context of the types, and what is said to be allowed may still need a context that a constraint lets pass.
/// About contexts both hold where the policy decides so, with everything that it has.
///
/// To a permissive source Xen grants what it denies (xen/xsm/flask/ss/services.c: `security_compute_av`, xen/xsm/flask/avc.c:
/// `avc_has_perm_noaudit`): nothing is denied to it, and information may go everywhere by it. An `allow` wants its rules all the same.
struct AssertionChecker {
    let analysed: AnalysedPolicy
    let loaded: LoadedPolicy
    var resolver: AssertionResolver
    /// The policy with nothing but its rules and the bounds of its types, and what stands for a type in it.
    let bare: (analysed: AnalysedPolicy, loaded: LoadedPolicy)
    let placeholder: SecurityContext
    var policy: Policy { analysed.policy }

    /// No assertion makes more decisions about pairs.
    static let decisionLimit = 1 << 20
    /// No assertion looks at more members of attributes.
    let stepLimit: Int
    /// So many decisions about contexts are made for a flow, with all values of booleans together.
    let flowDecisions: Int

    init(_ analysed: AnalysedPolicy, steps: Int, decisions: Int) throws(QuestionMistake) {
        stepLimit = steps
        flowDecisions = decisions
        self.analysed = analysed
        loaded = try analysed.loaded()
        resolver = AssertionResolver(analysed, loaded)
        var policy = analysed.policy
        for index in policy.classes.indices { policy.classes[index].constraints = [] }
        let bare = AnalysedPolicy(policy, form: analysed.form, release: analysed.release, origins: analysed.origins, map: analysed.map)
        self.bare = (bare, try bare.loaded())
        guard let user = policy.users.firstIndex(where: { $0 != nil }), let role = policy.roles.firstIndex(where: { $0 != nil }) else {
            throw .undecidable(reason: "it has no users, or no roles")
        }
        placeholder = SecurityContext(user: UInt32(user + 1), role: UInt32(role + 1), type: 0)
    }

    mutating func check(_ file: AssertionFile) -> [TestResult] {
        file.tests.map { test in
            var result = TestResult(test: test)
            for assertion in test.assertions {
                do throws(AssertionResolver.Unresolved) {
                    result.results.append(try check(assertion))
                } catch {
                    guard case .absent(let reason) = error else { continue }
                    result.results.append(AssertionResult(assertion, skipped: reason))
                }
            }
            return result
        }
    }

    private mutating func check(_ assertion: Assertion) throws(AssertionResolver.Unresolved) -> AssertionResult {
        if assertion.verb == .noFlow {
            let flow = try resolver.flow(of: assertion)
            do throws(QuestionMistake) {
                return try checkFlow(assertion, flow)
            } catch {
                throw tell(error, of: assertion)
            }
        }
        let access = try resolver.access(of: assertion)
        do throws(QuestionMistake) {
            if let result = access.result { return try checkTransition(assertion, access, to: result) }
            switch access.parties {
            case .types(let source, let target):
                return assertion.verb == .allow
                    ? try checkAllowed(assertion, access, source, target) : try checkDenied(assertion, access, source, target)
            case .contexts(let source, let target): return try checkContexts(assertion, access, source, target)
            }
        } catch {
            throw tell(error, of: assertion)
        }
    }

    private mutating func tell(_ mistake: QuestionMistake, of assertion: Assertion) -> AssertionResolver.Unresolved {
        switch mistake {
        case .undecidable(let reason): resolver.mistake("assertion-too-large", reason, at: assertion.span)
        case .pointless(let reason): resolver.mistake("malformed-assertion", reason, at: assertion.span)
        default: resolver.mistake("assertion-too-large", mistake.message, at: assertion.span)
        }
    }

    // MARK: What all need

    func tooManySteps() -> QuestionMistake {
        .undecidable(reason: "this takes more than \(stepLimit) steps through the members of attributes: say less at once")
    }

    /// What is wrong with what is denied to a permissive type.
    func permissiveFailure(_ type: Int, _ what: String = "what is denied is done all the same") -> AssertionFailure {
        AssertionFailure(text: "`\(typeName(type))` is permissive: \(what)", settings: [], rules: [], explanation: nil)
    }

    /// By its index. The policy keeps numbers.
    func isPermissive(_ type: Int) -> Bool { policy.permissiveTypes.contains(type + 1) }

    func tooMany() -> QuestionMistake {
        .undecidable(reason: "this takes more than \(Self.decisionLimit) decisions: say less at once")
    }

    func tooManyBooleans() -> QuestionMistake {
        .undecidable(reason: "this depends on more than \(Conditional.triedBooleans) booleans: say by `with` which values they have")
    }

    /// Refuses what would take too long.
    func checkCount(_ factors: [Int]) throws(QuestionMistake) {
        var product = 1
        for factor in factors {
            let (result, overflow) = product.multipliedReportingOverflow(by: max(1, factor))
            guard !overflow, result <= Self.decisionLimit else { throw tooMany() }
            product = result
        }
    }

    /// The policy with each set of values with which an assertion is to hold.
    func policies(_ loaded: LoadedPolicy, _ values: AssertedValues, _ relevant: Bitmap) throws(QuestionMistake) -> [LoadedPolicy] {
        guard let assignments = values.assignments(of: relevant) else { throw tooManyBooleans() }
        return assignments.compactMap { loaded.setting($0) }
    }

    /// The booleans on which it depends whether rules of some kinds apply to any of the types.
    func booleans(_ kind: Rule.Kind, _ source: Bitmap, _ target: Bitmap, _ classes: [AssertedAccess.Class]) -> Bitmap {
        let sources = numbers(of: source)
        let targets = numbers(of: target)
        var vectors = [UInt32](repeating: 0, count: policy.classes.count + 1)
        for entry in classes { vectors[entry.number] = kind == .allow ? entry.permissions : .max }
        var found = Bitmap()
        for conditional in policy.conditionals {
            let isRelevant = [conditional.whenTrue, conditional.whenFalse].contains { rules in
                rules.contains { rule in
                    rule.kind == kind && Int(rule.objectClass) < vectors.count && rule.data & vectors[Int(rule.objectClass)] != 0
                        && sources[Int(rule.source)] && targets[Int(rule.target)]
                }
            }
            if isRelevant { found.formUnion(conditional.booleans) }
        }
        return found
    }

    /// By number, the types, what bounds them, and all their attributes: what a rule that is about any of them may say.
    func numbers(of types: Bitmap) -> [Bool] {
        var numbers = [Bool](repeating: false, count: Int(UInt16.max) + 1)
        var seen = Bitmap()
        for type in types {
            var type = type
            while policy.types.indices.contains(type), !seen.contains(type) {
                seen.insert(type)
                numbers[min(type + 1, numbers.count - 1)] = true
                if policy.typeAttributes.indices.contains(type) {
                    for attribute in policy.typeAttributes[type] where attribute + 1 < numbers.count { numbers[attribute + 1] = true }
                }
                type = Int(policy.types[type]?.bounds ?? 0) - 1
            }
        }
        return numbers
    }

    /// Booleans that have other values than the policy is loaded with.
    func settings(_ values: [Bool]) -> [Boolean] {
        zip(policy.booleans, values).compactMap { $0.value == $1 ? nil : Boolean(name: $0.name, value: $1) }
    }

    func settings(_ values: [Bool], changed places: [Int]) -> [Boolean] {
        var values = values
        for place in places { values[place].toggle() }
        return settings(values)
    }

    func decide(_ loaded: LoadedPolicy, _ source: SecurityContext, _ target: SecurityContext, _ number: Int) throws(QuestionMistake) -> UInt32 {
        do throws(DecisionError) {
            return try loaded.accessDecision(source: source, target: target, objectClass: UInt16(number)).allowed
        } catch {
            throw .undecidable(reason: "\(error)")
        }
    }

    func explain(
        _ asked: (analysed: AnalysedPolicy, loaded: LoadedPolicy), _ source: SecurityContext, _ target: SecurityContext, _ number: Int,
        _ vector: UInt32
    ) throws(QuestionMistake) -> AccessExplanation {
        let permissions = policy.permissions(ofClass: number - 1).filter { vector & 1 << ($0.number - 1) != 0 }
        let question = AccessQuestion(
            source: source, target: target, objectClass: UInt16(number), permissions: permissions, booleans: asked.loaded.booleans)
        return try AccessExplainer(asked.analysed, asked.loaded, question).explanation()
    }

    func names(_ vector: UInt32, _ number: Int) -> String {
        let names = policy.permissions(ofClass: number - 1).filter { vector & 1 << ($0.number - 1) != 0 }.map(\.name.description)
        return names.count == 1 ? names[0] : "{ \(names.joined(separator: " ")) }"
    }
}
