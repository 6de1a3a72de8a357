extension RestrictionPlan {
    /// Compares a process with the plan, layer by layer, every task of it. One that is at its start has opened nothing yet; one that runs
    /// may have been handed files.
    public func audit(_ facts: ProcessFacts, atStart isAtStart: Bool = false, handedOver: [String] = []) -> [AuditFinding] {
        var findings = [auditNamespaces(facts)]
        guard !facts.tasks.isEmpty else {
            return findings + [AuditFinding("process", found: "no tasks", wanted: "a process that runs")]
        }
        let files = steps.flatMap { if case .root(let tree) = $0 { tree.bindings.flatMap { [$0.source, $0.target] } } else { [String]() } }
        for step in steps { findings += step.audit(facts, files + handedOver, isAtStart) }
        findings += auditFilters(facts)
        findings.append(auditReach(facts))
        findings.append(auditEnvironment(facts))
        return findings
    }

    private func auditNamespaces(_ facts: ProcessFacts) -> AuditFinding {
        let own = facts.namespaces.filter { facts.hostNamespaces[$0.key] != $0.value }.keys.sorted()
        let shared = namespaces.names.filter { !own.contains($0) }
        return AuditFinding(
            "namespaces", isAsPlanned: shared.isEmpty && !facts.namespaces.isEmpty,
            found: shared.isEmpty ? own.joined(separator: " ") : "\(shared.joined(separator: " ")) shared with the host",
            wanted: namespaces.names.sorted().joined(separator: " "))
    }

    /// Every task has the filters that were planned, and was under them in that order; what the launcher itself is under lies below.
    private func auditFilters(_ facts: ProcessFacts) -> [AuditFinding] {
        let planned: [(name: String, filter: SystemCallFilter)] = steps.reversed().compactMap { step in
            switch step {
            case .systemCalls(let filter), .tracedSystemCalls(let filter), .servingSystemCalls(let filter): (step.name, filter)
            default: nil
            }
        }
        return planned.enumerated().flatMap { index, planned in
            let wanted = "the kernel has the filter of `\(planned.filter.profile)`, \(planned.filter.program.count) instructions"
            let others = facts.tasks.compactMap { task -> AuditFinding? in
                guard let filters = facts.filters[task.number] else {
                    return AuditFinding(planned.name, found: "task \(task.number): its filters cannot be read back", wanted: wanted)
                }
                guard index < filters.count, filters[index] == planned.filter.program else {
                    return AuditFinding(planned.name, found: "task \(task.number): has another at its place, of \(filters.count)", wanted: wanted)
                }
                // One that was not read back may come before those that were.
                guard let count = task.filterCount, count != filters.count else { return nil }
                return AuditFinding(planned.name, found: "task \(task.number): is under \(count) filters, of which \(filters.count) were read back", wanted: wanted)
            }
            return others.isEmpty ? [AuditFinding(planned.name, found: wanted, wanted: wanted)] : others
        }
    }

    /// What it could get at beyond files, which its mounts are: other machines, and processes of its user.
    private func auditReach(_ facts: ProcessFacts) -> AuditFinding {
        let wanted = "no network but its own loopback, no process but its own"
        var found: [String] = []
        if namespaces.contains(.network) {
            let others = facts.interfaces.map { $0.subtracting(["lo"]).sorted().joined(separator: " ") } ?? "interfaces that were not told"
            if !others.isEmpty { found.append("the network by \(others)") }
        }
        if namespaces.contains(.process), !facts.othersOfUser.isEmpty {
            found.append("processes of its user: \(facts.othersOfUser.map { "\($0)" }.joined(separator: " "))")
        }
        return AuditFinding("reach", found: found.isEmpty ? wanted : found.joined(separator: ", "), wanted: wanted)
    }

    private func auditEnvironment(_ facts: ProcessFacts) -> AuditFinding {
        func text(_ variables: [String: String]) -> String {
            variables.isEmpty ? "none" : variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        }
        return AuditFinding("environment", found: text(facts.environment), wanted: text(environment))
    }
}

extension RestrictionStep {
    /// What the process has of this step; nothing where the step leaves nothing that could be seen.
    fileprivate func audit(_ facts: ProcessFacts, _ files: [String], _ isAtStart: Bool) -> [AuditFinding] {
        switch self {
        // What the kernel tells nobody was read again by the process itself when it was done, before it became what it runs.
        case .noProgramsInMemory, .dieWithLauncher, .landlock, .lockedSecureBits:
            return [finding(Self.unseen, Self.unseen)]
        case .newSession:
            let session = facts.leadsSession.map { $0 ? "its own" : "another's" } ?? "not told"
            return [finding(facts.terminal == 0 ? session : "\(session), with a terminal", "its own")]
        case .fileModeMask(let mask):
            return eachTask(facts, wanted: "0" + String(mask, radix: 8)) { $0.fileModeMask.map { "0" + String($0, radix: 8) } ?? "not told" }
        case .outOfMemoryScore(let score):
            return [finding(facts.outOfMemoryScore.map { "\($0)" } ?? "not told", "\(score)")]
        case .controlGroups(let folders):
            let missing = folders.filter { folder in !facts.controlGroups.values.contains { folder.hasSuffix($0) && $0 != "/" } }
            return [
                AuditFinding(
                    name, isAsPlanned: missing.isEmpty,
                    found: missing.isEmpty ? "in \(folders.count) groups" : "not in \(missing.joined(separator: " "))",
                    wanted: folders.joined(separator: " "))
            ]
        case .ownControlGroup(let group): return group.audit(facts)
        case .limits(let limits):
            return limits.map { limit in
                let wanted = "\(limit.resource.name) \(limit.value)"
                let found = facts.limits[limit.resource.kernelName] ?? []
                return finding(
                    found == ["\(limit.value)", "\(limit.value)"]
                        ? wanted : "\(limit.resource.name) \(found.isEmpty ? "not told" : found.joined(separator: ", "))", wanted)
            }
        case .root(let tree): return audit(tree, facts)
        case .descriptors(let kept): return audit(kept, facts, files, isAtStart)
        case .noSupplementaryGroups:
            return eachTask(facts, wanted: "none") {
                $0.supplementaryGroups.isEmpty ? "none" : $0.supplementaryGroups.map { "\($0)" }.joined(separator: " ")
            }
        case .emptyBoundingSet: return sets(facts, ["CapBnd"])
        case .noCapabilities: return sets(facts, ["CapInh", "CapPrm", "CapEff", "CapAmb"])
        case .user(let uid, let gid):
            return eachTask(facts, wanted: "\(uid):\(gid)") { task in
                let ids = Set(task.users).count == 1 && Set(task.groups).count == 1
                return ids ? "\(task.users[0]):\(task.groups[0])" : "users \(task.users), groups \(task.groups)"
            }
        case .noNewPrivileges: return eachTask(facts, wanted: "set") { $0.hasNoNewPrivileges ? "set" : "not set" }
        case .executionLabel(let label): return [finding(facts.label ?? "not told", label)]
        case .systemCalls, .tracedSystemCalls:
            return eachTask(facts, wanted: "a filter") { $0.seccompMode == 2 ? "a filter" : "mode \($0.seccompMode)" }
        case .servingSystemCalls: return []
        case .notDumpable: return [finding(facts.isDumpable.map { $0 ? "dumpable" : "not dumpable" } ?? "not told", "not dumpable")]
        }
    }

