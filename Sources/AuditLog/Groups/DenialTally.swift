import Flask

/// Counts decisions as they are read, those that are alike together.
///
/// Its memory has a limit whatever a log holds: so many kinds of decisions, so many domains and pieces of hardware of each. What is beyond is counted, not
/// told apart.
public struct DenialTally: LogSink, Sendable {
    /// How many kinds of decisions are told apart, and how many bytes their texts may have.
    public static let cellLimit = 1 << 15
    static let textLimit = 1 << 23
    /// How many pairs of domains, pieces of hardware and hosts are kept of each.
    static let pairLimit = 32, objectLimit = 16, hostLimit = 32
    /// How many notices and unread lines are kept of each kind.
    static let sampleLimit = 8

    /// Dates of all decisions that have one; and times since their hypervisor's start.
    public private(set) var dates: TimeAxis?
    public private(set) var starts: TimeAxis?
    /// Decisions of kinds that there was no room for.
    public private(set) var untold: UInt64 = 0
    /// Decisions whose domains are told of by bare numbers, as before Xen 4.17, and by names, as since.
    public private(set) var numberedDomains: UInt64 = 0
    public private(set) var namedDomains: UInt64 = 0
    /// Notices by kind, and the first of each.
    public private(set) var noticeCounts: [FlaskNotice.Kind: UInt64] = [:]
    public private(set) var notices: [FlaskNotice] = []
    public private(set) var unreadLines: [UnreadLine] = []
    /// Which log is read: its place among all.
    public private(set) var log = -1
    /// The hosts of the log that is read, by number.
    private var hosts: [[UInt8]] = []

    private var cells: [Cell] = []
    private var slots: [Int32]
    private var hashes: [Int] = []
    /// Texts of all cells, one behind the other.
    private var texts: [UInt8] = []

    private struct Cell: Sendable {
        var text: Range<Int>
        /// The first line of this kind, to be read again when somebody wants to know.
        var record: AuditRecord
        var count: UInt64 = 0
        var first: DenialCell.Sight
        var last: DenialCell.Sight
        var pairs: [UInt64] = []
        var pairCounts: [UInt64] = []
        var otherPairs: UInt64 = 0
        var objects: [AuditObject] = []
        var hasMoreObjects = false
        var hosts: [[UInt8]] = []
        var dateCounts: [UInt32] = []
        var startCounts: [UInt32] = []
    }

    public init() {
        slots = Array(repeating: -1, count: 1 << 10)
    }

    /// A tally of what was counted elsewhere, each kind once. Nothing more is to be read into it.
    ///
    /// - Parameters:
    ///   - counted: the kinds.
    ///   - dates: what the cells' ``DenialCell/dateCounts`` are counted on.
    ///   - notices: what was said besides, and how often.
    ///   - untold: decisions of more kinds than these.
    public init(_ counted: [DenialCell], dates: TimeAxis?, notices: [(notice: FlaskNotice, count: UInt64)], untold: UInt64) {
        self.init()
        self.dates = dates
        self.untold = untold
        decisions = untold
        for cell in counted {
            decisions &+= cell.count
            cells.append(
                Cell(
                    text: 0..<0, record: cell.record, count: cell.count, first: cell.first, last: cell.last, pairs: cell.pairs.map(Self.number),
                    pairCounts: cell.pairCounts, otherPairs: cell.otherDomains, objects: cell.objects, hasMoreObjects: cell.hasMoreObjects, hosts: cell.hosts,
                    dateCounts: cell.dateCounts, startCounts: cell.startCounts))
        }
        for (notice, count) in notices {
            take(notice)
            noticeCounts[notice.kind, default: 0] &+= max(1, count) - 1
        }
    }

    public var count: Int { cells.count }

    /// How many decisions there were.
    public private(set) var decisions: UInt64 = 0

    /// All kinds, in the order in which they were first seen.
    public var all: [DenialCell] {
        cells.map { cell in
            DenialCell(
                record: cell.record, count: cell.count, first: cell.first, last: cell.last, pairs: cell.pairs.map(Self.pair), pairCounts: cell.pairCounts,
                otherDomains: cell.otherPairs, objects: cell.objects, hasMoreObjects: cell.hasMoreObjects, hosts: cell.hosts,
                dateCounts: cell.dateCounts, startCounts: cell.startCounts)
        }
    }

    // MARK: What is read

    /// What follows is of another log.
    public mutating func beginLog() {
        log += 1
        hosts = []
    }

    public mutating func meet(host: [UInt8], number: Int) { hosts.append(host) }

    public mutating func take(_ denial: borrowing DenialFields, in line: Span<UInt8>) {
        decisions += 1
        if denial.hasNumberedDomains {
            numberedDomains += 1
        } else if max(denial.sourceDomain, denial.currentDomain) >= 0 {
            namedDomains += 1
        }
        guard let place = place(of: denial, line) else {
            untold += 1
            return
        }
        let sight = DenialCell.Sight(time: denial.time, boot: denial.boot, log: max(0, log), line: denial.line)
        if cells[place].count == 0 || sight.isEarlier(than: cells[place].first) { cells[place].first = sight }
        if cells[place].count == 0 || !sight.isEarlier(than: cells[place].last) { cells[place].last = sight }
        cells[place].count += 1
        Self.countPair(Self.number(denial), &cells[place])
        if denial.object.isPresent { Self.keepObject(denial, line, &cells[place]) }
        if denial.host >= 0, Int(denial.host) < hosts.count { Self.keepHost(hosts[Int(denial.host)], &cells[place]) }
        switch denial.time {
        case .date(let time): countDate(time, place)
        case .sinceStart(let time): countStart(Int64(clamping: time), place)
        case .cycles, .unknown: break
        }
    }

