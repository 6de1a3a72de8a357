import Diagnostics
import Flask
import PolicyAnalysis

/// Compares what two policies do to assertions, and where information can go in them.
struct EffectsComparison {
    private let base: AnalysedPolicy
    private let assertions: AssertionFile?
    private let limits: SuggestionLimits
    private var baseResults: [TestResult]?
    private var baseFlows: FlowAnalysis?
    private var baseReached: [Name: [Name: Int]] = [:]
    /// Why assertions, or flows, are not compared.
    private(set) var omission: String?

    init(_ base: AnalysedPolicy, _ assertions: AssertionFile?, _ limits: SuggestionLimits) {
        self.base = base
        self.assertions = assertions
        self.limits = limits
    }

    /// `types` are those about which something changed.
    mutating func effects(of changed: AnalysedPolicy, types: [Name]) -> SuggestionEffects {
        var effects = SuggestionEffects()
        do throws(QuestionMistake) {
            if let assertions { try compare(assertions, changed, &effects) } else { try compareFlows(changed, types, &effects) }
        } catch {
            omission = "\(assertions == nil ? "flows" : "assertions") are not compared: \(error.message)"
            effects.isCut = true
        }
        return effects
    }

    private func check(_ policy: AnalysedPolicy, _ file: AssertionFile) throws(QuestionMistake) -> [TestResult] {
        var diagnostics: [Diagnostic] = []
        let results = try policy.check(file, diagnostics: &diagnostics, steps: limits.steps, decisions: limits.decisions)
        if let mistake = diagnostics.first(where: { $0.severity == .error }) { throw .undecidable(reason: mistake.message) }
        return results
    }

    private mutating func compare(_ file: AssertionFile, _ changed: AnalysedPolicy, _ effects: inout SuggestionEffects) throws(QuestionMistake) {
        let before: [TestResult]
        if let baseResults { before = baseResults } else { before = try check(base, file) }
        baseResults = before
        let after = try check(changed, file)
        for (before, after) in zip(before, after) {
            for (old, new) in zip(before.results, after.results) where new.outcome == .fails && old.outcome != .fails {
                effects.broken.append(
                    SuggestionEffects.BrokenAssertion(
                        test: after.test.name, assertion: new.assertion.text, isFlow: new.assertion.verb == .noFlow, failure: new.failures.first?.text ?? ""))
            }
        }
    }

    private mutating func compareFlows(_ changed: AnalysedPolicy, _ types: [Name], _ effects: inout SuggestionEffects) throws(QuestionMistake) {
        var before: FlowAnalysis
        if let baseFlows { before = baseFlows } else { before = try FlowAnalysis(base, decisions: limits.decisions) }
        var after = try FlowAnalysis(changed, decisions: limits.decisions)
        let sources = Array(Set(types)).sorted()
        effects.isCut = sources.count > limits.flowSources
        var found: Set<SuggestionEffects.Flow> = []
        for source in sources.prefix(limits.flowSources) {
            let old: [Name: Int]
            if let known = baseReached[source] { old = known } else { old = try Self.reached(from: source, &before) }
            baseReached[source] = old
            for (target, distance) in try Self.reached(from: source, &after) where distance == 1 && old[target] != 1 {
                found.insert(SuggestionEffects.Flow(source: source, target: target, wasIndirect: old[target] != nil))
            }
        }
        baseFlows = before
        effects.flows = found.sorted { ($0.source, $0.target) < ($1.source, $1.target) }
    }

    private static func reached(from source: Name, _ analysis: inout FlowAnalysis) throws(QuestionMistake) -> [Name: Int] {
        let answer = try analysis.answer(FlowQuestion(from: try NamePattern(source.description)))
        return Dictionary(answer.reached.map { ($0.type, $0.distance) }) { first, _ in first }
    }
}
