import AuditLog
import Glibc

/// Parses a log that is in memory, on one core, and prints how many megabytes (10⁶ bytes) it does in a second: the median of eleven rounds. Twice: what stands where
/// in each line; and with decisions counted that are alike.
struct Nothing: LogSink {
    var count = 0
    mutating func take(_ denial: borrowing DenialFields, in line: Span<UInt8>) { count += 1 }
    mutating func take(_ notice: FlaskNotice) {}
    mutating func take(_ line: UnreadLine) {}
}

let contexts = ["dom0_t", "domU_t", "dm_dom_t", "nomigrate_t", "isolated_domU_t", "prot_domU_t"]
let accesses = [
    ("map_read map_write", "mmu"), ("dm", "hvm"), ("create", "domain"), ("send", "event"), ("physinfo", "xen"), ("copy", "grant"), ("use_noiommu", "resource"),
    ("getdomaininfo", "domain"),
]
var text = ""
for number in 0..<200_000 {
    let (permissions, objectClass) = accesses[number % accesses.count]
    text += "(XEN) [2026-11-20 18:\(10 + number / 6_000 % 50):\(10 + number / 100 % 50)] avc:  denied  { \(permissions) } for source=d\(number % 7) target=d\(number % 11)"
    text += " scontext=system_u:system_r:\(contexts[number % 6]) tcontext=system_u:system_r:\(contexts[number / 6 % 6]) tclass=\(objectClass)\n"
}
let bytes = Array(text.utf8)

func now() -> UInt64 {
    var time = timespec()
    // SAFETY: the call writes one `timespec`, which is ours.
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

func measure<Sink: LogSink>(_ name: String, _ make: () -> Sink) {
    var speeds: [Double] = []
    for _ in 0..<11 {
        var reader = LogReader()
        var sink = make()
        let start = now()
        var place = 0
        // By pieces, as a file is read.
        while place < bytes.count {
            let end = min(place + 1 << 18, bytes.count)
            reader.read(bytes.span.extracting(place..<end), into: &sink)
            place = end
        }
        reader.finish(into: &sink)
        let time = now() - start
        precondition(reader.counts.decisions == 200_000)
        speeds.append(Double(bytes.count) * 1_000 / Double(time))
    }
    print("\(name) \(Int(speeds.sorted()[5])) MB/s")
}

measure("audit.parse-mbs") { Nothing() }
measure("audit.tally-mbs") { DenialTally() }
