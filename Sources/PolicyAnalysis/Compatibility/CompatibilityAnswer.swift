public import Flask

/// Which releases of Xen load a policy.
public struct CompatibilityAnswer: Sendable {
    public let target: Policy.Target?
    public let version: UInt32?
    /// Newest first.
    public let releases: [ReleaseAnswer]

    /// Whether one of them loads it, and means the same by it.
    public var isLoaded: Bool { releases.contains { $0.verdict.loadsRightly } }

    /// Neighbours that say the same.
    public var groups: [[ReleaseAnswer]] {
        var groups: [[ReleaseAnswer]] = []
        for answer in releases {
            if let last = groups.last?.last, last.saysTheSame(as: answer) {
                groups[groups.count - 1].append(answer)
            } else {
                groups.append([answer])
            }
        }
        return groups
    }

    /// Releases in words: `4.17–4.22, master`. Newest first; three in a row and more are a range.
    public static func words(for names: [String]) -> String {
        let order = ReleaseTables.all.map(\.name)
        var runs: [[String]] = []
        for name in names.sorted(by: { (order.firstIndex(of: $0) ?? 0) < (order.firstIndex(of: $1) ?? 0) }) {
            let follows = runs.last?.last.flatMap { order.firstIndex(of: $0) }.map { $0 + 1 == order.firstIndex(of: name) } ?? false
            // The development tree is no release.
            if follows, XenRelease(name) != nil { runs[runs.count - 1].append(name) } else { runs.append([name]) }
        }
        return runs.flatMap { run -> [String] in run.count < 3 ? run : ["\(run[0])–\(run[run.count - 1])"] }.joined(separator: ", ")
    }
}
