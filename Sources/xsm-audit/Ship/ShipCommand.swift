import Arguments
import AuditFleet
import AuditStore
import Commands
import Files
import Glibc
import LogFiles
import Reports

/// `xsm-audit ship`: what a database has to a server that gathers those of a fleet.
struct ShipCommand: Subcommand {
    static let takesLogs = false
    static let manual = Manual(
        "[OPTION…] --store FILE --to ADDRESS",
        about: """
            Sends what a database has and ADDRESS was not sent yet. The database is the queue: what the
            other side has not acknowledged is sent again by the next run. ADDRESS is
            `clickhouse://HOST:8123/DATABASE` or `clickhouses://`, where each is once however often it is
            sent; `otlp+http://`, `otlp+https://`; `syslog+tcp://`, `syslog+udp://`, `relp://`.
            """,
        examples: [
            "as long as the host runs":
                "xsm-audit ship --follow --store audit.sqlite --to clickhouse://db1:8123/audit --credentials who",
        ],
        statuses: ["0": "all is sent", "1": "something waits", "2": "it cannot be sent"])

    private var path: String?
    private var address: DestinationAddress?
    private var credentials: String?
    private var isCreating = false
    private var isFollowing = false
    private var batch = 20_000

    private static let batchLimit = 200_000
    /// How often one who follows looks for new decisions, in seconds.
    private static let interval: UInt32 = 1

    mutating func set(_ option: ShipOption, to value: String) throws(UsageError) {
        switch option {
        case .store: path = value
        case .to:
            do {
                address = try DestinationAddress(value)
            } catch {
                throw UsageError(message: error.message)
            }
        case .credentials: credentials = value
        case .create: isCreating = true
        case .follow: isFollowing = true
        case .batch:
            guard let count = Int(value), (1...Self.batchLimit).contains(count) else {
                throw UsageError(message: "`--batch` is a number from 1 to \(Self.batchLimit), not `\(value)`")
            }
            batch = count
        }
    }

    func run(_ logs: Logs, _ format: TextFormat) throws(CommandFailure) -> CommandAnswer {
        guard let path else { throw .usage(UsageError(message: "there is no database: name its file with `--store`")) }
        guard let address else { throw .usage(UsageError(message: "nobody is named to send to: name the address with `--to`")) }
        let who = try StoreLocation.credentials(credentials)
        signal(SIGXFSZ, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        let destination: any ShippingDestination
        do {
            destination = try address.destination(who, creating: isCreating, version: ToolVersion.current)
        } catch {
            throw .usage(UsageError(message: error.detail))
        }
        do {
            // A database that is not there is a mistake here, not made.
            _ = try SQLiteStore(path, .read)
            var queue = try ShippingQueue(try SQLiteStore(path), to: destination, name: address.name, batch: batch)
            return try answer(&queue, address, format)
        } catch {
            throw .store(error)
        }
    }

    private func answer(_ queue: inout ShippingQueue, _ address: DestinationAddress, _ format: TextFormat) throws(StoreError) -> CommandAnswer {
        let failure = try ship(&queue)
        if let failure { CommandFailure("\(failure)").report() }
        let waiting = try queue.waiting()
        let report = ShipReport(destination: address.name, sent: queue.sent, waiting: waiting, failure: failure)
        return CommandAnswer(waiting.isNone && failure == nil ? .answered : .otherOutcome, report, format)
    }

    /// Sends; why something still waits, nil when nothing does.
    private func ship(_ queue: inout ShippingQueue) throws(StoreError) -> ShippingFailure? {
        while true {
            let version = try version(queue)
            do throws(ShippingStop) {
                try queue.ship(isFollowing ? .lasting : .brief) { (seconds, failure) in
                    tell("\(failure); trying again in \(seconds) s\n", STDERR_FILENO)
                    sleep(UInt32(clamping: seconds))
                    return true
                }
            } catch {
                for warning in queue.takeWarnings() { tell("warning: \(warning)\n", STDERR_FILENO) }
                switch error {
                case .failure(let failure): return failure
                case .store(let error): throw error
                }
            }
            for warning in queue.takeWarnings() { tell("warning: \(warning)\n", STDERR_FILENO) }
            guard isFollowing else { return nil }
            while try self.version(queue) == version { sleep(Self.interval) }
        }
    }

    /// The database's; who follows waits until it can be read.
    private func version(_ queue: ShippingQueue) throws(StoreError) -> Int64 {
        while true {
            do {
                return try queue.version()
            } catch {
                guard isFollowing, error.reason == .busy else { throw error }
                sleep(Self.interval)
            }
        }
    }
}
