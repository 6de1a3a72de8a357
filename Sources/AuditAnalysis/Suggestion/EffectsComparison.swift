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
    private var baseReached: [Name: Reached] = [:]
    /// Labels of event channels, and whose they are: what goes into one comes out at the other end.
    private let channels: [Name: Set<Name>]

    /// What information reaches, and what of it without another domain between.
    private struct Reached {
        var all: Set<Name> = []
        var directly: Set<Name> = []
    }
    /// Why assertions, or flows, are not compared.
    private(set) var omission: String?

    init(_ base: AnalysedPolicy, _ assertions: AssertionFile?, _ limits: SuggestionLimits) {
        self.base = base
        self.assertions = assertions
        self.limits = limits
        channels = Self.channels(base.policy)
    }

    private static func channels(_ policy: Policy) -> [Name: Set<Name>] {
        guard let event = policy.classes.firstIndex(where: { $0.name == "event" }) else { return [:] }
        var channels: [Name: Set<Name>] = [:]
        for rule in policy.rules.rules where rule.kind == .typeTransition && Int(rule.objectClass) == event + 1 {
            guard let number = Int(exactly: rule.data), policy.types.indices.contains(number - 1), let channel = policy.types[number - 1]?.name,
                let owner = policy.types[Int(rule.source) - 1]
            else { continue }
            if !owner.isAttribute { channels[channel, default: []].insert(owner.name) }
        }
        return channels
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
        let sources = Set(types.flatMap { channels[$0] ?? [$0] }).sorted()
        effects.isCut = sources.count > limits.flowSources
        var found: Set<SuggestionEffects.Flow> = []
        for source in sources.prefix(limits.flowSources) {
            let old: Reached
            if let known = baseReached[source] { old = known } else { old = try reached(from: source, &before) }
            baseReached[source] = old
            for target in try reached(from: source, &after).directly where !old.directly.contains(target) {
                found.insert(SuggestionEffects.Flow(source: source, target: target, wasIndirect: old.all.contains(target)))
            }
        }
        baseFlows = before
        effects.flows = found.sorted { ($0.source, $0.target) < ($1.source, $1.target) }
    }

    private func reached(from source: Name, _ analysis: inout FlowAnalysis) throws(QuestionMistake) -> Reached {
        let answer = try analysis.answer(FlowQuestion(from: try NamePattern(source.description)))
        var reached = Reached()
        // Channels on the way; those that are nearer come first.
        var ways: Set<Name> = []
        for entry in answer.reached {
            let isDirect = entry.distance == 1 || ways.contains(entry.previous)
            if channels[entry.type] != nil {
                if isDirect { ways.insert(entry.type) }
                continue
            }
            reached.all.insert(entry.type)
            if isDirect { reached.directly.insert(entry.type) }
        }
        return reached
    }
}
