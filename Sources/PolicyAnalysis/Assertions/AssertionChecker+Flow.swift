import Flask

// Assertions that information does not get from one type to another.

extension AssertionChecker {
    /// So many rules are looked at for a flow, each as often as it is asked.
    private static let flowRuleLimit = 1 << 27

    /// No path from any source to any target, with any of the values of the booleans that are meant, but by those that are excepted; and no
    /// permissive type that could hand on what it likes, whatever rules say. Such a one at an end of the flow needs nobody to go through.
    func checkFlow(_ assertion: Assertion, _ flow: AssertedFlow) throws(QuestionMistake) -> AssertionResult {
        let found = try checkPaths(flow)
        let permissive = policy.types.indices.filter { type in
            isPermissive(type) && policy.isType(UInt32(type + 1)) && (flow.ends.contains(type) || !flow.trusted.contains(type))
        }
        let failures = permissive.map { permissiveFailure($0, "it may hand on anything") } + found.failures
        return AssertionResult(
            assertion, failures: Array(failures.prefix(AssertionResult.explained)), count: permissive.count + found.count)
    }

    /// The paths with the first values of booleans with which there are any.
    ///
    /// With any values, it is first asked of a policy in which all branches hold that can: where there is no path in that one there is none.
    private func checkPaths(_ flow: AssertedFlow) throws(QuestionMistake) -> (failures: [AssertionFailure], count: Int) {
        var decisions = flowDecisions
        if flow.booleans.isAboutAny, !policy.conditionals.isEmpty, let united = united(flow.booleans) {
            decisions /= 2
            try checkWork(flow, times: 1)
            if try paths(united, flow, nil, decisions).isEmpty { return ([], 0) }
        }
        var relevant = Bitmap()
        for conditional in policy.conditionals { relevant.formUnion(conditional.booleans) }
        guard let assignments = flow.booleans.assignments(of: relevant) else { throw tooManyBooleans() }
        try checkWork(flow, times: assignments.count)
        // Each has its share, so that all are looked at.
        decisions /= max(1, assignments.count)
        for values in assignments {
            let found = try paths(analysed, flow, values, decisions)
            guard !found.isEmpty else { continue }
            let failures = found.prefix(AssertionResult.explained).map { path in
                let (source, target) = (path.steps.first?.source.description ?? "", path.steps.last?.target.description ?? "")
                let doubt = path.assumed == 0 ? "" : ", if what would take too many decisions to know is possible"
                return AssertionFailure(
                    text: "information goes from `\(source)` to `\(target)`\(doubt)", settings: settings(values), rules: [], explanation: nil,
                    path: path.steps)
            }
            return (failures, found.count)
        }
        return ([], 0)
    }

    /// Refuses what would look at too many rules too often.
    private func checkWork(_ flow: AssertedFlow, times: Int) throws(QuestionMistake) {
        let rules = policy.conditionals.reduce(policy.rules.rules.count) { $0 + $1.whenTrue.count + $1.whenFalse.count }
        var product = 1
        for factor in [rules, times, flow.sources.count, flow.targets.count] {
            let (result, overflow) = product.multipliedReportingOverflow(by: max(1, factor))
            guard !overflow, result <= Self.flowRuleLimit else {
                throw .undecidable(
                    reason: "for this more than \(Self.flowRuleLimit) rules are looked at: name fewer types, or say by `with` which values booleans have")
            }
            product = result
        }
    }

    /// A shortest path for each source and target that has one, and how much of it was taken for possible because it would take too many
    /// decisions to know.
    private func paths(
        _ asked: AnalysedPolicy, _ flow: AssertedFlow, _ values: [Bool]?, _ decisions: Int
    ) throws(QuestionMistake) -> [(steps: [FlowStep], assumed: Int)] {
        var settings = FlowSettings()
        settings.excluded = flow.excluded
        if let values { settings.booleans = zip(policy.booleans, values).map { ($0.name.description, $1) } }
        var analysis = try FlowAnalysis(asked, settings, decisions: decisions)
        var found: [(steps: [FlowStep], assumed: Int)] = []
        var pointless: QuestionMistake?
        var asked = 0
        for source in flow.sources {
            for target in flow.targets {
                var question = FlowQuestion(from: source, to: target)
                question.limit = 1
                do throws(QuestionMistake) {
                    let answer = try analysis.answer(question)
                    found += answer.paths.map { ($0, answer.assumed) }
                    asked += 1
                } catch {
                    // One of several may be asked about itself.
                    guard case .pointless = error else { throw error }
                    pointless = error
                }
            }
        }
        if asked == 0, let pointless { throw pointless }
        return found
    }

    /// The policy with all rules in force that can be, with some values of the booleans that are not named. Nil where it might allow less
    /// than one of those that it is made of: where conditions are about more than access, and where types are bounded, because Xen stops at
    /// the first bound that has all that a type has.
    private func united(_ booleans: AssertedValues) -> AnalysedPolicy? {
        var policy = policy
        guard !policy.types.contains(where: { ($0?.bounds ?? 0) != 0 }) else { return nil }
        var places: [AVKey: Int] = [:]
        for (place, rule) in policy.rules.rules.enumerated() where rule.kind == .allow { places[AVKey(rule)] = place }
        for conditional in policy.conditionals {
            let isFixed = conditional.booleans.allSatisfy(booleans.named.contains)
            for (branch, rules) in [(true, conditional.whenTrue), (false, conditional.whenFalse)] {
                if isFixed, conditional.value(booleans.values) != branch { continue }
                if rules.contains(where: { $0.kind.isType }) { return nil }
                for rule in rules where rule.kind == .allow {
                    if let place = places[AVKey(rule)] {
                        policy.rules.rules[place].data |= rule.data
                    } else {
                        places[AVKey(rule)] = policy.rules.rules.count
                        policy.rules.rules.append(rule)
                    }
                }
            }
        }
        policy.conditionals = []
        return AnalysedPolicy(policy, release: analysed.release)
    }

    private struct AVKey: Hashable {
        let source: UInt16
        let target: UInt16
        let objectClass: UInt16

        init(_ rule: Rule) {
            source = rule.source
            target = rule.target
            objectClass = rule.objectClass
        }
    }
}