    private static let unseen = "cannot be seen from outside: it was read back at launch"

    private func finding(_ found: String, _ wanted: String) -> AuditFinding { AuditFinding(name, found: found, wanted: wanted) }

    /// One finding where all tasks are alike and as planned; else one of each that is not.
    private func eachTask(_ facts: ProcessFacts, wanted: String, _ value: (TaskFacts) -> String) -> [AuditFinding] {
        let others = facts.tasks.filter { value($0) != wanted }
        guard !others.isEmpty else { return [finding(wanted, wanted)] }
        return others.map { finding("task \($0.number): \(value($0))", wanted) }
    }

    private func sets(_ facts: ProcessFacts, _ names: [String]) -> [AuditFinding] {
        eachTask(facts, wanted: "empty") { task in
            let full = names.filter { task.capabilities[$0] != 0 }
            return full.isEmpty
                ? "empty" : full.map { "\($0) \(String(task.capabilities[$0] ?? .max, radix: 16))" }.joined(separator: " ")
        }
    }

    private func audit(_ tree: RootTree, _ facts: ProcessFacts) -> [AuditFinding] {
        var wanted: [String: Set<String>] = ["/": ["ro", "nosuid", "nodev", "noexec"]]
        for binding in tree.bindings {
            var options: Set<String> = ["nosuid", binding.isWritable ? "rw" : "ro"]
            if !binding.isDevice { options.insert("nodev") }
            if !binding.isExecutable { options.insert("noexec") }
            wanted[binding.target] = options
        }
        var findings: [AuditFinding] = []
        for (path, options) in wanted.sorted(by: { $0.key < $1.key }) {
            let found = facts.mounts[path] ?? []
            let isRight = options.isSubset(of: found) && (options.contains("ro") || !found.contains("ro"))
            if !isRight {
                findings.append(
                    finding(
                        "\(path) \(found.isEmpty ? "is not there" : found.sorted().joined(separator: ","))",
                        "\(path) \(options.sorted().joined(separator: ","))"))
            }
        }
        for path in facts.mounts.keys.sorted() where wanted[path] == nil { findings.append(finding("\(path) is mounted", "it is not")) }
        return findings.isEmpty ? [finding("\(wanted.count) mounts", "\(wanted.count) mounts")] : findings
    }

    private func audit(_ kept: [KeptDescriptor], _ facts: ProcessFacts, _ files: [String], _ isAtStart: Bool) -> [AuditFinding] {
        var findings: [AuditFinding] = []
        let numbers = Set(kept.map(\.number))
        if isAtStart {
            for (number, link) in facts.descriptors.sorted(by: { $0.key < $1.key }) where !numbers.contains(number) {
                findings.append(finding("\(number) is \(link)", "\(number) is closed"))
            }
            for number in numbers.subtracting(facts.descriptors.keys).sorted() {
                findings.append(finding("\(number) is closed", "\(number) is open"))
            }
        }
        // Later it has opened what it may, copied and closed what it has: nothing that neither is in its tree nor was passed.
        for (number, link) in facts.descriptors.sorted(by: { $0.key < $1.key }) where !isAtStart && !numbers.contains(number) {
            // The tree is seen from outside by where it was made.
            let path = link.hasPrefix("/tree/") ? String(link.dropFirst(5)) : link
            guard path.hasPrefix("/"), !path.hasPrefix("/memfd:"), !kept.contains(where: { $0.link == path }),
                !files.contains(where: { path == $0 || path.hasPrefix($0 + "/") })
            else { continue }
            findings.append(finding("\(number) is \(link)", "\(number) is nothing of the host's that was not passed"))
        }
        for descriptor in kept where isAtStart {
            guard let found = facts.descriptors[descriptor.number], let link = descriptor.link, !found.hasPrefix(link) else { continue }
            findings.append(finding("\(descriptor.number) is \(found)", "\(descriptor.number) is \(link)"))
        }
        let all = isAtStart ? "the \(kept.count) that were passed" : "what was passed, what lies in its tree, and what no file is"
        return findings.isEmpty ? [finding(all, all)] : findings
    }
}
