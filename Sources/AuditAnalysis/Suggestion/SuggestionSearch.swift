import AuditLog
import Diagnostics
import Flask
import PolicyAnalysis
import PolicyCompiler

/// One search for suggestions: what was found so far, and how much work is left.
struct SuggestionSearch<Reader: SourceReader> {
    let finder: SuggestionFinder<Reader>
    let loaded: LoadedPolicy
    let sorting: AccessSorting
    /// What would have to be allowed; those that a neverallow rule or a bound forbids are taken out.
    let wanted: [WantedRule]
    var isForbidden: [Bool]
    var places: InsertionPlaces<Reader>
    var effects: EffectsComparison
    var compilations: Int
    var report = SuggestionReport()

    var policy: AnalysedPolicy { finder.policy }
    var build: SourceBuild<Reader> { finder.build }

    init(_ finder: SuggestionFinder<Reader>, _ cells: [DenialCell]) throws(QuestionMistake) {
        self.finder = finder
        loaded = try finder.policy.loaded()
        var sorting = AccessSorting(finder.policy, loaded)
        sorting.sort(cells, limit: finder.limits.accesses)
        self.sorting = sorting
        wanted = WantedRule.wanted(sorting.entries, finder.policy.policy)
        isForbidden = wanted.map { _ in false }
        places = InsertionPlaces(finder.build, finder.policy, wanted)
        effects = EffectsComparison(finder.policy, finder.assertions, finder.limits)
        compilations = finder.limits.compilations
        report.withoutSuggestion = sorting.unsuggested
        report.allowed = sorting.allowed
        report.grantedCells = sorting.grantedCells
        if sorting.unexamined > 0 {
            report.omissions.append("\(sorting.unexamined) kinds of denials, those that were seen least, were not looked at")
        }
    }

    mutating func run() -> SuggestionReport {
        suggestBooleans()
        forbid(Array(wanted.indices))
        var open = wanted.indices.filter { !isForbidden[$0] }
        suggestCalls(&open)
        suggestRules(open)
        report.suggestions.sort { $0.precedes($1) }
        report.withoutSuggestion = report.withoutSuggestion.enumerated().sorted { a, b in
            if DeniedAccess.precedes(a.element.access, b.element.access) { return true }
            return !DeniedAccess.precedes(b.element.access, a.element.access) && a.offset < b.offset
        }.map(\.element)
        makePatch()
        if let omission = effects.omission { report.omissions.append(omission) }
        if compilations <= 0 {
            report.omissions.append("not every change was tried: more than \(finder.limits.compilations) compilations would have been needed")
        }
        return report
    }

    // MARK: What is forbidden

    /// Takes out what neverallow rules and bounds forbid. Most policies forbid none of it, which one compilation says.
    private mutating func forbid(_ rules: [Int]) {
        guard !rules.isEmpty else { return }
        guard case .refused(let reasons) = tryCompiling(rules) else { return }
        guard rules.count > 1 else {
            isForbidden[rules[0]] = true
            refuse(rules[0], reasons.map { if case .bounds = $0 { bounds(of: wanted[rules[0]]) } else { $0 } })
            return
        }
        forbid(Array(rules[..<(rules.count / 2)]))
        forbid(Array(rules[(rules.count / 2)...]))
    }

    private func bounds(of rule: WantedRule) -> UnsuggestedAccess.Reason {
        let types = policy.policy.types
        func name(_ type: UInt32) -> Name { types[Int(type) - 1]?.name ?? Name("") }
        func bound(_ type: UInt32) -> Name {
            let bounds = types[Int(type) - 1]?.bounds ?? 0
            return name(bounds == 0 ? type : bounds)
        }
        let place = [rule.source, rule.target].lazy.compactMap { policy.bounds(ofType: name($0))?.location }.first
        return .bounds(source: bound(rule.source), target: bound(rule.target), place)
    }

