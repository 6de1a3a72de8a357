import AuditFleet
import AuditLog
import AuditStore
import Flask
import TestSupport
import Testing

/// Decisions as they are kept.
enum Sample {
    /// 2026-11-20 18:15:39.000250.
    static let time: Int64 = 1_795_198_539_000_250

    static func denial(_ sequence: Int64, host: String = "alpha", boot: String = "b1", time: LogTime = .date(Sample.time), _ change: (inout AuditRecord) -> Void = { _ in }) -> KeyedDenial {
        var record = AuditRecord(
            verdict: .denied, permissions: ["map_read", "map_write"], subject: AuditSubject(source: DomainIdentifier(rawValue: 3), target: .io, object: .range(0xf000, 0xffff_ffff_ffff_ffff)),
            source: .text(Array("system_u:system_r:domU_t:s0:c1,c2".utf8)), target: .text(Array("system_u:object_r:nic_dev_t".utf8)), objectClass: "mmu")
        change(&record)
        return KeyedDenial(DenialKey(host: Array(host.utf8), boot: Array(boot.utf8), sequence: sequence), record, time: time)
    }

    static func random(_ count: Int, from first: Int = 0, _ random: inout SplitMix64) -> ShippingBatch {
        ShippingBatch(denials: (first..<first + count).map { sequence in
            let times: [LogTime] = [.date(time + Int64(sequence)), .unknown, .sinceStart(UInt64(sequence)), .cycles(.max), .date(-5), .date(.max), .date(.min)]
            return KeyedDenial(
                DenialKey(host: Array(random.pick(["alpha", "b eta/\"]\\", "\u{fc}ml", ""]).utf8) + (random.percent(10) ? [0xFF, 0x0A] : []), boot: Array(random.pick(["one", "two"]).utf8), sequence: Int64(sequence)),
                AuditRecord.random(&random), time: random.pick(times))
        })
    }
}
