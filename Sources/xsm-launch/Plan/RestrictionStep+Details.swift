import DMRestrict

extension RestrictionStep {
    /// What exactly is done.
    var details: String {
        switch self {
        case .newSession: "a session of its own, and a keyring"
        case .dieWithLauncher: "SIGKILL when the launcher ends"
        case .fileModeMask(let mask): "0" + String(mask, radix: 8)
        case .outOfMemoryScore(let score): "\(score)"
        case .controlGroups(let folders): folders.joined(separator: " ")
        case .ownControlGroup(let group):
            group.limits.map { "\($0.amount.text) in \($0.place.tree)\(group.path)" }.joined(separator: "; ")
        case .noProgramsInMemory: "files in memory are not run"
        case .limits(let limits): limits.map { "\($0.resource.name) \($0.value)" }.joined(separator: ", ")
        case .root(let tree):
            tree.bindings.isEmpty
                ? "an empty tree"
                : tree.bindings.map { binding in
                    (binding.source == binding.target ? binding.source : "\(binding.source) at \(binding.target)")
                        + (binding.isWritable ? " writable" : "") + (binding.isExecutable ? " executable" : "")
                        + (binding.isDevice ? " device" : "")
                }.joined(separator: ", ")
        case .descriptors(let kept): kept.map { "\($0.number) \($0.purpose)" }.joined(separator: ", ")
        case .landlock(let rules): rules.map { "\($0.access.rawValue) \($0.path)" }.joined(separator: ", ")
        case .noSupplementaryGroups: "none"
        case .emptyBoundingSet: "empty"
        case .lockedSecureBits: "noroot, no-setuid-fixup, keep-caps off, no ambient: locked"
        case .user(let uid, let gid): "\(uid):\(gid)"
        case .noCapabilities: "none"
        case .noNewPrivileges: "set"
        case .executionLabel(let label): label
        case .notDumpable: "at the gate"
        case .servingSystemCalls(let filter): "the profile `\(filter.profile)` while it serves, \(filter.program.count) instructions, at the gate"
        case .tracedSystemCalls(let filter): "NOT RESTRICTED: the profile `\(filter.profile)`, \(filter.program.count) instructions"
        case .systemCalls(let filter): "the profile `\(filter.profile)`, \(filter.program.count) instructions"
        }
    }
}
