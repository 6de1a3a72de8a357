public import Flask

/// Decisions over one class between two types: what one rule of a policy would allow.
public struct DenialGroup: Hashable, Sendable {
    public struct Permission: Hashable, Sendable {
        public var name: Name
        public var count: UInt64
    }

    public struct Domains: Hashable, Sendable {
        public var pair: DomainPair
        public var count: UInt64
    }

    public var verdict: AuditRecord.Verdict
    /// The types, or the whole of what stands in their place.
    public var source: Name
    public var target: Name
    public var objectClass: Name
    /// Most often first.
    public var permissions: [Permission]
    public var count: UInt64
    public var first: DenialCell.Sight
    public var last: DenialCell.Sight
    /// Most often first; and how often it was others.
    public var domains: [Domains]
    public var otherDomains: UInt64
    public var objects: [AuditObject]
    public var hasMoreObjects: Bool
    public var hosts: [[UInt8]]
    public var dateCounts: [UInt32]
    public var startCounts: [UInt32]
    /// What it is made of: the same by full contexts and sets of permissions.
    public var cells: [DenialCell]
}

extension DenialTally {
    /// All decisions in groups, most often first.
    public func groups() -> [DenialGroup] {
        var places: [GroupKey: Int] = [:]
        var groups: [DenialGroup] = []
        for cell in all {
            let key = GroupKey(cell.record)
            if let place = places[key] {
                groups[place].add(cell)
            } else {
                places[key] = groups.count
                groups.append(DenialGroup(key, cell))
            }
        }
        for index in groups.indices { groups[index].sort() }
        return groups.sorted { first, second in
            first.count != second.count ? first.count > second.count : GroupKey(first.cells[0].record).isBefore(GroupKey(second.cells[0].record))
        }
    }
}

/// What decisions of one group have in common.
private struct GroupKey: Hashable {
    let verdict: AuditRecord.Verdict
    let source, target, objectClass: [UInt8]

    init(_ record: AuditRecord) {
        verdict = record.verdict
        source = record.source.typeText
        target = record.target.typeText
        objectClass = record.objectClass.bytes
    }

    func isBefore(_ other: GroupKey) -> Bool {
        for (one, another) in [(source, other.source), (target, other.target), (objectClass, other.objectClass)] where one != another {
            return one.lexicographicallyPrecedes(another)
        }
        return verdict == .denied && other.verdict == .granted
    }
}

extension AuditRecord.Context {
    /// The type; the whole text of what has no three parts, and `sid N` for a number.
    public var typeText: [UInt8] {
        switch self {
        case .identifier(let sid): return Array("sid \(sid.rawValue)".utf8)
        case .text(let text):
            let parts = text.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
            return parts.count >= 3 ? Array(parts[2]) : text
        }
    }
}

extension DenialGroup {
    fileprivate init(_ key: GroupKey, _ cell: DenialCell) {
        self.init(
            verdict: key.verdict, source: Name(bytes: key.source), target: Name(bytes: key.target), objectClass: Name(bytes: key.objectClass),
            permissions: [], count: 0, first: cell.first, last: cell.last, domains: [], otherDomains: 0, objects: [], hasMoreObjects: false, hosts: [],
            dateCounts: [], startCounts: [], cells: [])
        add(cell)
    }

    fileprivate mutating func add(_ cell: DenialCell) {
        count += cell.count
        for name in cell.record.permissions { add(name, cell.count) }
        if cell.record.unnamedPermissions != 0 { add(Name("0x" + String(cell.record.unnamedPermissions, radix: 16)), cell.count) }
        if cell.first.isEarlier(than: first) { first = cell.first }
        if last.isEarlier(than: cell.last) { last = cell.last }
        otherDomains += cell.otherDomains
        for (pair, count) in cell.domains {
            if let place = domains.firstIndex(where: { $0.pair == pair }) {
                domains[place].count += count
            } else if domains.count < DenialTally.pairLimit {
                domains.append(Domains(pair: pair, count: count))
            } else {
                otherDomains += count
            }
        }
        hasMoreObjects = hasMoreObjects || cell.hasMoreObjects
        for object in cell.objects where !objects.contains(object) {
            if objects.count < DenialTally.objectLimit { objects.append(object) } else { hasMoreObjects = true }
        }
        for host in cell.hosts where hosts.count < DenialTally.hostLimit && !hosts.contains(host) { hosts.append(host) }
        Self.sum(cell.dateCounts, &dateCounts)
        Self.sum(cell.startCounts, &startCounts)
        cells.append(cell)
    }

    private mutating func add(_ name: Name, _ count: UInt64) {
        if let place = permissions.firstIndex(where: { $0.name == name }) {
            permissions[place].count += count
        } else {
            permissions.append(Permission(name: name, count: count))
        }
    }

    private static func sum(_ counts: [UInt32], _ sums: inout [UInt32]) {
        guard !counts.isEmpty else { return }
        if sums.isEmpty { sums = Array(repeating: 0, count: TimeAxis.count) }
        for index in counts.indices {
            let (sum, overflow) = sums[index].addingReportingOverflow(counts[index])
            sums[index] = overflow ? .max : sum
        }
    }

    fileprivate mutating func sort() {
        permissions.sort { $0.count != $1.count ? $0.count > $1.count : $0.name.bytes.lexicographicallyPrecedes($1.name.bytes) }
        domains.sort { first, second in first.count != second.count ? first.count > second.count : first.pair.order < second.pair.order }
        cells.sort { $0.count != $1.count ? $0.count > $1.count : $0.first.isEarlier(than: $1.first) }
    }
}

extension DomainPair {
    fileprivate var order: (Int, Int) { (source.map { Int($0.rawValue) } ?? -1, target.map { Int($0.rawValue) } ?? -1) }
}

extension DenialCell.Sight {
    /// By date where both have one, else by their place.
    func isEarlier(than other: Self) -> Bool {
        if case (.date(let first), .date(let second)) = (time, other.time), first != second { return first < second }
        return (log, line) < (other.log, other.line)
    }
}
