import CSandbox
import Glibc

// What each step does, in the process that is to be restricted, before it becomes the program. One thread, no Foundation.

extension RestrictionStep {
    /// Does the step for this process. It cannot be undone.
    func apply(_ descriptors: inout DescriptorArrangement) throws(StepFailure) {
        switch self {
        case .newSession:
            try StepFailure.check(sandbox_new_session(), "setsid", "")
            try StepFailure.check(sandbox_leave_keyring(), "keyctl", "KEYCTL_JOIN_SESSION_KEYRING")
        case .dieWithLauncher: try StepFailure.check(sandbox_die_with_parent(SIGKILL), "prctl", "PR_SET_PDEATHSIG")
        case .fileModeMask(let mask): try StepFailure.check(sandbox_umask(mode_t(mask)), "umask", String(mask, radix: 8))
        case .outOfMemoryScore(let score): try Kernel.write("\(score)", to: "/proc/self/oom_score_adj")
        case .controlGroups(let folders): try Self.enter(folders.map { $0 + "/cgroup.procs" })
        // In that of version 2 it has begun. By its only thread it goes into another without waiting (see `MadeControlGroup`).
        case .ownControlGroup(let group): try Self.enter(group.places.filter { $0.version == .one }.map { $0.tree + group.path + "/tasks" })
        case .noProgramsInMemory: try Kernel.set("2", at: HostAbilities.memoryProgramSetting)
        case .limits(let limits):
            for limit in limits {
                try StepFailure.check(
                    sandbox_limit(limit.resource.rawValue, limit.value), "setrlimit", "\(limit.resource.name) \(limit.value)")
            }
        case .root(let tree): try tree.enter()
        case .descriptors(let kept): try descriptors.arrange(kept)
        case .landlock(let rules): try Self.enforce(rules)
        case .noSupplementaryGroups: try StepFailure.check(sandbox_leave_groups(), "setgroups", "none")
        case .emptyBoundingSet: try StepFailure.check(sandbox_drop_bounding_set(), "prctl", "PR_CAPBSET_DROP")
        case .lockedSecureBits: try StepFailure.check(sandbox_secure_bits(Self.lockedBits), "prctl", "PR_SET_SECUREBITS")
        case .user(let uid, let gid): try StepFailure.check(sandbox_become(uid, gid), "setresuid", "\(uid):\(gid)")
        case .noCapabilities: try StepFailure.check(sandbox_drop_capabilities(), "capset", "none")
        case .noNewPrivileges: try StepFailure.check(sandbox_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl", "PR_SET_NO_NEW_PRIVS")
        case .executionLabel(let label): try Kernel.become(label: label, by: descriptors.labels)
        case .systemCalls(let filter): try filter.install()
        case .tracedSystemCalls(let filter):
            if filter.passesCallsOn { try filter.install(heardBy: descriptors.report) } else { try filter.install() }
        // The device model's own.
        case .notDumpable, .servingSystemCalls: break
        }
    }

    /// Root is no more than others, set-uid fixes nothing up, capabilities are neither kept nor raised; all of it for good.
    static let lockedBits: UInt = 0xef

    private static func enter(_ groups: [String]) throws(StepFailure) {
        for group in groups { try Kernel.write("0", to: group) }
        try StepFailure.check(sandbox_unshare(Int32(Namespaces.controlGroup.rawValue)), "unshare", "cgroup")
    }

    private static func enforce(_ rules: [LandlockRule]) throws(StepFailure) {
        let version = sandbox_landlock_version()
        try StepFailure.check(version, "landlock_create_ruleset", "version")
        let handled = LandlockAccess(version: version)
        let set = sandbox_landlock_rules(handled.files, handled.network, handled.scopes)
        try StepFailure.check(set, "landlock_create_ruleset", "version \(version)")
        for rule in rules {
            let access = handled.allowed(rule.access, isFolder: try Kernel.isFolder(rule.path))
            try Kernel.landlockAllow(set, access, rule.path)
        }
        try StepFailure.check(sandbox_landlock_enforce(set), "landlock_restrict_self", "")
        // Nobody sees it from outside. The tree's root has no rule, and was everybody's to read.
        if !rules.contains(where: { $0.path == "/" }), try !Kernel.isRefused("/") {
            throw StepFailure(call: "landlock_restrict_self", number: EIO, object: "/ can be read")
        }
    }
}
