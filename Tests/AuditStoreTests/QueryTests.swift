import AuditLog
import AuditStore
import Flask
import Foundation
import TestSupport
import Testing

/// Every sum is compared with what the records say one by one.
@Suite struct QueryTests {
    /// A filter of one to three conditions that something meets.
    static func filter(_ records: [KeyedDenial], _ random: inout SplitMix64) -> DenialFilter {
        var filter = DenialFilter()
        let one = random.pick(records)
        for _ in 0..<random.below(4) {
            switch random.below(10) {
            case 0: filter.host = one.key.host
            case 1: filter.boot = one.key.boot
            case 2: filter.objectClass = one.record.objectClass
            case 3: filter.sourceType = type(one.record.source)
            case 4: filter.targetType = type(one.record.target)
            case 5: if case .text(let text) = one.record.source { filter.sourceContext = text }
            case 6: filter.permission = one.record.permissions.first
            case 8: filter.kind = one.record
            case 7: filter.domain = random.percent(50) ? one.record.subject.source : one.record.subject.target
            default: filter.verdict = one.record.verdict
            }
        }
        if random.percent(30) {
            // Whole hours, as sums have them.
            let start = TestLog.day + Int64(random.below(3)) * 3_600_000_000
            filter.dates = start...start + Int64(1 + random.below(30)) * 3_600_000_000 - 1
        }
        return filter
    }

    static func type(_ context: AuditRecord.Context) -> Name {
        guard case .text(let text) = context else { return "" }
        return Name(bytes: Array(text.split(separator: UInt8(ascii: ":"))[2]))
    }

    /// What a line says but domains and hardware.
    static func kind(_ record: AuditRecord) -> AuditRecord {
        var record = record
        record.subject = AuditSubject()
        return record
    }

    static func passes(_ denial: KeyedDenial, _ filter: DenialFilter) -> Bool {
        let (record, subject) = (denial.record, denial.record.subject)
        if let host = filter.host, denial.key.host != host { return false }
        if let boot = filter.boot, denial.key.boot != boot { return false }
        if let name = filter.objectClass, record.objectClass != name { return false }
        if let name = filter.sourceType, type(record.source) != name { return false }
        if let name = filter.targetType, type(record.target) != name { return false }
        if let text = filter.sourceContext, record.source != .text(text) { return false }
        if let name = filter.permission, !record.permissions.contains(name) { return false }
        if let domain = filter.domain, (subject.source ?? subject.current) != domain, subject.target != domain { return false }
        if let verdict = filter.verdict, record.verdict != verdict { return false }
        if let kind = filter.kind, Self.kind(record) != Self.kind(kind) { return false }
        if let dates = filter.dates { if case .date(let date) = denial.time { return dates.contains(date) } else { return false } }
        return true
    }

    static func fill(_ store: SQLiteStore, _ random: inout SplitMix64) throws {
        for host in ["alpha", "beta"] {
            for boot in 0..<3 {
                let lines = [TestLog.banner] + TestLog.lines(500, random.pick([.date, .date, .start]), from: boot * 9_000, &random)
                try store.ingest(lines, host: host, batch: 400)
            }
        }
    }

