import AuditLog
import Flask
import Foundation
import TestSupport
import Testing

@Suite("Rules find what they are about, once in a while")
struct AlertWatchTests {
    private static func line(_ source: String, _ permissions: String = "map_read", _ objectClass: String = "mmu") -> [UInt8] {
        Array("(XEN) avc:  denied  { \(permissions) } for source=d0 target=d1 scontext=a:b:\(source) tcontext=a:b:t tclass=\(objectClass)\n".utf8)
    }

    private static func read(_ bytes: [UInt8], at second: Int64, _ watch: inout AlertWatch) -> [Alert] {
        var reader = LogReader()
        watch.now = second * 1_000_000
        reader.read(bytes.span, into: &watch)
        reader.finish(into: &watch)
        return watch.takeAlerts()
    }

    @Test("What was never seen is new once; what was learnt is not")
    func new() {
        var watch = AlertWatch([.new], silenceSeconds: 0)
        watch.isLearning = true
        #expect(Self.read(Self.line("known"), at: 0, &watch).isEmpty)
        watch.isLearning = false
        #expect(Self.read(Self.line("known") + Self.line("one") + Self.line("one", "map_write"), at: 1, &watch).map(\.count) == [1])
        #expect(Self.read(Self.line("one", "x", "hvm"), at: 2, &watch).count == 1)
    }

    @Test("A rate is reached when a window of its length, to a tenth, has as many: compared with counting anew")
    func rates() {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<30 {
            let (count, seconds) = (2 + random.below(6), 10 * (1 + random.below(3)))
            var watch = AlertWatch([.rate(count: count, seconds: seconds)], silenceSeconds: 0)
            var times: [Int64] = []
            var time: Int64 = 1_000
            for _ in 0..<200 {
                time += Int64(random.below(random.percent(5) ? 100 : 8))
                times.append(time)
                let tenth = Int64(seconds) / 10
                let expected = times.count { time / tenth - $0 / tenth < 10 } >= count
                #expect(Self.read(Self.line("x"), at: time, &watch).isEmpty == !expected, "seed \(seed)")
            }
        }
    }

    @Test("A rule about an access sees its class and permissions, granted too; it is silent for its time")
    func accesses() {
        var watch = AlertWatch([.access(objectClass: "security", permissions: ["load_policy"]), .access(objectClass: "hvm", permissions: [])], silenceSeconds: 60)
        let granted = Array("(XEN) avc:  granted  { x load_policy } for current=d0 scontext=a:b:c tcontext=a:b:t tclass=security\n".utf8)
        #expect(Self.read(Self.line("a", "setenforce", "security") + granted + granted + Self.line("a", "dm", "hvm"), at: 0, &watch).count == 2)
        #expect(Self.read(granted, at: 59, &watch).isEmpty)
        #expect(Self.read(granted, at: 60, &watch).map(\.count) == [4])
        var notices = AlertWatch([.notice(.panic)], silenceSeconds: 60)
        let panic = Array("(XEN) Panic on CPU 0: Unable to load FLASK policy\n(XEN) Flask:  Starting in enforcing mode.\n".utf8)
        #expect(Self.read(panic + panic, at: 0, &notices).count == 1 && Self.read(panic, at: 61, &notices).count == 1)
    }

    @Test("An alert tells the host that the transport names, of decisions and of notices, and none where it names none")
    func hosts() {
        var watch = AlertWatch([.new, .notice(.panic)])
        let carried = { (host: String, line: [UInt8]) in Array("Nov 22 10:00:00 \(host) xen[1]: ".utf8) + line }
        let panic = Array("(XEN) Panic on CPU 0: Unable to load FLASK policy\n".utf8)
        let alerts = Self.read(
            Self.line("bare") + carried("alpha", Self.line("one")) + carried("beta", panic) + carried("alpha", Self.line("two")), at: 0, &watch)
        #expect(alerts.map { $0.host.map { String(decoding: $0, as: UTF8.self) } } == [nil, "alpha", "beta", "alpha"], "\(alerts)")
    }

    @Test("Groups and alerts beyond the limits do not grow")
    func limits() {
        var watch = AlertWatch([.new])
        var bytes: [UInt8] = []
        for number in 0..<(AlertWatch.groupLimit + 10) { bytes += Self.line("t\(number)") }
        #expect(Self.read(bytes, at: 0, &watch).count == 1_000 && watch.lost == UInt64(AlertWatch.groupLimit - 1_000))
        #expect(Self.read(Self.line("other"), at: 1, &watch).isEmpty)
    }

    @Test("Rules are read as they are written, and nothing else is a rule", arguments: ["new", "rate=100/60", "access=security", "access=security:load_policy,setenforce", "notice=refusal"])
    func texts(text: String) {
        #expect(AlertRule(text)?.description == text)
        for wrong in ["", "newer", "new=1", "rate", "rate=1", "rate=0/1", "rate=1/0", "rate=a/b", "rate=1/2/3", "access=", "access=:a", "access=a:", "access=a:b,,c", "notice=x"] {
            #expect(AlertRule(wrong) == nil, "\(wrong)")
        }
    }
}
