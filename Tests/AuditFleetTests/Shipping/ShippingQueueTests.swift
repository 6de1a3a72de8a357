import AuditFleet
import AuditLog
import AuditStore
import Flask
import Foundation
import TestSupport
import Testing

/// The queue, with a destination that keeps what it was sent, and fails when it is told to.
@Suite struct ShippingQueueTests {
    final class Recorder: ShippingDestination {
        var denials: [KeyedDenial] = []
        var notices: [StoredNotice] = []
        /// What becomes of an attempt: it fails before anything is kept, behind that, or not.
        var fails: () -> (before: Bool, after: Bool) = { (false, false) }
        var reason = ShippingFailure.Reason.unreachable
        var attempts = 0

        func send(_ batch: ShippingBatch) throws(ShippingFailure) {
            attempts += 1
            let (before, after) = fails()
            if before { throw ShippingFailure(reason, destination: "a", detail: "no") }
            denials += batch.denials
            notices += batch.notices
            if after { throw ShippingFailure(reason, destination: "a", detail: "no answer") }
        }
    }

    private static let never = RetrySchedule(first: 0, longest: 0, attempts: 0)

    @Test("Whatever is ingested and fails in between, everything is sent at least once and in order, and once only where nothing fails")
    func atLeastOnce() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "a.sqlite").path
        let store = try SQLiteStore(path)
        let (faulty, sound) = (Recorder(), Recorder())
        let choices = SplitMix64Box(seed: seed)
        faulty.fails = { (choices.random.percent(20), choices.random.percent(20)) }
        let banner = "(XEN) Xen version 4.17.7 (@) (gcc 12.2.0) debug=y Fri Nov 20 18:05:11 UTC 2026\n"
        var logs = ["alpha", "beta", "gamma"].map { (host: $0, lines: [banner]) }
        for round in 0..<25 {
            let place = random.below(3)
            logs[place].lines += FleetLog.lines(1 + random.below(120), isDated: true, from: round * 1_000, &random)
            // The log as it is now, or its end: a ring.
            let tail = random.percent(30) ? logs[place].lines.suffix(200) : logs[place].lines[...]
            try FleetLog.ingest(store, Array(tail), host: logs[place].host)
            // Another process each time.
            let other = try SQLiteStore(path)
            var queue = try ShippingQueue(other, to: faulty, name: "faulty", batch: 1 + random.below(60))
            try? queue.ship(RetrySchedule(first: 0, longest: 0, attempts: random.below(3))) { _, _ in true }
            if random.percent(50) { try other.ship(to: sound, name: "sound", batch: 1 + random.below(200)) }
        }
        faulty.fails = { (false, false) }
        try store.ship(to: faulty, name: "faulty")
        try store.ship(to: sound, name: "sound")
        let all = try store.all()
        #expect(Set(faulty.denials) == Set(all), "seed \(seed)")
        #expect(sound.denials.count == all.count && Set(sound.denials) == Set(all), "seed \(seed)")
        for host in ["alpha", "beta", "gamma"] {
            let places = sound.denials.filter { $0.key.host == Array(host.utf8) }
            // Within a stretch of a boot.
            #expect(zip(places, places.dropFirst()).allSatisfy { $0.key.boot != $1.key.boot || $0.key.sequence < $1.key.sequence || $1.key.sequence % (1 << 20) > 0 })
        }
        // A notice is sent again when there are more of it: the last word is what is kept.
        let kept = try store.notices(DenialFilter(), limit: 10_000)
        for notice in kept { #expect(sound.notices.last { ($0.host, $0.boot, $0.text) == (notice.host, notice.boot, notice.text) && $0.time == notice.time }?.count == notice.count) }
        // Nothing waits, and nothing is sent again.
        let count = sound.attempts
        #expect(try store.ship(to: sound, name: "sound").isNone && sound.attempts == count)
    }

    private final class SplitMix64Box {
        var random: SplitMix64
        init(seed: UInt64) { random = SplitMix64(seed: seed) }
    }

    @Test("What retention removes is not sent, what comes after it is, and no key is given a second time")
    func retention() throws {
        var random = SplitMix64(seed: RandomTest.seed())
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        let banner = "(XEN) Xen version 4.17.7 (@) (gcc 12.2.0) debug=y Fri Nov 20 18:05:11 UTC 2026\n"
        let lines = FleetLog.lines(200, isDated: true, from: 0, &random)
        try FleetLog.ingest(store, [banner] + lines, host: "alpha")
        let recorder = Recorder()
        var queue = try ShippingQueue(store, to: recorder, name: "one", batch: 50)
        recorder.fails = { (recorder.attempts == 3, false) }
        #expect(throws: ShippingStop.self) { try queue.ship(Self.never) { _, _ in true } }
        #expect(recorder.denials.count == 100)
        _ = try store.prune(Retention(age: 0), now: FleetLog.day + 3 * 86_400_000_000)
        #expect(try store.totals(DenialFilter()).records == 0 && queue.waiting().denials == 0)
        // The same boot goes on.
        try FleetLog.ingest(store, [banner] + lines + FleetLog.lines(70, isDated: true, from: 50_000, &random), host: "alpha")
        try queue.ship(Self.never) { _, _ in true }
        let later = recorder.denials.dropFirst(100)
        #expect(Set(later.map(\.key)).isDisjoint(with: recorder.denials.prefix(100).map(\.key)))
        #expect(try Set(later) == Set(store.all()))
    }

    @Test("What takes the place of what was removed while that was sent, is sent too")
    func removedMeanwhile() throws {
        var random = SplitMix64(seed: RandomTest.seed())
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "a.sqlite").path
        let store = try SQLiteStore(path)
        func lines(_ second: Int, _ number: Int) -> [String] {
            FleetLog.lines(40, isDated: true, from: second, &random).filter { $0.contains("avc:") } + ["(XEN) [2026-11-20 00:00:01] FLASK: Denying unknown domctl: \(number).\n"]
        }
        let (first, second) = (lines(0, 5), lines(40_000, 6))
        try FleetLog.ingest(store, first, host: "alpha")
        let recorder = Recorder()
        recorder.fails = {
            // The notice is in the second batch, behind the rest of the decisions.
            guard recorder.attempts == 2, let other = try? SQLiteStore(path) else { return (false, false) }
            _ = try? other.prune(Retention(age: 0), now: FleetLog.day + 3 * 86_400_000_000)
            try? FleetLog.ingest(other, second, host: "alpha")
            return (false, false)
        }
        var queue = try ShippingQueue(store, to: recorder, name: "one", batch: 30)
        try queue.ship(Self.never) { _, _ in true }
        let kept = try store.all()
        #expect(kept.count == second.count - 1 && Set(recorder.denials).isSuperset(of: kept))
        let notices = try store.notices(DenialFilter(), limit: 10)
        #expect(notices.count == 1 && recorder.notices.map(\.text).contains(notices[0].text) && recorder.notices.count == 2)
    }

    @Test("It is tried again where that may help, after pauses that grow, and not where it cannot")
    func retries() throws {
        var random = SplitMix64(seed: RandomTest.seed())
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(folder.url.appending(path: "a.sqlite").path)
        try FleetLog.ingest(store, FleetLog.lines(20, isDated: true, from: 0, &random), host: "alpha")
        for reason in ShippingFailure.Reason.allCases {
            let recorder = Recorder()
            recorder.fails = { (true, false) }
            recorder.reason = reason
            var queue = try ShippingQueue(store, to: recorder, name: reason.rawValue, batch: 50)
            var pauses: [Int] = []
            let stop = #expect(throws: ShippingStop.self) {
                try queue.ship(RetrySchedule(first: 1, longest: 5, attempts: 5)) { seconds, _ in
                    pauses.append(seconds)
                    return true
                }
            }
            #expect(stop == .failure(ShippingFailure(reason, destination: "a", detail: "no")))
            #expect(pauses == (reason == .unreachable || reason == .busy ? [1, 2, 4, 5, 5] : []))
            #expect(recorder.attempts == pauses.count + 1)
        }
        #expect(RetrySchedule.lasting.seconds(before: 1_000_000) == 60)
    }

    @Test("Two that send to the same destination at once are told of each other before either loses anything")
    func twoProcesses() throws {
        var random = SplitMix64(seed: RandomTest.seed())
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "a.sqlite").path
        let store = try SQLiteStore(path)
        try FleetLog.ingest(store, FleetLog.lines(100, isDated: true, from: 0, &random), host: "alpha")
        let (first, second) = (Recorder(), Recorder())
        // While the first sends, the second sends the same.
        first.fails = {
            _ = try? SQLiteStore(path).ship(to: second, name: "one", batch: 10)
            return (false, false)
        }
        var queue = try ShippingQueue(store, to: first, name: "one", batch: 30)
        let stop = #expect(throws: ShippingStop.self) { try queue.ship(Self.never) { _, _ in true } }
        if case .store(let error) = stop { #expect(error.reason == .contested && error.detail.contains("another process")) } else { Issue.record("\(String(describing: stop))") }
        #expect(try Set(first.denials + second.denials) == Set(store.all()))
    }

    @Test("A database that another has locked is waited for, and what was sent meanwhile is not sent again")
    func locked() throws {
        var random = SplitMix64(seed: RandomTest.seed())
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "a.sqlite").path
        let store = try SQLiteStore(path, patience: 20)
        try FleetLog.ingest(store, FleetLog.lines(100, isDated: true, from: 0, &random), host: "alpha")
        let program = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE'); print(1, flush=True); sys.stdin.read()"
        let recorder = Recorder()
        var locker: PeerProgram?
        recorder.fails = {
            if recorder.attempts == 2 {
                locker = try? PeerProgram("/usr/bin/python3", ["-c", program, path])
                _ = locker?.output.fileHandleForReading.availableData
            }
            return (false, false)
        }
        var queue = try ShippingQueue(store, to: recorder, name: "one", batch: 30)
        var failures: [ShippingFailure.Reason] = []
        try queue.ship(RetrySchedule(first: 0, longest: 0, attempts: 9)) { _, failure in
            failures.append(failure.reason)
            if failures.count == 2 { locker?.kill() }
            return true
        }
        #expect(failures.count >= 2 && Set(failures) == [.busy], "\(failures)")
        #expect(try recorder.denials == store.all() && queue.waiting().isNone)
    }

    @Test("Addresses of destinations, and what is wrong with others")
    func addresses() throws {
        let address = try ClickHouseAddress("clickhouses://audit@one.example,[::1]:9,2.3.4.5:8123/fleet_1?cluster=a-b")
        #expect(address.hosts == ["one.example:8443", "[::1]:9", "2.3.4.5:8123"] && address.user == "audit" && address.isSecure)
        #expect(address.database == "fleet_1" && address.cluster == "a-b")
        #expect(address.name == "clickhouses://one.example:8443,[::1]:9,2.3.4.5:8123/fleet_1")
        #expect(try ClickHouseAddress("ClickHouse://h/d").hosts == ["h:8123"])
        for text in [
            "clickhouse://", "clickhouse://h", "clickhouse://h/", "clickhouse:///d", "clickhouse://h:0/d", "clickhouse://h:65536/d", "clickhouse://h:+1/d",
            "clickhouse://h,/d", "clickhouse://u:secret@h/d", "clickhouse://u s@h/d", "clickhouse://h/d;x", "clickhouse://h/1d", "clickhouse://h/d?x=1",
            "clickhouse://h/d?cluster=", "clickhouse://h/d?cluster=`", "clickhouse://h/d#x", "clickhouse://[::1/d", "clickhouse://h\u{e4}/d",
            "clickhouse://" + String(repeating: "h,", count: 99) + "h/d", "clickhouse://h/" + String(repeating: "d", count: 200), "mysql://h/d", "h", "://", "",
        ] {
            let mistake = #expect(throws: AddressMistake.self, "\(text)") { try DestinationAddress(text) }
            #expect(mistake?.message.contains("secret") == false)
        }
    }
}
