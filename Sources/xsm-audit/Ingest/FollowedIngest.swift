import AuditLog
import AuditStore
import Commands
import Glibc
import LogFiles

/// A log that is read into a database as it grows.
///
/// A piece of it is on the disk as soon as nothing more comes. What cannot be read or kept for a while is tried again: reading a log from its beginning adds
/// nothing twice.
final class FollowedIngest {
    let path: String
    private let store: SQLiteStore
    private let options: IngestOptions
    private var log: Reading?
    private var isFlushed = true
    /// What there was before the log was opened the last time.
    private var before = IngestSummary()

    private struct Reading: ~Copyable {
        var file: FollowedLog
        var ingest: LogIngest
        var restarts = 0
    }

    init(_ path: String, _ store: SQLiteStore, _ options: IngestOptions) {
        self.path = path
        self.store = store
        self.options = options
    }

    /// What is on the disk since this was made.
    var acknowledged: IngestSummary { before + (log?.ingest.acknowledged ?? IngestSummary()) }

    /// Takes what came; whether there was anything. After an error the log is opened anew at the next call.
    func proceed() throws(CommandFailure) -> Bool {
        let bytes: [UInt8]
        do throws(LogFileFailure) {
            if log == nil { log = Reading(file: try FollowedLog(path), ingest: begun()) }
            bytes = try log?.file.next() ?? []
        } catch {
            giveUp()
            throw .log(error)
        }
        do throws(StoreError) {
            return try take(bytes)
        } catch {
            giveUp()
            throw .store(error)
        }
    }

    private func take(_ bytes: [UInt8]) throws(StoreError) -> Bool {
        if let restarts = log?.file.restarts, restarts != log?.restarts {
            // A line that was begun in the old file is over.
            _ = try log?.ingest.finish()
            before = acknowledged
            log?.ingest = begun()
            log?.restarts = restarts
        }
        if bytes.isEmpty {
            if !isFlushed { try log?.ingest.flush() }
            isFlushed = true
            return false
        }
        isFlushed = false
        log?.ingest.setTime(now: Self.now, latest: Logs.latest)
        try log?.ingest.read(bytes.span)
        return true
    }

    private func giveUp() {
        before = acknowledged
        log = nil
    }

    private func begun() -> LogIngest { store.ingest(options, now: Self.now) }

    private static var now: Int64 { Int64(time(nil)) * 1_000_000 }

    /// Goes on until the process ends. What fails is said once, and tried again after pauses that grow: the log is then read from its beginning.
    static func follow(_ logs: [FollowedIngest]) -> Never {
        var failures: [String: (message: String, pause: Int, next: Int)] = [:]
        while true {
            var hasNews = false
            for log in logs {
                if let failure = failures[log.path], time(nil) < failure.next { continue }
                do throws(CommandFailure) {
                    // Only who is at the end again has got over it.
                    if try log.proceed() { hasNews = true } else { failures[log.path] = nil }
                } catch {
                    let known = failures[log.path]
                    if known?.message != error.message { error.report() }
                    let pause = min(60, (known?.pause ?? 1) * 2)
                    failures[log.path] = (error.message, pause, time(nil) + pause)
                }
            }
            if !hasNews { usleep(200_000) }
        }
    }
}
