import AuditLog
import AuditStore
import Flask
import Glibc

/// How fast decisions go into a database file, and how long a page takes.
///
///     audit-store-benchmarks ingest FOLDER [RECORDS]     a log in memory into a new database: `audit.ingest`, records a second, the median of five
///     audit-store-benchmarks build FILE RECORDS          makes a database of so many records, of thirty days, four hosts and many kinds
///     audit-store-benchmarks pages FILE                  times every kind of question: `audit.question-ms`, the slowest of the medians
func now() -> UInt64 {
    var time = timespec()
    // SAFETY: the call writes one `timespec`, which is ours.
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

let types = ["dom0_t", "domU_t", "dm_dom_t", "nomigrate_t", "isolated_domU_t", "prot_domU_t", "vtpm_t", "nic_dev_t", "xen_t", "security_t"]
let accesses = [
    ("map_read map_write", "mmu"), ("dm", "hvm"), ("create", "domain"), ("send", "event"), ("physinfo", "xen"), ("copy", "grant"), ("use_noiommu", "resource"),
    ("getdomaininfo", "domain"), ("setscheduler", "domain"), ("pause", "domain"),
]

func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

/// Lines of one boot, from a place in thirty days on: eight hundred kinds, which come at random; a domain has one type.
func appendLines(_ text: inout [UInt8], from start: Int, count: Int, of all: Int, seed: inout UInt64) {
    for number in start..<start + count {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let random = Int(seed >> 33)
        let second = number * 2_592_000 / all
        let (permissions, objectClass) = accesses[random % 10]
        let (from, to) = (min(random / 10 % 8, random / 100 % 8), random / 1_000 % 20)
        let (source, target) = (types[from], types[to % 10])
        text += "(XEN) [2026-10-\(pad(1 + second / 86_400)) \(pad(second / 3_600 % 24)):\(pad(second / 60 % 60)):\(pad(second % 60))] ".utf8
        text += "avc:  denied  { \(permissions) } for source=d\(from) target=d\(to) ".utf8
        text += "scontext=system_u:system_r:\(source) tcontext=system_u:system_r:\(target) tclass=\(objectClass)\n".utf8
    }
}

func ingest(_ text: [UInt8], _ store: SQLiteStore, host: String) throws(StoreError) -> IngestSummary {
    var log = store.ingest(IngestOptions(host: Array(host.utf8), log: Array("benchmark".utf8)), now: 1_793_000_000_000_000)
    try log.read(text.span)
    return try log.finish()
}

func build(_ path: String, _ count: Int) throws(StoreError) {
    let store = try SQLiteStore(path)
    let hosts = 4
    var seed: UInt64 = 1
    for host in 0..<hosts {
        var log = store.ingest(IngestOptions(host: Array("host-\(host)".utf8), log: Array("benchmark".utf8)), now: 1_793_000_000_000_000)
        var start = 0
        let all = count / hosts
        while start < all {
            var text: [UInt8] = []
            appendLines(&text, from: start, count: min(200_000, all - start), of: all, seed: &seed)
            try log.read(text.span)
            start += 200_000
        }
        let summary = try log.finish()
        print("host-\(host): \(summary.added) records")
    }
    print("\(try store.size() / 1_048_576) MiB")
}

func measureIngest(_ folder: String, _ count: Int) throws(StoreError) {
    var text: [UInt8] = []
    var seed: UInt64 = 7
    appendLines(&text, from: 0, count: count, of: count, seed: &seed)
    var speeds: [Double] = [], known: [Double] = []
    for round in 0..<5 {
        let path = "\(folder)/ingest-\(round).sqlite"
        do {
            let store = try SQLiteStore(path)
            var start = now()
            let summary = try ingest(text, store, host: "host")
            speeds.append(Double(count) * 1e9 / Double(now() - start))
            precondition(summary.added == UInt64(count))
            start = now()
            let again = try ingest(text, store, host: "host")
            known.append(Double(count) * 1e9 / Double(now() - start))
            precondition(again.added == 0 && again.known == UInt64(count))
        }
        for suffix in ["", "-wal", "-shm"] { _ = unsafe unlink(path + suffix) }
    }
    print("audit.ingest \(Int(speeds.sorted()[2])) records/s")
    print("audit.ingest-known \(Int(known.sorted()[2])) records/s")
}

func measurePages(_ path: String) throws(StoreError) {
    let store = try SQLiteStore(path, .read)
    var slowest = 0.0
    func measure(_ name: String, _ body: () throws(StoreError) -> Int) throws(StoreError) {
        var times: [Double] = []
        var count = 0
        for _ in 0..<5 {
            let start = now()
            count = try body()
            times.append(Double(now() - start) / 1e6)
        }
        let median = times.sorted()[2]
        slowest = max(slowest, median)
        print("\(name): \((median * 10).rounded() / 10) ms, \(count)")
    }
    var ofHost = DenialFilter()
    ofHost.host = Array("host-2".utf8)
    var ofType = DenialFilter()
    ofType.sourceType = "nic_dev_t"
    ofType.targetType = "xen_t"
    ofType.objectClass = "grant"
    var ofDates = DenialFilter()
    ofDates.dates = 1_791_500_000_000_000...1_792_300_000_000_000
    var ofDomain = DenialFilter()
    ofDomain.domain = DomainIdentifier(rawValue: 7)
    var ofPermission = DenialFilter()
    ofPermission.permission = "copy"
    ofPermission.dates = ofDates.dates
    var ofAll = ofDates
    ofAll.domain = ofDomain.domain
    for (name, filter) in [
        ("all", DenialFilter()), ("host", ofHost), ("type", ofType), ("dates", ofDates), ("domain", ofDomain), ("permission, dates", ofPermission),
        ("domain, dates", ofAll),
    ] {
        try measure("totals, \(name)") { () throws(StoreError) in Int(try store.totals(filter).records) }
        try measure("groups by types, \(name)") { () throws(StoreError) in try store.groups(filter, by: .types, limit: 50).count }
        try measure("groups by contexts, \(name)") { () throws(StoreError) in try store.groups(filter, by: .contexts, limit: 50, offset: 100).count }
        try measure("histogram, \(name)") { () throws(StoreError) in try store.histogram(filter, limit: 100).count }
        try measure("domains, \(name)") { () throws(StoreError) in try store.domains(filter, limit: 20).count }
        try measure("records, \(name)") { () throws(StoreError) in
            let first = try store.records(filter, from: nil, newestFirst: true, limit: 100)
            guard let next = first.next else { return first.records.count }
            return try first.records.count + store.records(filter, from: next, newestFirst: true, limit: 100).records.count
        }
    }
    try measure("hosts") { () throws(StoreError) in try store.hosts().count }
    try measure("notices") { () throws(StoreError) in try store.notices(DenialFilter(), limit: 100).count }
    print("audit.question-ms \((slowest * 10).rounded() / 10)")
}

let arguments = CommandLine.arguments
do throws(StoreError) {
    switch arguments.dropFirst().first {
    case "ingest" where arguments.count > 2: try measureIngest(arguments[2], arguments.count > 3 ? Int(arguments[3]) ?? 1_000_000 : 1_000_000)
    case "build" where arguments.count > 3: try build(arguments[2], Int(arguments[3]) ?? 10_000_000)
    case "pages" where arguments.count > 2: try measurePages(arguments[2])
    default: print("usage: audit-store-benchmarks ingest FOLDER [RECORDS] | build FILE RECORDS | pages FILE")
    }
} catch {
    print("error: \(error)")
    exit(1)
}
