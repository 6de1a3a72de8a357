import Commands
import DMRestrict

extension Profile {
    /// The filters that the kernel has for a process, the newest first, tried at every system call of every architecture.
    func findings(
        _ filters: [[FilterInstruction]], _ plan: RestrictionPlan
    ) throws(CommandFailure) -> [AuditFinding] {
        let planned: [(phase: SystemCallProfile.Phase, refusal: FilterAction)] = plan.steps.reversed().compactMap { step in
            switch step {
            case .servingSystemCalls(let filter): (.running, filter.refusal)
            case .systemCalls(let filter): (.start, filter.refusal)
            // One that is traced is found to do something else than its profile says.
            case .tracedSystemCalls: (.start, .killProcess)
            default: nil
            }
        }
        var findings: [AuditFinding] = []
        for (index, filter) in planned.enumerated() {
            guard index < filters.count else { throw CommandFailure("the filters of `\(plan.name)` cannot be read back") }
            findings.append(try finding(filters[index], filter.phase, filter.refusal))
        }
        return findings
    }

    /// What a filter does that the profile does not say, tried call by call; what that does not have is to be refused so.
    private func finding(_ program: [FilterInstruction], _ phase: SystemCallProfile.Phase, _ refusal: FilterAction) throws(CommandFailure) -> AuditFinding {
        let profile = try parsed()
        let differences: [FilterDifference]
        do throws(FilterProgramMistake) {
            differences = try profile.differences(from: program, in: phase, otherwise: refusal)
        } catch {
            throw CommandFailure("the kernel has what is no filter: \(error)")
        }
        let names = Set(differences.map { $0.name ?? "\($0.number)" }).sorted().joined(separator: " ")
        let others =
            switch refusal {
            case .error: ", and others fail"
            case .log: ", and others are logged and done"
            default: ""
            }
        let wanted = "every call as the profile says" + others
        return AuditFinding("profile-\(phase.rawValue)", found: differences.isEmpty ? wanted : "otherwise at \(names)", wanted: wanted)
    }
}
