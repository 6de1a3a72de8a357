import Arguments
import AuditLog
import AuditStore
import Commands
import Glibc
import LogFiles
import Reports

/// `xsm-audit prune`: old decisions out of a database.
struct PruneCommand: Subcommand {
    static let takesLogs = false
    static let manual = Manual(
        "--store FILE [--keep AGE] [--size SIZE]",
        about: """
            Removes decisions from a database: those that are older than AGE, then the oldest until it
            is no larger than SIZE; the space goes back to the file system. What has no date is as
            old as its being stored.
            """,
        examples: [
            "every night":
                "xsm-audit prune --store audit.sqlite --keep 90d --size 2G",
        ],
        statuses: ["0": "it is done", "2": "it cannot be"])

    private var path: String?
    private var retention = Retention()

    mutating func set(_ option: PruneOption, to value: String) throws(UsageError) {
        switch option {
        case .store: path = value
        case .keep: retention.age = try PruneOption.age(value)
        case .size: retention.size = try PruneOption.size(value)
        }
    }

    func run(_ logs: Logs, _ format: TextFormat) throws(CommandFailure) -> CommandAnswer {
        guard let path else { throw .usage(UsageError(message: "there is no database: name its file with `--store`")) }
        guard retention.age != nil || retention.size != nil else {
            throw .usage(UsageError(message: "nothing is to be removed: say what is kept with `--keep 30d` or `--size 1G`"))
        }
        signal(SIGXFSZ, SIG_IGN)
        do throws(StoreError) {
            // A database that is not there is a mistake here, not made.
            _ = try SQLiteStore(path, .read)
            let report = try SQLiteStore(path).prune(retention, now: Int64(time(nil)) * 1_000_000)
            return CommandAnswer(.answered, PruneReport(report: report), format)
        } catch {
            throw .store(error)
        }
    }
}