    public mutating func take(_ notice: FlaskNotice) {
        let seen = noticeCounts[notice.kind, default: 0]
        noticeCounts[notice.kind] = seen + 1
        if seen < UInt64(Self.sampleLimit) { notices.append(notice) }
    }

    public mutating func take(_ line: UnreadLine) {
        guard unreadLines.count(where: { $0.reason == line.reason }) < Self.sampleLimit else { return }
        unreadLines.append(line)
    }

    // MARK: Places

    /// The cell of a decision, which is made when it is the first of its kind; nil when there is no room for more.
    private mutating func place(of denial: borrowing DenialFields, _ line: Span<UInt8>) -> Int? {
        let (permissions, key) = (denial.permissions.range, denial.key.range)
        var hasher = Hasher()
        line.hash(permissions, into: &hasher)
        line.hash(key, into: &hasher)
        hasher.combine(denial.isGranted)
        let hash = hasher.finalize()
        let mask = slots.count - 1
        var slot = hash & mask
        while slots[slot] >= 0 {
            let place = Int(slots[slot])
            if hashes[place] == hash, isSame(place, denial.isGranted, line, permissions, key) { return place }
            slot = (slot + 1) & mask
        }
        let length = permissions.count + key.count + 1
        guard cells.count < Self.cellLimit, texts.count + length <= Self.textLimit else { return nil }
        let start = texts.count
        texts.append(denial.isGranted ? 1 : 0)
        texts += line.bytes(permissions)
        texts += line.bytes(key)
        var record = denial.record(in: line).record
        record.subject = AuditSubject()
        let sight = DenialCell.Sight(time: .unknown, boot: 0, log: 0, line: 0)
        cells.append(Cell(text: start..<texts.count, record: record, first: sight, last: sight))
        hashes.append(hash)
        slots[slot] = Int32(truncatingIfNeeded: cells.count - 1)
        if cells.count * 2 > slots.count { grow() }
        return cells.count - 1
    }

    private func isSame(_ place: Int, _ isGranted: Bool, _ line: Span<UInt8>, _ permissions: Range<Int>, _ key: Range<Int>) -> Bool {
        let text = cells[place].text
        guard text.count == permissions.count + key.count + 1, texts[text.lowerBound] == (isGranted ? 1 : 0) else { return false }
        let middle = text.lowerBound + 1 + permissions.count
        return line.equals(key, texts[middle..<text.upperBound]) && line.equals(permissions, texts[text.lowerBound + 1..<middle])
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: slots.count * 2)
        let mask = slots.count - 1
        for (place, hash) in hashes.enumerated() {
            var slot = hash & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(truncatingIfNeeded: place)
        }
    }

    // MARK: Parts

    /// Both domains in one number: each a bit more than it has.
    private static func number(_ denial: borrowing DenialFields) -> UInt64 {
        let source = denial.sourceDomain >= 0 ? denial.sourceDomain : denial.currentDomain
        return UInt64(UInt32(bitPattern: source)) << 32 | UInt64(UInt32(bitPattern: denial.targetDomain))
    }

    private static func number(_ pair: DomainPair) -> UInt64 {
        func half(_ domain: DomainIdentifier?) -> UInt64 { domain.map { UInt64($0.rawValue) } ?? UInt64(UInt32.max) }
        return half(pair.source) << 32 | half(pair.target)
    }

    private static func pair(_ number: UInt64) -> DomainPair {
        func domain(_ number: UInt64) -> DomainIdentifier? { UInt16(exactly: number & 0xffff_ffff).map(DomainIdentifier.init(rawValue:)) }
        return DomainPair(source: domain(number >> 32), target: domain(number))
    }

    private static func countPair(_ number: UInt64, _ cell: inout Cell) {
        if let place = cell.pairs.firstIndex(of: number) {
            cell.pairCounts[place] += 1
        } else if cell.pairs.count < pairLimit {
            cell.pairs.append(number)
            cell.pairCounts.append(1)
        } else {
            cell.otherPairs += 1
        }
    }

    private static func keepObject(_ denial: borrowing DenialFields, _ line: Span<UInt8>, _ cell: inout Cell) {
        guard !cell.hasMoreObjects, let object = DenialFields.object(line.bytes(denial.object.range)), !cell.objects.contains(object) else { return }
        if cell.objects.count < objectLimit { cell.objects.append(object) } else { cell.hasMoreObjects = true }
    }

    private static func keepHost(_ host: [UInt8], _ cell: inout Cell) {
        guard cell.hosts.count < hostLimit, !cell.hosts.contains(host) else { return }
        cell.hosts.append(host)
    }

    private mutating func countDate(_ time: Int64, _ place: Int) {
        if dates == nil { dates = TimeAxis(time) }
        if dates?.place(of: time) == nil, let fold = dates?.reach(time) {
            for index in cells.indices where !cells[index].dateCounts.isEmpty { fold(&cells[index].dateCounts) }
        }
        guard let stretch = dates?.place(of: time) else { return }
        Self.count(stretch, &cells[place].dateCounts)
    }

    private mutating func countStart(_ time: Int64, _ place: Int) {
        if starts == nil { starts = TimeAxis(time) }
        if starts?.place(of: time) == nil, let fold = starts?.reach(time) {
            for index in cells.indices where !cells[index].startCounts.isEmpty { fold(&cells[index].startCounts) }
        }
        guard let stretch = starts?.place(of: time) else { return }
        Self.count(stretch, &cells[place].startCounts)
    }

    private static func count(_ stretch: Int, _ counts: inout [UInt32]) {
        if counts.isEmpty { counts = Array(repeating: 0, count: TimeAxis.count) }
        if counts[stretch] < .max { counts[stretch] += 1 }
    }
}
