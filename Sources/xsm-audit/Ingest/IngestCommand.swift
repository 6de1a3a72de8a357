import Arguments
import AuditLog
import AuditStore
import Commands
import Files
import Glibc
import LogFiles
import Reports

/// `xsm-audit ingest`: logs into a database.
struct IngestCommand: Subcommand {
    static let manual = Manual(
        "[OPTION…] --store FILE LOG …",
        about: """
            Keeps the decisions of logs in a database, each once: what it has already is passed over,
            of a whole log and of the part of a ring. What is acknowledged is on the disk. It can be
            ended at any time; to read the same logs again goes on.
            """,
        examples: [
            "all that is there, as it was rotated":
                "xsm-audit ingest --store audit.sqlite /var/log/xen/console/hypervisor.log*",
            "as it grows":
                "xsm-audit ingest --follow --store audit.sqlite /var/log/xen/console/hypervisor.log",
        ],
        statuses: ["0": "all is stored", "2": "a log cannot be read, or the database not written"])

    private var path: String?
    private var host = ""
    private var follows = false
    private var isQuiet = false

    mutating func set(_ option: IngestOption, to value: String) throws(UsageError) {
        switch option {
        case .store: path = value
        case .host: host = value
        case .follow: follows = true
        case .quiet: isQuiet = true
        }
    }

    func run(_ logs: Logs, _ format: TextFormat) throws(CommandFailure) -> CommandAnswer {
        guard let path else { throw .usage(UsageError(message: "there is no database: name its file with `--store`")) }
        // Then a limit of what may be written is an error that can be told.
        signal(SIGXFSZ, SIG_IGN)
        var summaries: [(path: String, summary: IngestSummary)] = []
        do throws(StoreError) {
            let store = try SQLiteStore(path)
            if follows {
                FollowedIngest.follow(
                    logs.paths.map { FollowedIngest($0, store, IngestOptions(host: Array(host.utf8), log: Array($0.utf8), reader: logs.options)) })
            }
            for log in logs.paths { summaries.append((log, try ingest(log, logs, store))) }
        } catch {
            throw .store(error)
        }
        return CommandAnswer(.answered, IngestReport(logs: summaries, onlyLosses: isQuiet), format)
    }

    private func ingest(_ path: String, _ logs: Logs, _ store: SQLiteStore) throws(StoreError) -> IngestSummary {
        var ingest = store.ingest(
            IngestOptions(host: Array(host.utf8), log: Array(path.utf8), reader: logs.options), now: Int64(time(nil)) * 1_000_000)
        var progress = ProgressLine()
        var failure: StoreError?
        logs.read(path) { bytes in
            do throws(StoreError) {
                try ingest.read(bytes.span)
            } catch {
                failure = error
                return false
            }
            progress.say("`\(path)`: \(ingest.acknowledged.bytes / 1_048_576) MiB, \(ingest.acknowledged.added) new, \(ingest.acknowledged.known) known")
            return true
        }
        progress.end()
        if let failure { throw failure }
        return try ingest.finish()
    }
}
