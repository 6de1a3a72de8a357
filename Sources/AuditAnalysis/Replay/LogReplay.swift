public import AuditLog
public import Flask
public import PolicyAnalysis

/// A whole log against another policy than the one that decided: what would be denied still, what newly, and what no more.
public struct LogReplay: Sendable {
    /// By verdict, the ones with denials first; then those that were seen most often; then by what the lines say.
    public let cells: [ReplayedCell]
    /// How many decisions there were of each verdict.
    public let counts: [ReplayVerdict: UInt64]
    /// What the log and the policy disagree about as a whole.
    public let mismatch: ReleaseMismatch?

    /// Asks the policy about each kind of decision. `booleans` have other values than the policy's.
    ///
    /// Throws `QuestionMistake` for a policy from which nothing can be decided, and for booleans that it does not have.
    public init(_ cells: [DenialCell], log: LogOrigin = LogOrigin(), against policy: AnalysedPolicy, booleans: [Boolean] = []) throws(QuestionMistake) {
        var replayer = try CellReplayer(policy, log: log, booleans: booleans)
        let replayed = cells.map { replayer.replay($0) }
        var counts: [ReplayVerdict: UInt64] = [:]
        for entry in replayed {
            counts[entry.verdict] = counts[entry.verdict, default: 0].saturatingSum(entry.cell.count)
        }
        self.counts = counts
        mismatch = replayer.mismatch
        let order = Dictionary(uniqueKeysWithValues: ReplayVerdict.allCases.enumerated().map { ($1, $0) })
        self.cells = replayed.map { (entry: $0, rank: order[$0.verdict] ?? 0, key: $0.cell.record.sortingKey) }.sorted { a, b in
            if a.rank != b.rank { return a.rank < b.rank }
            if a.entry.cell.count != b.entry.cell.count { return a.entry.cell.count > b.entry.cell.count }
            return a.key.lexicographicallyPrecedes(b.key)
        }.map(\.entry)
    }

    /// Whether something of the log would be denied, or might be.
    public var wouldDeny: Bool { counts.contains { $0.key.isDenial && $0.value > 0 } }
}

extension AuditRecord {
    /// What tells records apart that were counted apart, as bytes to sort by.
    fileprivate var sortingKey: [UInt8] {
        func text(_ context: Context) -> [UInt8] {
            switch context {
            case .text(let text): text
            case .identifier(let sid): Array("\(sid.rawValue)".utf8)
            }
        }
        var names: [UInt8] = []
        for permission in permissions { names += permission.bytes + [UInt8(ascii: " ")] }
        let parts: [[UInt8]] = [
            text(source), text(target), objectClass.bytes, names, Array("\(unnamedPermissions)".utf8), Array(verdict.rawValue.utf8),
        ]
        return Array(parts.joined(separator: [0]))
    }
}
