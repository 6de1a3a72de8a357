import Flask

/// Finds what rules are about in what is read, as it comes.
///
/// A rule speaks once of a group and is then silent about it for a while, however much comes. Memory has a limit: of more groups than are told apart it only knows
/// that there are more.
public struct AlertWatch: LogSink, Sendable {
    /// How many groups are told apart.
    public static let groupLimit = 1 << 15

    public let rules: [AlertRule]
    /// How long a rule is silent about a group it has spoken of, in microseconds.
    public let silence: Int64
    /// The time by a clock that nobody sets, in microseconds: the one who reads sets it before each piece.
    public var now: Int64 = 0
    /// Whether what is read is only to be known: it is not new later.
    public var isLearning = false
    /// What was found; whoever takes it away makes room for more.
    public private(set) var alerts: [Alert] = []
    /// Alerts that nobody took away in time.
    public private(set) var lost: UInt64 = 0

    private var groups: [Key: Group] = [:]
    private var silentNotices: [FlaskNotice.Kind: Int64] = [:]
    /// What the reader's hosts are called, by its numbers for them.
    private var hosts: [Int32: [UInt8]] = [:]

    private struct Key: Hashable {
        var source, target, objectClass: [UInt8]
    }

    private struct Group {
        var count: UInt64 = 0
        /// For each rule, when it may speak again.
        var silentUntil: [Int64]
        /// For each rule about a rate, what came in each tenth of its time, and which tenth is the last.
        var windows: [[UInt32]]
        var tenths: [Int64]
    }

    public init(_ rules: [AlertRule], silenceSeconds: Int = 300) {
        self.rules = rules
        silence = Int64(clamping: silenceSeconds) &* 1_000_000
    }

    /// What was found since it was last asked.
    public mutating func takeAlerts() -> [Alert] {
        defer { alerts = [] }
        return alerts
    }

    public mutating func meet(host: [UInt8], number: Int) { hosts[Int32(clamping: number)] = host }

    public mutating func take(_ denial: borrowing DenialFields, in line: Span<UInt8>) {
        let found = denial.record(in: line)
        let record = found.record
        let key = Key(source: record.source.typeText, target: record.target.typeText, objectClass: record.objectClass.bytes)
        if groups[key] == nil {
            guard groups.count < Self.groupLimit else { return }
            groups[key] = Group(
                silentUntil: Array(repeating: .min, count: rules.count), windows: Array(repeating: [], count: rules.count),
                tenths: Array(repeating: 0, count: rules.count))
        }
        guard var group = groups[key] else { return }
        group.count += 1
        for (place, rule) in rules.enumerated() {
            let applies =
                switch rule {
                case .new: group.count == 1
                case .rate(let count, let seconds): Self.isFull(&group, place, now: now, count: count, seconds: seconds)
                case .access(let objectClass, let permissions):
                    record.objectClass.bytes.elementsEqual(objectClass.utf8)
                        && (permissions.isEmpty || record.permissions.contains { name in permissions.contains { name.bytes.elementsEqual($0.utf8) } })
                case .notice: false
                }
            guard applies, !isLearning, now >= group.silentUntil[place] else { continue }
            group.silentUntil[place] = now &+ silence
            add(Alert(rule: rule, cause: .decision(found), count: group.count, host: hosts[denial.host]))
        }
        groups[key] = group
    }

    public mutating func take(_ notice: FlaskNotice) {
        guard rules.contains(.notice(notice.kind)), !isLearning, now >= silentNotices[notice.kind, default: .min] else { return }
        silentNotices[notice.kind] = now &+ silence
        add(Alert(rule: .notice(notice.kind), cause: .notice(notice), count: 1, host: hosts[notice.host]))
    }

    public mutating func take(_ line: UnreadLine) {}

    private mutating func add(_ alert: Alert) {
        if alerts.count < 1_000 { alerts.append(alert) } else { lost += 1 }
    }

    /// Counts one more, and whether there were as many as a rule says in its time, to a tenth of it.
    private static func isFull(_ group: inout Group, _ place: Int, now: Int64, count: Int, seconds: Int) -> Bool {
        let tenth = now / (Int64(seconds) * 100_000)
        if group.windows[place].isEmpty { group.windows[place] = Array(repeating: 0, count: 10) }
        let passed = tenth - group.tenths[place]
        if passed >= 10 || passed < 0 {
            group.windows[place] = Array(repeating: 0, count: 10)
        } else if passed > 0 {
            for step in 1...passed { group.windows[place][Int((group.tenths[place] + step) % 10)] = 0 }
        }
        group.tenths[place] = tenth
        let index = Int(tenth % 10)
        if group.windows[place][index] < .max { group.windows[place][index] += 1 }
        return group.windows[place].reduce(0) { $0 + Int($1) } >= count
    }
}
