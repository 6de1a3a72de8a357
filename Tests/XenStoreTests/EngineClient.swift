import Testing

@testable import XenStore

/// A client of an engine without a socket in between: sends requests, and takes apart what comes back.
final class EngineClient {
    let engine: StoreEngine
    let connection: Connection

    init(_ engine: StoreEngine, _ domain: UInt16) throws {
        self.engine = engine
        connection = try #require(engine.connect(domain))
    }

    struct Event: Hashable {
        let path: String
        let token: String
    }

    /// What came since the last time, besides the reply.
    private(set) var events: [Event] = []

    /// Sends a request; gives the payload of its reply.
    func send(
        _ type: MessageType, _ payload: [UInt8], transaction: UInt32 = 0
    ) throws(XenStoreError) -> [UInt8] {
        engine.receive(
            Request(
                header: MessageHeader(type, request: 42, transaction: transaction, length: UInt32(payload.count)),
                payload: payload[...]),
            from: connection)
        guard let reply = collect() else { throw .inputOutput }
        guard reply.header.request == 42, reply.header.transaction == transaction else { throw .inputOutput }
        if reply.header.type == MessageType.error.rawValue {
            throw XenStoreError(rawValue: text(reply.payload.dropLast())) ?? .inputOutput
        }
        guard reply.header.type == type.rawValue else { throw .inputOutput }
        return reply.payload
    }

    /// Takes what waits; gives the reply, if there is one.
    private func collect() -> (header: MessageHeader, payload: [UInt8])? {
        var reply: (header: MessageHeader, payload: [UInt8])?
        let bytes = Array(connection.output.bytes[connection.output.head...])
        connection.output.removeFirst(bytes.count)
        var head = 0
        while head < bytes.count {
            let header = MessageHeader(bytes, at: head)
            let payload = Array(bytes[(head + 16)..<(head + 16 + Int(header.length))])
            head += 16 + payload.count
            if header.type == MessageType.watchEvent.rawValue {
                let parts = payload.split(separator: 0, omittingEmptySubsequences: false)
                events.append(Event(path: text(parts[0]), token: text(parts[1])))
            } else {
                reply = (header, payload)
            }
        }
        return reply
    }

    /// The events since the last time, as `path token`.
    func takeEvents() -> [String] {
        _ = collect()
        defer { events = [] }
        return events.map { "\($0.path) \($0.token)" }
    }

    func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

    func strings(_ parts: String...) -> [UInt8] { parts.flatMap { Array($0.utf8) + [0] } }

    // MARK: Requests

    func read(_ path: String, _ transaction: UInt32 = 0) throws(XenStoreError) -> String {
        text(try send(.read, strings(path), transaction: transaction))
    }

    func write(_ path: String, _ value: String, _ transaction: UInt32 = 0) throws(XenStoreError) {
        _ = try send(.write, strings(path) + Array(value.utf8), transaction: transaction)
    }

    func make(_ path: String, _ transaction: UInt32 = 0) throws(XenStoreError) {
        _ = try send(.makeDirectory, strings(path), transaction: transaction)
    }

    func remove(_ path: String, _ transaction: UInt32 = 0) throws(XenStoreError) {
        _ = try send(.remove, strings(path), transaction: transaction)
    }

    func list(_ path: String, _ transaction: UInt32 = 0) throws(XenStoreError) -> [String] {
        try send(.directory, strings(path), transaction: transaction).split(separator: 0).map { text($0) }
    }

    func permissions(_ path: String, _ transaction: UInt32 = 0) throws(XenStoreError) -> String {
        try send(.getPermissions, strings(path), transaction: transaction).split(separator: 0).map { text($0) }
            .joined(separator: " ")
    }

    /// Sets permissions that are given as `n0 r5`.
    func setPermissions(_ path: String, _ permissions: String, _ transaction: UInt32 = 0) throws(XenStoreError) {
        let payload = strings(path) + permissions.split(separator: " ").flatMap { Array($0.utf8) + [0] }
        _ = try send(.setPermissions, payload, transaction: transaction)
    }

    func watch(_ path: String, _ token: String) throws(XenStoreError) { _ = try send(.watch, strings(path, token)) }

    func unwatch(_ path: String, _ token: String) throws(XenStoreError) { _ = try send(.unwatch, strings(path, token)) }

    func start() throws(XenStoreError) -> UInt32 {
        UInt32(text(try send(.transactionStart, [0]).dropLast())) ?? 0
    }

    func commit(_ transaction: UInt32) throws(XenStoreError) {
        _ = try send(.transactionEnd, strings("T"), transaction: transaction)
    }

    func abort(_ transaction: UInt32) throws(XenStoreError) {
        _ = try send(.transactionEnd, strings("F"), transaction: transaction)
    }
}
