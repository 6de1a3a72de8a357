public import AuditStore

/// Sends what a database has and a destination was not sent, batch by batch: at least once each, and in order within a boot.
///
/// The database is the queue. Only when the other side has acknowledged a batch it is taken off; whatever ends this process before that, the batch is sent
/// again.
public struct ShippingQueue {
    private let outbox: Outbox
    private let batch: Int
    private var destination: any ShippingDestination
    private var isPrepared = false
    /// What was acknowledged since this was made.
    public private(set) var sent = ShippingCount()

    /// - Parameters:
    ///   - destination: where they go.
    ///   - store: whose decisions.
    ///   - name: by what the destination is known in the database: ``DestinationAddress/name``.
    ///   - batch: how many decisions are sent at once.
    public init(_ store: SQLiteStore, to destination: any ShippingDestination, name: String, batch: Int) throws(StoreError) {
        outbox = try Outbox(store, destination: Array(name.utf8))
        self.batch = max(1, batch)
        self.destination = destination
    }

    /// How much waits.
    public func waiting() throws(StoreError) -> ShippingCount {
        let (denials, notices) = try outbox.waiting()
        return ShippingCount(denials: denials, notices: notices)
    }

    /// A number that is another when somebody has changed the database: until then there is nothing new.
    public func version() throws(StoreError) -> Int64 { try outbox.version() }

    /// Sends until nothing waits, or it fails. What was sent before a failure stays sent.
    ///
    /// - Parameters:
    ///   - retries: how often one batch is tried again, where that may help, and how long to wait before; so too, without sending it again, where
    ///     another process writes to the database for too long.
    ///   - pause: waits so many seconds; false ends it.
    public mutating func ship(_ retries: RetrySchedule, pause: (Int, ShippingFailure) -> Bool) throws(ShippingStop) {
        if !isPrepared {
            try attempt(retries, pause) { (destination) throws(ShippingFailure) in try destination.prepare() }
            isPrepared = true
        }
        while let next = try inDatabase(retries, pause, { () throws(StoreError) in try outbox.next(limit: batch) }) {
            if !next.isEmpty {
                let batch = ShippingBatch(denials: next.denials, notices: next.notices)
                try attempt(retries, pause) { (destination) throws(ShippingFailure) in try destination.send(batch) }
            }
            try inDatabase(retries, pause) { () throws(StoreError) in try outbox.confirm(next) }
            sent.denials += UInt64(next.denials.count)
            sent.notices += UInt64(next.notices.count)
        }
    }

    /// What somebody should know of what was sent, since this was last asked: see ``ShippingDestination/takeWarnings()``.
    public mutating func takeWarnings() -> [String] { destination.takeWarnings() }

    /// Does something with the database until nobody else is at it.
    private func inDatabase<Result>(
        _ retries: RetrySchedule, _ pause: (Int, ShippingFailure) -> Bool, _ body: () throws(StoreError) -> Result
    ) throws(ShippingStop) -> Result {
        var retry = 0
        while true {
            do {
                return try body()
            } catch {
                guard error.reason == .busy, let seconds = retries.seconds(before: retry),
                    pause(seconds, ShippingFailure(.busy, destination: error.path, detail: error.detail))
                else {
                    throw .store(error)
                }
                retry += 1
            }
        }
    }

    /// Does something until it succeeds, or trying again is of no use.
    private mutating func attempt(
        _ retries: RetrySchedule, _ pause: (Int, ShippingFailure) -> Bool, _ body: (inout any ShippingDestination) throws(ShippingFailure) -> Void
    ) throws(ShippingStop) {
        var retry = 0
        while true {
            do {
                return try body(&destination)
            } catch {
                guard error.reason == .unreachable || error.reason == .busy, let pauseSeconds = retries.seconds(before: retry),
                    pause(max(pauseSeconds, min(error.retrySeconds ?? 0, retries.longest)), error)
                else {
                    throw .failure(error)
                }
                retry += 1
            }
        }
    }
}
