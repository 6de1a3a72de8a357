import AuditLog
import AuditStore
import Flask
import Foundation
import TestSupport

/// Lines of a hypervisor's console.
enum TestLog {
    /// How many times as often random tests try: with `XSM_LONG=1` much.
    static let patience = ProcessInfo.processInfo.environment["XSM_LONG"] == nil ? 1 : 20

    enum Stamps: CaseIterable { case none, date, start }

    static let banner = "(XEN) Xen version 4.17.7 (@) (gcc 12.2.0) debug=y Fri Nov 20 18:05:11 UTC 2026\n"
    /// 2026-11-20 00:00:00.
    static let day: Int64 = 1_795_132_800_000_000

    private static let types = ["dom0_t", "domU_t", "dm_dom_t", "nomigrate_t", "isolated_domU_t", "prot_domU_t"]
    private static let accesses = [("map_read map_write", "mmu"), ("dm", "hvm"), ("create", "domain"), ("send", "event"), ("physinfo", "xen"), ("copy", "grant")]

    /// A decision of random words.
    static func line(_ stamps: Stamps, second: Int, _ random: inout SplitMix64) -> String {
        let (permissions, objectClass) = random.pick(accesses)
        let time =
            switch stamps {
            case .none: ""
            case .date: String(format: "[2026-11-20 %02d:%02d:%02d] ", second / 3_600 % 24, second / 60 % 60, second % 60)
            case .start: String(format: "[%5d.%06d] ", second, random.below(1_000_000))
            }
        let object = random.percent(10) ? "device=0x\(random.below(50)) " : ""
        return "(XEN) \(time)avc:  denied  { \(permissions) } for source=d\(random.below(20)) target=d\(random.below(40)) \(object)"
            + "scontext=system_u:system_r:\(random.pick(types)) tcontext=system_u:system_r:\(random.pick(types)) tclass=\(objectClass)\n"
    }

    static func lines(_ count: Int, _ stamps: Stamps, from second: Int = 0, _ random: inout SplitMix64) -> [String] {
        var second = second
        return (0..<count).map { _ in
            second += random.below(3)
            return line(stamps, second: second, &random)
        }
    }
}

extension SQLiteStore {
    /// Reads a log in pieces of random length.
    @discardableResult
    func ingest(_ lines: some Collection<String>, host: String = "host", batch: Int = 1 << 16) throws -> IngestSummary {
        try ingest(Array(lines.joined().utf8), host: host, batch: batch)
    }

    @discardableResult
    func ingest(_ bytes: [UInt8], host: String = "host", batch: Int = 1 << 16, now: Int64 = TestLog.day) throws -> IngestSummary {
        var log = ingest(IngestOptions(host: Array(host.utf8), log: Array("log".utf8), batch: batch), now: now)
        try log.read(bytes.span)
        return try log.finish()
    }

    /// All records, the oldest first.
    func all(_ filter: DenialFilter = DenialFilter(), newestFirst: Bool = false, limit: Int = 1_000) throws -> [KeyedDenial] {
        var records: [KeyedDenial] = []
        var key: DenialKey?
        repeat {
            let page = try self.records(filter, from: key, newestFirst: newestFirst, limit: limit)
            records += page.records
            key = page.next
        } while key != nil
        return records
    }
}

/// What a log says, as values: decisions without their places.
struct Decisions: LogSink {
    var found: [Decision] = []

    struct Decision: Hashable {
        var record: AuditRecord
        var time: LogTime
    }

    mutating func take(_ denial: borrowing DenialFields, in line: Span<UInt8>) {
        let record = denial.record(in: line)
        found.append(Decision(record: record.record, time: record.time))
    }
    mutating func take(_ notice: FlaskNotice) {}
    mutating func take(_ line: UnreadLine) {}

    static func of(_ lines: some Collection<String>) -> [Decision] {
        var reader = LogReader()
        var sink = Decisions()
        reader.read(Array(lines.joined().utf8).span, into: &sink)
        reader.finish(into: &sink)
        return sink.found
    }
}

extension Collection {
    /// How often each is there.
    func counted() -> [Element: Int] where Element: Hashable { reduce(into: [:]) { $0[$1, default: 0] += 1 } }
}

extension KeyedDenial {
    var decision: Decisions.Decision { Decisions.Decision(record: record, time: time) }
}

/// How many of one side the other lacks.
func difference<Element>(_ one: [Element: Int], _ other: [Element: Int]) -> Int {
    one.reduce(0) { $0 + max(0, $1.value - (other[$1.key] ?? 0)) }
}
