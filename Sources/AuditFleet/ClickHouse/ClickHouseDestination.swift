internal import AuditStore

/// Decisions go to a ClickHouse server, or a cluster of them. What is sent twice is there once: it has keys.
public struct ClickHouseDestination: ShippingDestination {
    private var connection: ClickHouseConnection
    private var inserter = ClickHouseInserter()
    /// The host whose tables were looked at; nil when none's were.
    private var checkedHost: Int?
    /// Whether something without a host was sent, and whether that was told.
    private var (hasNameless, hasTold) = (false, false)

    /// Whether tables are made that are not there.
    private let isCreating: Bool

    /// Nobody is asked yet.
    ///
    /// - Parameter address: whom it sends to.
    /// - Parameter credentials: what is shown to the other side, as far as it asks.
    /// - Parameter isCreating: the database and the tables are made where they are not there; on all machines of the address's cluster, when it names one.
    public init(_ address: ClickHouseAddress, _ credentials: Credentials, creating isCreating: Bool = false) throws(ShippingFailure) {
        self.isCreating = isCreating
        do {
            connection = try ClickHouseConnection(address, credentials)
        } catch {
            throw error.shippingFailure(address)
        }
    }

    public mutating func prepare() throws(ShippingFailure) {
        do throws(ClickHouseFailure) {
            let cluster = try checked()
            if let wanted = connection.address.cluster, wanted != cluster {
                let place = cluster.map { "on the cluster `\($0)`" } ?? "on no cluster"
                throw ClickHouseFailure(.refused, "its tables are \(place), not on `\(wanted)`")
            }
            checkedHost = connection.preferred
        } catch {
            throw error.shippingFailure(connection.address)
        }
    }

    /// The cluster on which the tables are, which are made where there are none.
    private mutating func checked() throws(ClickHouseFailure) -> String? {
        do {
            return try ClickHouseTables.check(&connection)
        } catch {
            guard isCreating, error.reason == .noDatabase || error.reason == .noTables else { throw error }
            try ClickHouseTables.create(&connection)
            return try ClickHouseTables.check(&connection)
        }
    }

    public mutating func send(_ batch: ShippingBatch) throws(ShippingFailure) {
        try lookAtHost()
        do {
            try inserter.insert(batch.denials, batch.notices, &connection)
        } catch {
            // Somebody may exchange the tables meanwhile.
            checkedHost = nil
            throw error.shippingFailure(connection.address)
        }
        // Another host may have taken it than the one that was looked at.
        try lookAtHost()
        if !hasNameless { hasNameless = batch.denials.contains { $0.key.host.isEmpty } || batch.notices.contains { $0.host.isEmpty } }
    }

    private mutating func lookAtHost() throws(ShippingFailure) {
        if checkedHost != connection.preferred { try prepare() }
    }

    /// Keys begin with the host: two machines without one would take each other's decisions for their own.
    public mutating func takeWarnings() -> [String] {
        guard hasNameless, !hasTold else { return [] }
        hasTold = true
        return [
            "`\(connection.address.name)`: decisions without a host were sent, which those of another machine can replace there: "
                + "name it when a log is read, with `xsm-audit ingest --host`"
        ]
    }
}
