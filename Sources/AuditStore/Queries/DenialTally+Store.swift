public import AuditLog
public import Flask

extension DenialTally {
    /// Of so many kinds, those with the most decisions, domains and times are asked for too.
    private static let detailed = 1_000

    /// What a store keeps, counted as if its logs were read: of every kind how often, first and last, by which domains and when.
    ///
    /// Domains are those of all time where dates are filtered by, and times are told to the hour.
    public init(_ store: any DenialStore, _ filter: DenialFilter) throws(StoreError) {
        let totals = try store.totals(filter)
        var kinds: [DenialGroup] = []
        var isWhole = false
        while !isWhole, kinds.count < Self.cellLimit {
            let more = try store.groups(filter, by: .kinds, limit: 1_000, offset: kinds.count)
            kinds += more
            isWhole = more.count < 1_000
        }
        // What is kept meanwhile may move a kind from one page to the next.
        if kinds.count > 1_000 {
            var known: Set<AuditRecord> = []
            kinds = kinds.filter { known.insert($0.record).inserted }
        }
        let axis: TimeAxis? = if let first = totals.first, let last = totals.last, first <= last { TimeAxis(first...last) } else { nil }
        let details = try store.details(of: Array(kinds.prefix(Self.detailed)), filter, domains: 32, stretches: axis == nil ? 0 : TimeAxis.count)
        var cells: [DenialCell] = []
        for (place, kind) in kinds.enumerated() {
            let record = kind.record
            let domains = place < details.count ? details[place].domains : []
            let told = domains.reduce(0) { $0 &+ $1.count }
            var counts: [UInt32] = []
            if let axis, let first = totals.first, let last = totals.last, place < details.count {
                counts = Array(repeating: 0, count: TimeAxis.count)
                for stretch in details[place].times {
                    guard let place = axis.place(of: min(max(stretch.start, first), last)) else { continue }
                    counts[place] = UInt32(clamping: UInt64(counts[place]) &+ stretch.count)
                }
            }
            cells.append(
                DenialCell(
                    record, count: kind.count, first: kind.first.map { .date($0) } ?? .unknown, last: kind.last.map { .date($0) } ?? .unknown,
                    domains: domains.map { ($0.pair, $0.count) }, otherDomains: kind.count > told ? kind.count - told : 0, dateCounts: counts))
        }
        let counted = cells.reduce(0) { $0 &+ $1.count }
        let notices = try store.notices(filter, limit: 10_000, offset: 0).map { stored in
            (FlaskNotice(stored.kind, stored.text, time: stored.time), stored.count)
        }
        self.init(cells, dates: axis, notices: notices, untold: totals.records > counted ? totals.records - counted : 0)
    }
}

extension DenialGroup {
    /// What lines of the group say, but domains and hardware. A context without text is its number, a permission without a name its bit.
    public var record: AuditRecord {
        func context(_ text: [UInt8]) -> AuditRecord.Context {
            let prefix = Array("sid ".utf8)
            guard text.starts(with: prefix), let number = Int64(String(decoding: text.dropFirst(prefix.count), as: UTF8.self)) else { return .text(text) }
            return .identifier(SecurityIdentifier(rawValue: UInt32(truncatingIfNeeded: number)))
        }
        var names: [Name] = []
        var bits: UInt32 = 0
        for name in permissions {
            if name.description.hasPrefix("0x"), let number = UInt32(name.description.dropFirst(2), radix: 16) { bits |= number } else { names.append(name) }
        }
        return AuditRecord(
            verdict: verdict, permissions: names, unnamedPermissions: bits, source: context(source), target: context(target), objectClass: objectClass)
    }
}
