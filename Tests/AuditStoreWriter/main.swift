import AuditLog
import AuditStore
import Files
import Glibc

/// Reads a log into a database, and says on its standard output after every piece how many decisions were acknowledged: what tests end at any moment.
///
///     audit-store-writer DATABASE LOG HOST BATCH [BYTES]     no file may grow beyond so many bytes
let arguments = CommandLine.arguments
guard arguments.count >= 5 else { exit(2) }
if arguments.count > 5, let limit = UInt(arguments[5]) {
    // SAFETY: both calls take values that live as long as the call.
    var bounds = rlimit(rlim_cur: limit, rlim_max: limit)
    _ = unsafe setrlimit(__rlimit_resource_t(1), &bounds)
    _ = signal(SIGXFSZ, SIG_IGN)
}
func say(_ number: UInt64) {
    let line = Array("\(number)\n".utf8)
    _ = unsafe line.withUnsafeBytes { unsafe write(1, $0.baseAddress, $0.count) }
}
do throws(StoreError) {
    let store = try SQLiteStore(arguments[1], patience: 60_000)
    let bytes = (try? Files.contents(of: arguments[2])) ?? []
    var log = store.ingest(IngestOptions(host: Array(arguments[3].utf8), batch: Int(arguments[4]) ?? 100), now: 1_795_132_800_000_000)
    var place = 0
    while place < bytes.count {
        let end = min(bytes.count, place + 4_096)
        try log.read(bytes.span.extracting(place..<end))
        say(log.acknowledged.added + log.acknowledged.known)
        place = end
    }
    let summary = try log.finish()
    say(summary.added + summary.known)
} catch {
    let line = Array("\(error.reason.rawValue): \(error)\n".utf8)
    _ = unsafe line.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    exit(1)
}
