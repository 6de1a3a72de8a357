/// The store and its clients: takes requests, and leaves what is to be sent in the outputs of connections. It knows nothing of
/// sockets, and is used by one thread at a time.
final class StoreEngine {
    let quotas: XenStoreQuotas
    var root: StoreNode
    /// The last number that was given to a change.
    var generation: UInt64
    var domains = DomainTable()
    var watches = WatchNode()
    /// Watches of special events, by their paths.
    var specialWatches: [[UInt8]: [Watch]] = [:]
    /// Who may know of special events besides the control domain.
    var specialPermissions: [SpecialEvent: SpecialPermissions] = [:]
    /// Connections that have something to be sent, or are to be disconnected.
    var waiting: [Connection] = []

    /// A store as Xen's daemon begins with (Xen, tools/xenstore/xenstored_core.c: `setup_structure`).
    convenience init(quotas: XenStoreQuotas = XenStoreQuotas()) {
        self.init(SavedStore.empty, quotas: quotas)
    }

    init(_ saved: SavedStore, quotas: XenStoreQuotas) {
        self.quotas = quotas
        root = saved.root
        generation = SavedStore.generation
        domains.record(0, generation: 0).isIntroduced = true
        // Domains that the store names existed when it was saved.
        root.forEachBelow { node in
            for entry in node.permissions.named { _ = domains.record(entry.domain, generation: 0) }
            domains.record(node.permissions.owner, generation: 0).nodes += 1
        }
        for (event, permissions) in saved.special {
            specialPermissions[event] = SpecialPermissions(permissions, of: generation)
            for entry in permissions.entries { _ = domains.record(entry.domain, generation: 0) }
        }
    }

    // MARK: Connections

    /// A new client of a domain; nil when the domain has as many as it may have.
    func connect(_ domain: UInt16) -> Connection? {
        let record = domains.record(domain, generation: generation)
        guard record.caller.isPrivileged || record.connections.count < quotas.connections else { return nil }
        let connection = Connection(record)
        record.connections.append(connection)
        return connection
    }

    /// Forgets a client, its watches and transactions.
    func disconnect(_ connection: Connection) {
        reset(connection)
        connection.isClosed = true
        connection.record.connections.removeAll { $0 === connection }
    }

    /// Takes away a client's watches and transactions.
    func reset(_ connection: Connection) {
        for watch in connection.watches.values { forget(watch) }
        connection.watches = [:]
        for transaction in connection.transactions.values { end(transaction, of: connection) }
        connection.transactions = [:]
    }

    /// Notes that a client has something to be sent or is to be disconnected.
    func wait(_ connection: Connection) {
        guard !connection.isWaiting else { return }
        connection.isWaiting = true
        waiting.append(connection)
    }

    func close(_ connection: Connection) {
        connection.isClosed = true
        wait(connection)
    }

    // MARK: Replies

    func reply(_ connection: Connection, _ request: Request, _ payload: some Collection<UInt8>) {
        guard payload.count <= MessageHeader.maximumLength else { return refuse(connection, request, .tooBig) }
        var header = request.header
        header.length = UInt32(payload.count)
        connection.output.append(header, payload)
        wait(connection)
    }

    private static let okay = Array("OK\0".utf8)

    /// The answer to requests that want nothing told.
    func acknowledge(_ connection: Connection, _ request: Request) { reply(connection, request, Self.okay) }

    func refuse(_ connection: Connection, _ request: Request, _ error: XenStoreError) {
        let name = Array(error.rawValue.utf8) + [0]
        connection.output.append(
            MessageHeader(
                .error, request: request.header.request, transaction: request.header.transaction, length: UInt32(name.count)),
            name)
        wait(connection)
    }
}
