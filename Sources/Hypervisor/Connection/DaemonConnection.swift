import Flask

/// The client's end of a connection to a daemon behind dom0's socket, for what our own tools ask.
struct DaemonConnection: Sendable {
    private let socket: MessageSocket

    /// Opens a handle of a kind. Throws ``SystemError``: `EPROTO` when the daemon speaks another protocol.
    init(to path: String, kind: UInt64) throws(SystemError) {
        self = try Self.opening(path, kind: kind).connection
    }

    private init(_ socket: MessageSocket) {
        self.socket = socket
    }

    /// Opens a handle whose kind has memory that is shared: the connection, the size of the memory in bytes, and its descriptor.
    static func opening(_ path: String, kind: UInt64) throws(SystemError) -> (connection: DaemonConnection, size: Int, descriptors: [Int32]) {
        let connection = DaemonConnection(try MessageSocket(connectingTo: path))
        let answer = try connection.answer(to: Request(.hello, [ClientConnection.magic, ClientConnection.protocolVersion, kind]))
        guard answer.result >= 0 else { throw SystemError(number: Int32(truncatingIfNeeded: -answer.result)) }
        guard let size = Int(exactly: answer.second) else { throw SystemError(number: XenErrorNumber.protocolError.rawValue) }
        return (connection, size, answer.descriptors)
    }

    /// Nothing more is asked, by nobody who has this.
    func end() { socket.end() }

    /// What a request is answered with: its result, its first two words, and descriptors, which are the caller's. Throws
    /// ``SystemError`` where there is no answer.
    func answer(to request: Request) throws(SystemError) -> (result: Int64, word: UInt64, second: UInt64, descriptors: [Int32]) {
        var buffer = [UInt8](repeating: 0, count: Request.headerSize + Request.maximumPayload)
        guard socket.send(request.bytes), let (bytes, descriptors) = socket.receive(into: &buffer),
            bytes.count >= Request.headerSize
        else { throw SystemError(number: XenErrorNumber.protocolError.rawValue) }
        let header = ABIStructure(bytes)
        return (Int64(bitPattern: header.word64(at: 0)), header.word64(at: 8), header.word64(at: 16), descriptors)
    }

    /// The same, of a request that must not fail.
    func ask(_ request: Request) throws(SystemError) -> (word: UInt64, descriptors: [Int32]) {
        let answer = try answer(to: request)
        guard answer.result >= 0 else { throw SystemError(number: Int32(truncatingIfNeeded: -answer.result)) }
        return (answer.word, answer.descriptors)
    }
}
