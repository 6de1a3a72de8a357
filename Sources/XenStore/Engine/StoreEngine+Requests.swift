extension StoreEngine {
    /// Answers a request of a client (Xen, tools/xenstore/xenstored_core.c: `process_message`).
    func receive(_ request: Request, from connection: Connection) {
        do throws(XenStoreError) {
            guard let type = MessageType(rawValue: request.header.type) else { throw .notSupported }
            guard !type.isPrivileged || connection.caller.isPrivileged else { throw .accessDenied }
            var transaction: Transaction?
            if request.header.transaction != 0, !type.ignoresTransaction {
                transaction = connection.transactions[request.header.transaction]
                guard let transaction else { throw .notFound }
                if type != .transactionEnd { try count(transaction, connection) }
            }
            try answer(type, StoreRequest(request, connection, transaction))
        } catch {
            refuse(connection, request, error)
        }
    }

    private func answer(_ type: MessageType, _ request: StoreRequest) throws(XenStoreError) {
        switch type {
        case .read: try read(request)
        case .write: try write(request)
        case .makeDirectory: try makeDirectory(request)
        case .remove: try remove(request)
        case .directory: try directory(request)
        case .directoryPart: try directoryPart(request)
        case .getPermissions: try getPermissions(request)
        case .setPermissions: try setPermissions(request)
        case .watch: try watch(request)
        case .unwatch: try unwatch(request)
        case .resetWatches:
            reset(request.connection)
            acknowledge(request)
        case .transactionStart: try startTransaction(request)
        case .transactionEnd: try endTransaction(request)
        case .control: try control(request)
        case .introduce: try introduce(request)
        case .release: try release(request)
        case .resume:
            _ = try introducedDomain(request.onlyString())
            acknowledge(request)
        case .setTarget: try setTarget(request)
        case .getDomainPath: try getDomainPath(request)
        case .isDomainIntroduced: try isDomainIntroduced(request)
        case .watchEvent, .error: throw .notSupported
        }
    }

    func acknowledge(_ request: StoreRequest) { acknowledge(request.connection, request.message) }

    func reply(_ request: StoreRequest, _ payload: some Collection<UInt8>) {
        reply(request.connection, request.message, payload)
    }
}

/// A request with what it belongs to.
struct StoreRequest {
    let message: Request
    let connection: Connection
    let transaction: Transaction?

    init(_ message: Request, _ connection: Connection, _ transaction: Transaction?) {
        self.message = message
        self.connection = connection
        self.transaction = transaction
    }

    var caller: Caller { connection.caller }

    func path(_ text: ArraySlice<UInt8>) throws(XenStoreError) -> StorePath { try StorePath(text, home: connection.home) }

    func onlyString() throws(XenStoreError) -> ArraySlice<UInt8> { try message.onlyString() }

    /// The path that the whole payload is.
    func onlyPath() throws(XenStoreError) -> StorePath { try path(onlyString()) }
}
