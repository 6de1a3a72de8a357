extension SystemCallTrace {
    /// What the profile lacks and has too much of, by what was seen up to now.
    public var proposal: ProfileProposal {
        let all = SystemCallProfile.Phase.allCases.flatMap { phase in lines(of: phase) }
        return ProfileProposal(
            profile: profile, needed: hindered(all),
            refused: refused.sorted { ($0.key.phase.rawValue, $0.key.architecture, $0.key.number) > ($1.key.phase.rawValue, $1.key.architecture, $1.key.number) }
                .map { key, tally in
                    RefusedForGood(
                        phase: key.phase, architecture: key.architecture, number: key.number, reason: reason(key), tally: tally)
                },
            unused: seesEveryCall ? (profile.start + profile.running).filter { !usedLines.contains($0.line) && !isUnheard($0) } : nil,
            omitted: omitted.keys.sorted().compactMap { SystemCalls.name(of: Int($0)) }, omittedCount: omittedCount, count: count,
            method: method, hasLosses: hasLosses)
    }

    private func isUnheard(_ rule: SystemCallRule) -> Bool { SystemCallProfile.unheard.contains(rule.name) }

    /// What both phases need stands in the running one's section, which holds in both.
    private func lines(of phase: SystemCallProfile.Phase) -> [(line: Line, tally: CallTally)] {
        order.compactMap { line in
            guard line.phase == phase, var tally = needed[line] else { return nil }
            let other = Line(
                phase: phase == .start ? .running : .start, number: line.number, conditions: line.conditions, isComplete: line.isComplete)
            guard let otherTally = needed[other] else { return (line, tally) }
            if phase == .start { return nil }
            tally.add(otherTally)
            return (line, tally)
        }
    }

    private func reason(_ key: Refused) -> String {
        guard key.architecture == FilterEvaluation.x86_64, key.number < FilterEvaluation.x32 else { return "another architecture's calls are closed" }
        guard let name = SystemCalls.name(of: Int(key.number)) else { return "a profile has no name for it" }
        // Of those that their arguments make one, each has one reason.
        return NeverAdmitted.reason(name, nil, in: key.phase)
            ?? NeverAdmitted.reason(name, [.max, .max, .max, .max, .max, .max], in: key.phase)
            ?? (name == "ioctl" ? "it would type into a terminal" : "it would change what it is")
    }

    /// What cannot be a line beside those that are there is told, and not written.
    private func hindered(_ lines: [(line: Line, tally: CallTally)]) -> [ProposedRule] {
        var obstacles: [Int: String] = [:]
        for (line, _) in lines where !line.isComplete {
            obstacles[line.number] = "its arguments decide, and the kernel's log does not tell them: trace it by notification"
        }
        func proposed() -> [ProposedRule] {
            lines.map { line, tally in
                let name = SystemCalls.name(of: line.number) ?? "\(line.number)"
                return ProposedRule(
                    phase: line.phase, rule: SystemCallRule(name, number: line.number, conditions: line.conditions, reason: ""),
                    tally: tally, obstacle: obstacles[line.number])
            }
        }
        var rules = proposed()
        // Each round finds one call at least that no filter can be made for.
        for _ in 0...lines.count {
            guard let number = Self.unfit(profile, rules.filter { $0.obstacle == nil }) else { break }
            obstacles[number] = "its line and those that are there make no filter together: write them anew by hand"
            rules = proposed()
        }
        return rules
    }

    /// A call for which libseccomp makes no filter of the lines that would be there then; nil where there is one.
    private static func unfit(_ profile: SystemCallProfile, _ rules: [ProposedRule]) -> Int? {
        guard !rules.isEmpty else { return nil }
        let changed = profile.adding(rules)
        for phase in SystemCallProfile.Phase.allCases {
            do throws(FilterFailure) {
                _ = try changed.filter(phase)
            } catch {
                switch error {
                case .orderedAlternative(let rule), .refused(_, .some(let rule)): return rule.number
                case .unfaithful(let difference): return Int(difference.number)
                case .refused(_, nil), .malformed: return rules.first { $0.obstacle == nil }?.rule.number
                }
            }
        }
        return nil
    }
}

extension SystemCallProfile {
    /// As it would be if the lines had reasons.
    func adding(_ rules: [ProposedRule]) -> SystemCallProfile {
        SystemCallProfile(
            name: name, start: start + rules.filter { $0.phase == .start }.map(\.rule),
            running: running + rules.filter { $0.phase == .running }.map(\.rule))
    }
}
