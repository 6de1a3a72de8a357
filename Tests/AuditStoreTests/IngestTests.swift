import AuditLog
import AuditStore
import Flask
import Foundation
import TestSupport
import Testing

@Suite struct IngestTests {
    @Test("What is stored is what the log says, in its order, and reading it again adds nothing", arguments: TestLog.Stamps.allCases)
    func readTwice(stamps: TestLog.Stamps) throws {
        let folder = try TemporaryFolder()
        var random = SplitMix64(seed: RandomTest.seed())
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        var lines = [TestLog.banner]
        lines += TestLog.lines(3_000, stamps, &random)
        let first = try store.ingest(lines, batch: 700)
        #expect(first.added == 3_000 && first.known == 0 && first.notices == 1)
        let records = try store.all()
        #expect(records.map(\.decision) == Decisions.of(lines))
        #expect(Set(records.map(\.key)).count == 3_000)
        for batch in [1, 300, 1 << 16] where batch > 1 || stamps == .none {
            let again = try store.ingest(batch == 1 ? lines.prefix(20)[...] : lines[...], batch: batch)
            #expect(again.added == 0 && again.known == (batch == 1 ? 19 : 3_000), "batches of \(batch)")
        }
        #expect(try store.all() == records)
        #expect(try store.all(newestFirst: true, limit: 77) == records.reversed())
        #expect(try store.damages().isEmpty)
        #expect(try store.totals(DenialFilter()).boots == 1)
    }

    @Test("A log that grew gives what is new in it", arguments: TestLog.Stamps.allCases)
    func grown(stamps: TestLog.Stamps) throws {
        let folder = try TemporaryFolder()
        var random = SplitMix64(seed: RandomTest.seed())
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        let lines = [TestLog.banner] + TestLog.lines(1_000, stamps, &random)
        for end in [1, 2, 100, 101, 500, 1_001] { try store.ingest(lines[..<end]) }
        #expect(try store.all().map(\.decision) == Decisions.of(lines))
    }

    @Test("Boots of one hypervisor that denied other things are two; reading both again adds nothing", arguments: TestLog.Stamps.allCases)
    func boots(stamps: TestLog.Stamps) throws {
        let folder = try TemporaryFolder()
        var random = SplitMix64(seed: RandomTest.seed())
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        let boots = (0..<4).map { [TestLog.banner] + TestLog.lines($0 == 2 ? 0 : 50, stamps, from: $0 * 1_000, &random) }
        try store.ingest(boots.joined())
        #expect(try store.totals(DenialFilter()).boots == 3)
        #expect(try store.hosts().map(\.boots) == [4])
        #expect(try store.ingest(boots.joined()).added == 0)
        for boot in boots { #expect(try store.ingest(boot).added == 0) }
        #expect(try store.hosts().map(\.boots) == [4])
        #expect(try store.all().map(\.decision) == Decisions.of(boots.joined()))
    }

    @Test("Equal boots of one log are as many as there are, however often it is read")
    func equalBoots() throws {
        let folder = try TemporaryFolder()
        var random = SplitMix64(seed: RandomTest.seed())
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        let boot = [TestLog.banner] + TestLog.lines(30, .none, &random)
        #expect(try store.ingest(boot + boot + boot).added == 90)
        #expect(try store.ingest(boot + boot + boot).added == 0)
        #expect(try store.totals(DenialFilter()).boots == 3)
    }

    @Test("A boot that was pruned leaves its name and its keys to nobody: elsewhere there may still be records of it")
    func prunedNames() throws {
        let folder = try TemporaryFolder()
        var random = SplitMix64(seed: RandomTest.seed())
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        var keys: [DenialKey] = []
        for round in 0..<3 {
            let boots = (0..<3).map { [TestLog.banner] + TestLog.lines(20, .date, from: round * 9_000 + $0 * 3_000, &random) }
            try store.ingest(boots.joined())
            keys += try store.all().map(\.key)
            let report = try store.prune(Retention(age: 0), now: TestLog.day * 2)
            #expect(report.records == 60 && report.boots >= 2)
        }
        #expect(keys.count == 180 && Set(keys).count == 180)
    }

    @Test("Captures of a growing ring, in any order, give each record once", arguments: TestLog.Stamps.allCases)
    func ring(stamps: TestLog.Stamps) throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        for round in 0..<15 * TestLog.patience {
            let folder = try TemporaryFolder()
            let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
            let count = 200 + random.below(600)
            let lines = [TestLog.banner] + TestLog.lines(count, stamps, &random)
            // Where there is no time, captures overlap by nothing or by what is surely more than chance: their edges are multiples of this.
            let grain = stamps == .none ? 16 : 1
            let overlap = stamps == .none ? 16 : 4
            var windows: [Range<Int>] = []
            var start = random.percent(50) ? 0 : random.below(50)
            let begin = start / grain * grain
            while true {
                let end = min(lines.count, start + overlap * 2 + random.below(150))
                windows.append(start..<end)
                if end == lines.count { break }
                start = max(start + 1, end - overlap - random.below(40))
            }
            for _ in 0..<random.below(5) {
                let start = begin + random.below(lines.count - begin - overlap)
                windows.append(start..<min(lines.count, start + overlap + random.below(200)))
            }
            // The order of capture mostly; any order too, then with some twice.
            windows = windows.map { window in
                let (start, end) = (window.lowerBound / grain * grain, min(lines.count, (window.upperBound + grain - 1) / grain * grain))
                return lines.count - end < grain ? start..<lines.count : start..<end
            }
            if round % 3 != 0 { windows.shuffle(using: &random) }
            var covered = [Bool](repeating: false, count: lines.count)
            covered[0] = true
            for (step, window) in (windows + windows.prefix(3)).enumerated() {
                let batch = 1 + random.below(300)
                let added = try store.ingest(lines[window], batch: batch).added
                let new = window.count { !covered[$0] }
                for line in window { covered[line] = true }
                #expect(added == UInt64(new), "seed \(seed), round \(round), step \(step), batch \(batch), \(windows)")
                if added != UInt64(new) { return }
            }
            let wanted = Decisions.of(lines[begin...]).counted(), found = try store.all().map(\.decision).counted()
            let (missing, double) = (difference(wanted, found), difference(found, wanted))
            #expect(missing == 0 && double == 0, "seed \(seed), round \(round), \(count) lines, \(windows)")
            if found != wanted { return }
            #expect(try store.ingest(lines[begin...]).added == 0, "seed \(seed), round \(round), all of it, after \(windows)")
            #expect(try store.damages().isEmpty)
        }
    }

