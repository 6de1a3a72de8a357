import AuditFleet
import AuditLog
import AuditStore
import Flask
import Foundation
import TestSupport

/// Logs of the consoles of several hosts.
enum FleetLog {
    /// 2026-11-20 00:00:00.
    static let day: Int64 = 1_795_132_800_000_000

    private static let types = ["dom0_t", "domU_t", "dm_dom_t", "nomigrate_t"]
    private static let accesses = [("map_read map_write", "mmu"), ("dm", "hvm"), ("create", "domain"), ("send 0x40", "event"), ("physinfo", "xen"), ("copy", "grant")]
    private static let objects = ["", "", "device=0x12 ", "irq=9 ", "range=0x10-0x1f ", "dtdevice=/soc/x ", "current=d7 "]

    private static func context(_ key: String, _ number: String, _ random: inout SplitMix64) -> String {
        random.percent(8) ? "\(number)=\(random.below(30))" : "\(key)=system_u:system_r:\(random.pick(types))" + (random.percent(30) ? ":s0:c\(random.below(3))" : "")
    }

    static func lines(_ count: Int, isDated: Bool, from second: Int, _ random: inout SplitMix64) -> [String] {
        var second = second
        return (0..<count).map { _ in
            second += random.below(20)
            let clock = String(format: "%02d:%02d:%02d", second / 3_600 % 24, second / 60 % 60, second % 60)
            let time = isDated ? "[2026-11-\(20 + second / 86_400) \(clock)] " : "[\(second).\(String(format: "%06d", random.below(1_000_000)))] "
            if random.percent(2) { return "(XEN) \(time)FLASK: Denying unknown domctl: \(random.below(5)).\n" }
            let (permissions, objectClass) = random.pick(accesses)
            let (source, target) = (context("scontext", "ssid", &random), context("tcontext", "tsid", &random))
            return "(XEN) \(time)avc:  \(random.percent(5) ? "granted" : "denied")  { \(permissions) } for source=d\(random.below(5)) target=d\(random.below(9)) "
                + "\(random.pick(objects))\(source) \(target) tclass=\(objectClass)\n"
        }
    }

    /// Fills a database with the logs of three hosts, two boots each.
    static func fill(_ store: SQLiteStore, _ count: Int, _ random: inout SplitMix64) throws {
        for host in ["alpha", "beta", "g\u{e4}mma"] {
            for boot in 0..<2 {
                let banner = "(XEN) Xen version 4.17.7 (@) (gcc 12.2.0) debug=y Fri Nov 20 18:05:1\(boot) UTC 2026\n"
                let lines = [banner] + lines(count, isDated: random.percent(70), from: boot * 9_000 + random.below(40_000), &random)
                try ingest(store, lines, host: host)
            }
        }
    }

    static func ingest(_ store: SQLiteStore, _ lines: [String], host: String) throws {
        var log = store.ingest(IngestOptions(host: Array(host.utf8), log: Array("log".utf8), batch: 1_000), now: day)
        try log.read(Array(lines.joined().utf8).span)
        _ = try log.finish()
    }

    /// A filter of up to three conditions that something meets.
    static func filter(_ records: [KeyedDenial], _ random: inout SplitMix64) -> DenialFilter {
        var filter = DenialFilter()
        let one = random.pick(records)
        for _ in 0..<random.below(4) {
            switch random.below(9) {
            case 0: filter.host = one.key.host
            case 1: filter.boot = one.key.boot
            case 2: filter.objectClass = one.record.objectClass
            case 3: filter.sourceType = Name(bytes: one.record.source.typeName)
            case 4: filter.targetType = Name(bytes: one.record.target.typeName)
            case 5: if case .text(let text) = one.record.source { filter.sourceContext = text }
            case 6: filter.permission = one.record.permissions.first
            case 7: filter.domain = random.percent(50) ? one.record.subject.source : one.record.subject.target
            default: filter.verdict = one.record.verdict
            }
        }
        if random.percent(30) {
            let start = day + Int64(random.below(24)) * 3_600_000_000 + Int64(random.below(3_600_000_000))
            filter.dates = start...start + Int64(random.below(20)) * 3_600_000_000
        }
        return filter
    }
}

extension DenialStore {
    /// All records, page by page.
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

extension SQLiteStore {
    /// Sends all that waits.
    @discardableResult
    func ship(to destination: any ShippingDestination, name: String, batch: Int = 500) throws -> ShippingCount {
        var queue = try ShippingQueue(self, to: destination, name: name, batch: batch)
        try queue.ship(.brief) { _, _ in true }
        return queue.sent
    }
}