    mutating func refuse(_ rule: Int, _ reasons: [UnsuggestedAccess.Reason]) {
        for place in wanted[rule].entries {
            let entry = sorting.entries[place]
            let names = entry.question.permissions.filter { entry.wanted >> ($0.number - 1) & 1 == 1 }.map(\.name)
            report.withoutSuggestion.append(
                UnsuggestedAccess(access: entry.access.keeping(names), reasons: reasons + [entry.hardware].compactMap(\.self)))
        }
    }

    // MARK: Interfaces

    private mutating func suggestCalls(_ open: inout [Int]) {
        guard case .tree(let path) = build.source, !open.isEmpty else { return }
        var candidates: [CallCandidate]
        do throws(SourceReadError) {
            guard let tree = try PolicyTree(at: path, reader: build.reader) else { return }
            let table: GrantTable
            do throws(QuestionMistake) { table = try GrantTable(policy) } catch { return }
            var search = InterfaceSearch(tree, build, table, wanted, limit: finder.limits.calls)
            candidates = try search.candidates()
            if search.isCut { report.omissions.append("more than \(finder.limits.calls) calls of interfaces would have been weighed") }
        } catch {
            report.omissions.append("interfaces were not looked at: `\(error.path)` cannot be read: \(error.reason)")
            return
        }
        while !open.isEmpty, compilations > 0 {
            // What does not do as it says on paper is not thought of again.
            guard let failed = suggest(CallPlan(candidates, wanted, open: open).chosen, &open) else { return }
            candidates.removeAll { $0.call == failed }
        }
    }

    /// Tries calls one after the other up to one that fails.
    private mutating func suggest(_ chosen: [CallCandidate], _ open: inout [Int]) -> InterfaceCall? {
        for candidate in chosen {
            let change = Suggestion.Change.call(
                name: candidate.call.name, arguments: candidate.call.arguments, definition: candidate.interface.file)
            guard let call = suggestion(change, [(places.anchor(of: candidate.covered), [candidate.call.text])], for: candidate.covered) else { return candidate.call }
            open.removeAll { candidate.covered.contains($0) }
            add(call, rules: rules(candidate.covered))
        }
        return nil
    }

    /// The call leads, unless it breaks a promise that rules alone keep, or opens a way for information that they do not open.
    private mutating func add(_ call: Suggestion, rules: Suggestion?) {
        guard var rules else {
            report.suggestions.append(call)
            return
        }
        let opened = Set(rules.effects.flows.map { [$0.source, $0.target] })
        let isSafe =
            call.effects.broken.allSatisfy { rules.effects.broken.contains($0) } && call.effects.flows.allSatisfy { opened.contains([$0.source, $0.target]) }
        var call = call
        if isSafe { call.alternatives = [rules] } else { rules.alternatives = [call] }
        report.suggestions.append(isSafe ? call : rules)
    }

    // MARK: Rules

    private mutating func suggestRules(_ open: [Int]) {
        for rule in open {
            if let found = rules([rule]) {
                report.suggestions.append(found)
            } else if compilations <= 0 {
                refuse(rule, [.unexamined])
            }
        }
    }

    private mutating func rules(_ rules: [Int]) -> Suggestion? {
        suggestion(.rules(rules.map { wanted[$0].text }), rules.map { ($0, [wanted[$0].text]) }, for: rules)
    }

    // MARK: Everything in one

    private mutating func makePatch() {
        let chosen = report.suggestions.indices.filter { !report.suggestions[$0].lines.isEmpty && report.suggestions[$0].effects.breaksNothing }
        guard !chosen.isEmpty else { return }
        let insertions = chosen.flatMap { report.suggestions[$0].insertions }
        guard let bytes = patch(insertions), compilations > 0 else { return }
        compilations -= 1
        guard let changed = try? build.compile(insertions), let replay = replay(changed) else {
            report.omissions.append("there is no patch of all suggestions: together they do not compile")
            return
        }
        let granted = (try? granted(by: changed))?.types ?? []
        report.patch = SuggestionReport.Patch(
            bytes: bytes, suggestions: chosen, stillDenied: chosen.flatMap { report.suggestions[$0].allows }.filter { !isAllowed($0, replay) },
            effects: effects.effects(of: changed, types: granted))
    }
}