    @Test("A ring's first line, whose time is cut off, and its last without an end are not taken for others")
    func edges() throws {
        let folder = try TemporaryFolder()
        var random = SplitMix64(seed: RandomTest.seed())
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        let lines = TestLog.lines(200, .date, &random)
        for cut in [3, 12, 20, 27] {
            var window = Array(lines[50..<150].joined().utf8.dropFirst(cut))
            window.removeLast(random.percent(50) ? 1 : 9)
            let summary = try store.ingest(window)
            #expect(summary.decisions == summary.added + summary.known + summary.cut)
        }
        try store.ingest(lines[..<60])
        try store.ingest(lines[140...])
        #expect(try store.all().map(\.decision).counted() == Decisions.of(lines).counted())
    }

    @Test("A line that is garbled in one capture makes no second copy of the others")
    func garbled() throws {
        let folder = try TemporaryFolder()
        var random = SplitMix64(seed: RandomTest.seed())
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        let lines = [TestLog.banner] + TestLog.lines(500, .date, &random)
        var first = lines, second = lines
        first[100] = "(XEN) avc:  den\u{1}\n"
        second[300] = "(XEN) avc:  den\u{1}\n"
        try store.ingest(first)
        try store.ingest(second)
        try store.ingest(lines)
        let (wanted, found) = (Decisions.of(lines).counted(), try store.all().map(\.decision).counted())
        #expect(difference(wanted, found) == 0 && difference(found, wanted) == 0)
    }

    @Test("Hosts of one log are kept apart, and each has its boots")
    func hosts() throws {
        let folder = try TemporaryFolder()
        var random = SplitMix64(seed: RandomTest.seed())
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        var lines: [String] = []
        for number in 0..<900 {
            let host = ["alpha", "beta", "gamma"][random.below(3)]
            let text = number % 200 == 199 ? TestLog.banner : TestLog.line(.none, second: 0, &random)
            lines.append("2026-11-20T10:\(10 + number / 60):\(10 + number % 50)+00:00 \(host) xen: \(text)")
        }
        let first = try store.ingest(lines, batch: 100)
        #expect(first.added == 896)
        #expect(try store.hosts().map { String(decoding: $0.name, as: UTF8.self) } == ["alpha", "beta", "gamma"])
        #expect(try store.ingest(lines).added == 0)
        #expect(try store.all().map(\.decision).counted() == Decisions.of(lines).counted())
    }

    @Test("The journal's number of a boot is the boot's name: two of them are two boots, whatever they say")
    func journal() throws {
        let folder = try TemporaryFolder()
        var random = SplitMix64(seed: RandomTest.seed())
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        let messages = TestLog.lines(40, .none, &random)
        func export(_ boot: String) -> [String] {
            messages.enumerated().map { index, text in
                "__CURSOR=s=\(index)\n__REALTIME_TIMESTAMP=1795132800000000\n_HOSTNAME=alpha\n_BOOT_ID=\(boot)\nMESSAGE=\(text)\n"
            }
        }
        #expect(try store.ingest(export("aaaa")).added == 40)
        #expect(try store.ingest(export("bbbb")).added == 40)
        #expect(try store.ingest(export("aaaa") + export("bbbb")).added == 0)
        #expect(Set(try store.all().map { String(decoding: $0.key.boot, as: UTF8.self) }) == ["aaaa", "bbbb"])
    }

    @Test("Notices are kept as often as one log has them")
    func notices() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        let log = [TestLog.banner, "(XEN) Flask:  Starting in enforcing mode.\n"] + Array(repeating: "(XEN) FLASK: Denying unknown domctl: 23.\n", count: 3)
        for _ in 0..<3 { try store.ingest(log) }
        let notices = try store.notices(DenialFilter(), limit: 10)
        #expect(notices.map(\.count).sorted() == [1, 1, 3])
        #expect(notices.first { $0.kind == .unknownOperation }?.count == 3)
    }

    @Test("Any bytes are read, and what is stored can be read again")
    func anyBytes() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        for _ in 0..<15 * TestLog.patience {
            var bytes = Array(([TestLog.banner] + TestLog.lines(50, random.pick(TestLog.Stamps.allCases), &random)).joined().utf8)
            for _ in 0..<random.below(60) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            let summary = try store.ingest(bytes, batch: 1 + random.below(40))
            #expect(summary.decisions == summary.added + summary.known + summary.cut, "seed \(seed)")
            #expect(try store.ingest(bytes).added == 0, "seed \(seed)")
        }
        let totals = try store.totals(DenialFilter())
        #expect(try UInt64(store.all().count) == totals.records, "seed \(seed)")
    }
}