    /// Says of a filter what every question must answer.
    static func check(_ store: SQLiteStore, _ records: [KeyedDenial], _ filter: DenialFilter, _ words: Comment) throws {
        let wanted = records.filter { passes($0, filter) }
        #expect(try store.all(filter, limit: 333) == wanted, words)
        #expect(try store.all(filter, newestFirst: true, limit: 100) == wanted.reversed(), words)
        let totals = try store.totals(filter)
        #expect(totals.records == UInt64(wanted.count) && totals.boots == Set(wanted.map { [$0.key.host, $0.key.boot] }).count, words)
        #expect(totals.hosts == Set(wanted.map(\.key.host)).count, words)
        let groups = try store.groups(filter, by: .types, limit: 10_000)
        let wantedGroups = Dictionary(grouping: wanted) { [type($0.record.source), type($0.record.target), $0.record.objectClass] }
        #expect(groups.count == wantedGroups.count, words)
        #expect(groups.map(\.count) == groups.map(\.count).sorted(by: >), words)
        for group in groups {
            let members = wantedGroups[[Name(bytes: group.source), Name(bytes: group.target), group.objectClass]] ?? []
            #expect(group.count == UInt64(members.count), words)
            #expect(Set(group.permissions).isSuperset(of: members.flatMap(\.record.permissions)), words)
            let dates = members.compactMap { if case .date(let date) = $0.time { date } else { nil } }
            if filter.dates == nil, filter.domain == nil { #expect(group.first == dates.min() && group.last == dates.max(), words) }
        }
        #expect(try store.groups(filter, by: .contexts, limit: 10_000).reduce(0) { $0 + $1.count } == UInt64(wanted.count), words)
        let kinds = try store.groups(filter, by: .kinds, limit: 10_000)
        #expect(Dictionary(uniqueKeysWithValues: kinds.map { ($0.record, Int($0.count)) }) == wanted.map { kind($0.record) }.counted(), words)
        let dated = wanted.count { if case .date = $0.time { true } else { false } }
        #expect(try store.histogram(filter, limit: 7).reduce(0) { $0 + $1.count } == UInt64(dated), words)
        if filter.dates == nil {
            let pairs = wanted.map { DomainPair(source: $0.record.subject.source ?? $0.record.subject.current, target: $0.record.subject.target) }.counted()
            let domains = try store.domains(filter, limit: 10_000)
            #expect(Dictionary(uniqueKeysWithValues: domains.map { ($0.pair, Int($0.count)) }) == pairs, words)
        }
    }

    @Test("Every question answers what the records say, for random filters")
    func filters() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        try Self.fill(store, &random)
        let records = try store.all()
        #expect(records.count == 3_000)
        for round in 0..<20 {
            let filter = Self.filter(records, &random)
            try Self.check(store, records, filter, "seed \(seed), round \(round): \(filter)")
        }
    }

    @Test("A store is counted as its records are: each kind, how often, first and last, by which domains, and when")
    func tally() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        try Self.fill(store, &random)
        let records = try store.all()
        for filter in [DenialFilter(), Self.filter(records, &random)] where filter.dates == nil && filter.domain == nil {
            let wanted = records.filter { Self.passes($0, filter) }
            let tally = try DenialTally(store, filter)
            #expect(tally.decisions == UInt64(wanted.count) && tally.untold == 0, "seed \(seed)")
            let kinds = Dictionary(grouping: wanted) { Self.kind($0.record) }
            #expect(Set(tally.all.map(\.record)) == Set(kinds.keys), "seed \(seed)")
            for cell in tally.all {
                let members = kinds[cell.record] ?? []
                #expect(cell.count == UInt64(members.count), "seed \(seed)")
                let dates = members.compactMap { if case .date(let date) = $0.time { date } else { nil } }
                #expect(cell.first.time == (dates.min().map { .date($0) } ?? .unknown) && cell.last.time == (dates.max().map { .date($0) } ?? .unknown))
                #expect(cell.dateCounts.reduce(0) { $0 + Int($1) } == dates.count, "seed \(seed)")
                #expect(cell.domains.reduce(0) { $0 + $1.count } + cell.otherDomains == cell.count, "seed \(seed)")
                let pairs = members.map { DomainPair(source: $0.record.subject.source ?? $0.record.subject.current, target: $0.record.subject.target) }.counted()
                for (pair, count) in cell.domains { #expect(pairs[pair] == Int(count), "seed \(seed)") }
            }
            #expect(tally.groups().reduce(0) { $0 + $1.count } == UInt64(wanted.count))
        }
    }

