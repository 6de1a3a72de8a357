extension RestrictionPlan {
    /// The plan for a request on a host: everything that the host can do, in the order in which it must be done. What the host cannot
    /// do must be waived by name.
    public init(for request: LaunchRequest, on host: HostAbilities) throws(PlanMistake) {
        guard request.uid != 0, request.gid != 0 else { throw .isRoot }
        for binding in request.bindings where Self.isProcesses(binding.source) || Self.isProcesses(binding.target) {
            throw .processes(binding.source)
        }
        for path in [request.program] + request.bindings.flatMap({ [$0.source, $0.target] }) { try Self.check(path) }
        // Lists, where sets would say more: making a type of set at run time takes longer than looking through these.
        var numbers: [Int32] = []
        for descriptor in request.descriptors {
            guard (0..<64).contains(descriptor.number), !numbers.contains(descriptor.number) else {
                throw .badDescriptor(descriptor.number)
            }
            numbers.append(descriptor.number)
        }
        let waived = request.waivers.map(\.step)
        var steps: [RestrictionStep] = [.newSession, .outOfMemoryScore(500)]
        if !request.controlGroups.isEmpty { steps.append(.controlGroups(request.controlGroups)) }
        let limited = try OwnControlGroup.planned(for: request, on: host)
        if let group = limited.group { steps.append(.ownControlGroup(group)) }
        let memory = try Self.memoryPrograms(request, host, waived)
        if host.canForbidProgramsInMemory { steps.append(.noProgramsInMemory) }
        steps += [
            // The tree's own folders are for all to see: the mask comes behind.
            .limits(request.limits), .root(RootTree(request.bindings)), .fileModeMask(0o077), .noSupplementaryGroups, .emptyBoundingSet,
            .lockedSecureBits, .user(uid: request.uid, gid: request.gid),
            // A change of user takes it away: it comes behind.
            .dieWithLauncher, .noCapabilities, .noNewPrivileges,
        ]
        if let label = request.executionLabel {
            guard host.hasSELinux || waived.contains("selinux") else { throw .cannot(step: "selinux", reason: "SELinux is not active") }
            // Under it no step is allowed that changes the tree or the user.
            steps.append(.executionLabel(label))
        }
        // By one of the launcher's the label is written.
        steps.append(.descriptors(request.descriptors))
        if host.landlockVersion != nil {
            steps.append(
                .landlock(
                    request.bindings.map { binding in
                        LandlockRule(
                            binding.target, binding.isWritable ? .readAndWrite : binding.isExecutable ? .readAndExecute : .read)
                    }))
        } else if !waived.contains("landlock") {
            throw .cannot(step: "landlock", reason: "the kernel has no Landlock")
        }
        if let filter = request.filter {
            steps.append(request.isTraced ? .tracedSystemCalls(filter) : .systemCalls(filter))
        } else if !waived.contains("seccomp") {
            throw .noFilter
        }
        if let gate = request.gate {
            guard numbers.contains(gate.descriptor) else { throw .badDescriptor(gate.descriptor) }
            steps += [.notDumpable, .servingSystemCalls(gate.filter)]
        }
        let known = steps.map(\.name) + ["landlock", "seccomp", "memory-programs"] + OwnControlGroup.stepNames
        for waiver in request.waivers where !known.contains(waiver.step) { throw .unknownStep(waiver.step) }
        self.init(
            name: request.name, program: request.program, arguments: request.arguments,
            namespaces: request.usesUserNamespace ? [.all, .user] : .all, steps: steps.filter { !waived.contains($0.name) })
        environment = request.environment.merging(request.gate?.environment ?? [:]) { $1 }
        waivers = request.waivers + limited.waivers + memory.waivers + Self.waiversOfWatching(request)
        covered = memory.covered
    }

    /// What stands for the step `memory-programs` where the host cannot do it. A file in memory has no path, but for those in `/proc`,
    /// which no tree has: who cannot make one, or not run what has no path, runs none.
    private static func memoryPrograms(
        _ request: LaunchRequest, _ host: HostAbilities, _ waived: [String]
    ) throws(PlanMistake) -> (covered: [Covered], waivers: [Waiver]) {
        let step = RestrictionStep.noProgramsInMemory.name
        if host.canForbidProgramsInMemory || waived.contains(step) { return ([], []) }
        if request.isTraced { return ([], [Waiver(step, because: "traced: the kernel has no `vm.memfd_noexec`, and no filter stands for it")]) }
        if !waived.contains("root"), !waived.contains("seccomp"), let filter = request.filter,
            let evaluation = try? FilterEvaluation(filter.program)
        {
            for name in ["execveat", "memfd_create"] where evaluation.refuses(name) {
                return ([Covered(step, by: "seccomp", because: "the filter of `\(filter.profile)` lets no `\(name)` be done")], [])
            }
        }
        throw .cannot(step: step, reason: "the kernel has no `vm.memfd_noexec` (Linux 6.3), and no filter refuses `execveat` or `memfd_create`")
    }

    private static func waiversOfWatching(_ request: LaunchRequest) -> [Waiver] {
        if request.isLogged { return [Waiver("seccomp", because: "what its profile does not have is logged, and done")] }
        guard request.isTraced else { return [] }
        let steps = request.gate == nil ? ["seccomp"] : ["seccomp", "seccomp-serving"]
        return steps.map { Waiver($0, because: "traced: what its profile does not have is recorded, and done") }
    }

    /// Whether a path leads to what tells of processes: the tree is built over it, and nothing that runs is to see it.
    private static func isProcesses(_ path: String) -> Bool { path == "/proc" || path.hasPrefix("/proc/") }

    private static func check(_ path: String) throws(PlanMistake) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard path.hasPrefix("/"), path.count > 1, !path.utf8.contains(0), path.utf8.count < 4_096,
            !parts.dropFirst().contains(where: { $0.isEmpty || $0 == "." || $0 == ".." })
        else { throw .badPath(path) }
    }
}
