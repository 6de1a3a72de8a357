import Diagnostics
import Flask
import PolicyAnalysis

// A change is tried: it is compiled, what was denied is decided again, and what else is allowed is looked at.

extension SuggestionSearch {
    enum Trial {
        case compiled(AnalysedPolicy, [SourceInsertion])
        case refused([UnsuggestedAccess.Reason])
    }

    /// Compiles the source with rules where each belongs.
    mutating func tryCompiling(_ rules: [Int]) -> Trial {
        tryCompiling(rules.map { ($0, [wanted[$0].text]) })
    }

    /// Compiles the source with lines, each where a rule belongs. Where they cannot stand there, the next best places are tried.
    mutating func tryCompiling(_ lines: [(rule: Int, text: [String])]) -> Trial {
        let choices = lines.map { places.places(for: $0.rule) }
        guard choices.allSatisfy({ !$0.isEmpty }) else {
            return .refused([.failed("the source has no place where a rule of this type could stand")])
        }
        var reasons: [UnsuggestedAccess.Reason] = []
        for attempt in 0..<(choices.map(\.count).max() ?? 0) {
            guard compilations > 0 else { return .refused([.unexamined]) }
            compilations -= 1
            let insertions = zip(lines, choices).map { line, choices in
                let place = choices[min(attempt, choices.count - 1)]
                return SourceInsertion(file: place.file, line: place.line, text: line.text)
            }
            do throws(InputFailure) {
                return .compiled(try build.compile(insertions), insertions)
            } catch {
                let (found, isFinal) = Self.reasons(error)
                reasons = found
                if isFinal { break }
            }
        }
        return .refused(reasons)
    }

    /// Why a source does not compile with a change, and whether that is so wherever the change stands.
    private static func reasons(_ failure: InputFailure) -> (reasons: [UnsuggestedAccess.Reason], isFinal: Bool) {
        guard case .source(let diagnostics, let map) = failure else { return ([.failed(failure.message)], true) }
        let errors = diagnostics.filter { $0.severity == .error }
        var reasons: [UnsuggestedAccess.Reason] = []
        for error in errors where error.code == "neverallow-violated" {
            reasons.append(.neverAllow(error.labels.first.flatMap { AnalysedPolicy.place($0.span, map)?.location }, forbidden: error.notes))
        }
        // Which bound it is a rule alone tells: see `forbid`.
        if errors.contains(where: { $0.code == "bounds-exceeded" }) { reasons.append(.bounds(source: Name(""), target: Name(""), nil)) }
        guard reasons.isEmpty else { return (reasons, true) }
        return ([.failed("the source does not compile with it: \(errors.first?.message ?? "")")], false)
    }

    // MARK: Replay

    /// For each access that the policy can be asked about, the permissions that a changed policy allows; nil where it decides nothing.
    func replay(_ changed: AnalysedPolicy) -> [Set<Name>]? {
        guard let loaded = try? changed.loaded() else { return nil }
        return replay(changed, loaded)
    }

    func replay(_ changed: AnalysedPolicy, _ loaded: LoadedPolicy) -> [Set<Name>] {
        sorting.entries.map { entry in
            guard let source = String(validating: entry.access.source, as: UTF8.self), let target = String(validating: entry.access.target, as: UTF8.self),
                let question = try? changed.accessQuestion(
                    source: source, target: target, objectClass: entry.access.objectClass.description,
                    permissions: entry.access.permissions.map(\.description), by: loaded),
                let decision = try? loaded.accessDecision(source: question.source, target: question.target, objectClass: question.objectClass)
            else { return [] }
            return Set(question.permissions.filter { decision.allowed >> ($0.number - 1) & 1 == 1 }.map(\.name))
        }
    }

    func isAllowed(_ access: DeniedAccess, _ replay: [Set<Name>]) -> Bool {
        guard let place = sorting.entries.firstIndex(where: { $0.access.cells == access.cells }) else { return false }
        return replay[place].isSuperset(of: access.permissions)
    }

    /// What was denied and is allowed now.
    func newlyAllowed(_ replay: [Set<Name>]) -> [DeniedAccess] {
        zip(sorting.entries, replay).compactMap { entry, allowed in
            let names = entry.explanation.permissions.filter { !$0.isAllowed && allowed.contains($0.name) }.map(\.name)
            return names.isEmpty ? nil : entry.access.keeping(names)
        }
    }

    // MARK: Suggestions

    /// The change as a suggestion, if it does what it should: give all that the rules want, take nothing away, and change nothing else than
    /// what is allowed.
    mutating func suggestion(
        _ change: Suggestion.Change, _ lines: [(rule: Int, text: [String])], for rules: [Int]
    ) -> Suggestion? {
        guard case .compiled(let changed, let insertions) = tryCompiling(lines), let replay = replay(changed), let bytes = patch(insertions),
            let granted = try? granted(by: changed), granted.isOnlyMore
        else { return nil }
        let entries = rules.flatMap { wanted[$0].entries }
        for place in entries {
            let entry = sorting.entries[place]
            guard entry.question.permissions.allSatisfy({ entry.wanted >> ($0.number - 1) & 1 == 0 || replay[place].contains($0.name) }) else { return nil }
        }
        var made: [Suggestion.MadeType] = []
        for type in entries.flatMap({ sorting.entries[$0].madeTypes }) where !made.contains(type) { made.append(type) }
        return Suggestion(
            change: change, lines: insertions.map { Suggestion.Lines(text: $0.text, file: build.source.patchName(of: $0.file), line: $0.line) },
            patch: bytes, allows: newlyAllowed(replay), alsoAllows: granted.rest, effects: effects.effects(of: changed, types: granted.types),
            madeTypes: made, insertions: insertions)
    }

    func patch(_ insertions: [SourceInsertion]) -> [UInt8]? {
        UnifiedPatch.bytes(insertions, named: build.source.patchName, contents: build.contents)
    }
}
