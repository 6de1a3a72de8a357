import Flask

/// The names of initial SIDs. Images hold only their numbers.
struct InitialSIDNames {
    /// The name of number n at index n − 1, up to the highest number of the policy.
    let names: [String]

    /// For Xen the names of the release that the policy fits: by its classes and number of initial SIDs, or by the
    /// number alone.
    init(_ policy: Policy) {
        // Numbers are small; a policy with absurd ones gets no names for them.
        let count = Int(policy.initialContexts.map(\.sid).filter { $0 < 1_000 }.max() ?? 0)
        let known = policy.target == .xen ? Self.xen(policy, count) : Self.linux
        names = (0..<count).map { $0 < known.count ? known[$0] : "sid\($0 + 1)" }
    }

    private static func xen(_ policy: Policy, _ count: Int) -> [String] {
        let vocabularies = XenRelease.all.reversed().compactMap { Vocabulary(of: $0) }
            .filter { $0.initialSIDs.count == count }
        let fitting = vocabularies.first { vocabulary in
            vocabulary.classes.count <= policy.classes.count
                && zip(vocabulary.classes, policy.classes).allSatisfy { wanted, found in
                    found.name == Name(wanted.name)
                        && wanted.permissions.count <= found.permissions.count
                        && zip(wanted.permissions, found.permissions).allSatisfy { Name($0) == $1.name }
                }
        }
        return (fitting ?? vocabularies.first ?? XenRelease.all.last.flatMap { Vocabulary(of: $0) })?.initialSIDs ?? []
    }

    /// Linux, security/selinux/include/initial_sid_to_string.h.
    private static let linux = [
        "kernel", "security", "unlabeled", "fs", "file", "file_labels", "init", "any_socket", "port", "netif", "netmsg",
        "node", "igmp_packet", "icmp_socket", "tcp_socket", "sysctl_modprobe", "sysctl", "sysctl_fs", "sysctl_kernel",
        "sysctl_net", "sysctl_net_unix", "sysctl_vm", "sysctl_dev", "kmod", "policy", "scmp_packet", "devnull",
    ]
}
