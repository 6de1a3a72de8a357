package import Flask

/// The names of initial SIDs. Images hold only their numbers.
package struct InitialSIDNames {
    /// The name of number n at index n − 1, up to the highest number of the policy.
    package let names: [String]

    /// The release of Xen whose names they are; nil for Linux, and where no release has as many.
    package let release: XenRelease?

    /// For Xen the names of the release that is given, or that the policy fits: by its classes and number of initial SIDs, or by
    /// the number alone.
    package init(_ policy: Policy, release: XenRelease? = nil) {
        // Numbers are small; a policy with absurd ones gets no names for them.
        let count = Int(policy.initialContexts.map(\.sid).filter { $0 < 1_000 }.max() ?? 0)
        let vocabulary = policy.target == .xen ? Self.vocabulary(policy, count, release) : nil
        let known = policy.target == .xen ? vocabulary?.initialSIDs ?? [] : Self.linux
        names = (0..<count).map { $0 < known.count ? known[$0] : "sid\($0 + 1)" }
        self.release = vocabulary?.release
    }

    /// Names that are known, where they are as many as the policy's numbers.
    init(_ policy: Policy, known names: [String]?) {
        let found = InitialSIDNames(policy)
        guard let names, names.count >= found.names.count, Set(names).count == names.count else {
            self = found
            return
        }
        self.names = names
        release = found.release
    }

    private static func vocabulary(_ policy: Policy, _ count: Int, _ release: XenRelease?) -> Vocabulary? {
        if let release = release ?? VocabularyOutline(policy).fittingReleases().last { return Vocabulary(of: release) }
        return XenRelease.all.reversed().lazy.compactMap { Vocabulary(of: $0) }.first { $0.initialSIDs.count == count }
            ?? Vocabulary(of: .newest)
    }

    /// Linux, security/selinux/include/initial_sid_to_string.h.
    private static let linux = [
        "kernel", "security", "unlabeled", "fs", "file", "file_labels", "init", "any_socket", "port", "netif", "netmsg",
        "node", "igmp_packet", "icmp_socket", "tcp_socket", "sysctl_modprobe", "sysctl", "sysctl_fs", "sysctl_kernel",
        "sysctl_net", "sysctl_net_unix", "sysctl_vm", "sysctl_dev", "kmod", "policy", "scmp_packet", "devnull",
    ]
}