    @Test("Names that are SQL, or no text at all, are values")
    func hostile() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        let name = Name(bytes: Array("x'; DROP TABLE record; --\" \u{0}".utf8) + [0xff, 0x80])
        // A permission has no blank: lines have blanks between them.
        let permission = Name(bytes: name.bytes.filter { $0 != 0x20 })
        let record = AuditRecord(
            verdict: .denied, permissions: [permission], source: .text(Array("a:b:".utf8) + name.bytes),
            target: .identifier(SecurityIdentifier(rawValue: 7)), objectClass: name)
        let key = DenialKey(host: name.bytes, boot: name.bytes, sequence: 3)
        #expect(try store.add([KeyedDenial(key, record, time: .unknown)]) == 1)
        var filter = DenialFilter()
        (filter.host, filter.boot, filter.objectClass, filter.sourceType) = (name.bytes, name.bytes, name, name)
        #expect(try store.records(filter, from: nil, newestFirst: true, limit: 5).records == [KeyedDenial(key, record, time: .unknown)])
        #expect(try store.groups(filter, by: .contexts, limit: 5).map(\.target) == [Array("sid 7".utf8)])
        #expect(try store.hosts().map(\.name) == [name.bytes])
    }

    @Test("Decisions that have keys are kept once, with all that they say")
    func keyed() throws {
        var random = SplitMix64(seed: RandomTest.seed())
        let folder = try TemporaryFolder()
        let source = try SQLiteStore(folder.url.appending(path: "a.sqlite").path), target = try SQLiteStore(folder.url.appending(path: "b.sqlite").path)
        try Self.fill(source, &random)
        let records = try source.all()
        for _ in 0..<6 { _ = try target.add(Array(records.shuffled(using: &random).prefix(1_400))) }
        _ = try target.add(records)
        #expect(try target.add(records) == 0)
        #expect(Set(try target.all()) == Set(records))
        try Self.check(target, try target.all(), DenialFilter(), "all")
        #expect(try target.damages().isEmpty)
    }

    @Test("What is pruned by age or by size is the oldest, and the sums are those of the rest", arguments: [true, false])
    func pruned(byAge: Bool) throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "a.sqlite").path
        let store = try SQLiteStore(path)
        for boot in 0..<4 { try store.ingest([TestLog.banner] + TestLog.lines(5_000, .date, from: boot * 12_000, &random), batch: 5_000) }
        let records = try store.all()
        func date(_ denial: KeyedDenial) -> Int64 { if case .date(let date) = denial.time { date } else { 0 } }
        let limit = TestLog.day + 15_000_000_000, before = try store.size()
        let report = try byAge ? store.prune(Retention(age: 1_000_000), now: limit + 1_000_000) : store.prune(Retention(size: before / 2), now: limit)
        let left = try store.all()
        #expect(report.records == UInt64(records.count - left.count) && report.records > 0 && !left.isEmpty, "seed \(seed)")
        if byAge {
            #expect(left == records.filter { date($0) >= limit }, "seed \(seed)")
        } else {
            #expect(try store.size() <= before / 2, "seed \(seed)")
            // By blocks: what is left is younger than what went, but for a block's length.
            #expect(left.map(date).max() == records.map(date).max() && left.map(date).min() ?? 0 > records.map(date).min() ?? 0, "seed \(seed)")
        }
        #expect(report.sizeBefore == before && report.sizeAfter < before, "seed \(seed)")
        #expect(try Int64(Data(contentsOf: URL(fileURLWithPath: path)).count) < before, "seed \(seed): space is given back")
        for round in 0..<6 {
            let filter = round == 0 ? DenialFilter() : Self.filter(left, &random)
            try Self.check(store, left, filter, "seed \(seed), round \(round): \(filter)")
        }
        #expect(try store.damages().isEmpty)
        #expect(try store.prune(Retention(age: 1, size: 1), now: TestLog.day * 2).records == UInt64(left.count))
        #expect(try store.all().isEmpty)
        try Self.check(store, [], DenialFilter(), "empty")
    }
}
