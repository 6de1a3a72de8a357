import Glibc
import Testing

@testable import XenStore

/// A client at a socket, whatever bytes it sends.
final class SocketClient {
    let descriptor: Int32
    private var input: [UInt8] = []

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        // Nobody waits for ever.
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        unsafe _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        unsafe _ = setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// A client of a domain, at one end of a pair of sockets.
    convenience init(_ server: XenStoreServer, _ domain: UInt16) throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        try server.adopt(ends[0], domain: domain)
        self.init(ends[1])
    }

    deinit {
        close(descriptor)
    }

    /// Sends bytes; false when the other side has gone.
    @discardableResult
    func send(_ bytes: [UInt8], waiting: Bool = true) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor, buffer.baseAddress.map { unsafe $0 + sent }, buffer.count - sent,
                    Int32(MSG_NOSIGNAL) | (waiting ? 0 : Int32(MSG_DONTWAIT)))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    func send(_ type: MessageType, _ payload: [UInt8], request: UInt32 = 1) {
        var bytes: [UInt8] = []
        MessageHeader(type, request: request, length: UInt32(payload.count)).append(to: &bytes)
        send(bytes + payload)
    }

    /// The next message; nil when the server has closed the connection.
    func receive() -> (header: MessageHeader, payload: [UInt8])? {
        while true {
            if input.count >= MessageHeader.size {
                let header = MessageHeader(input, at: 0)
                let end = MessageHeader.size + Int(header.length)
                if header.length > 4_096 { return nil }
                if input.count >= end {
                    defer { input.removeFirst(end) }
                    return (header, Array(input[MessageHeader.size..<end]))
                }
            }
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            let count = unsafe Glibc.read(descriptor, &piece, piece.count)
            if count <= 0 { return nil }
            input += piece[..<count]
        }
    }

    /// The reply to a request, behind any events.
    func request(_ type: MessageType, _ payload: String) -> [UInt8]? {
        send(type, Array(payload.utf8))
        while let (header, payload) = receive() {
            if header.type == MessageType.watchEvent.rawValue { continue }
            return header.type == type.rawValue ? payload : nil
        }
        return nil
    }

    /// Whether the server closes the connection, whatever it sends before.
    func isClosedByServer() -> Bool {
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe Glibc.read(descriptor, &piece, piece.count)
            if count == 0 { return true }
            if count < 0 { return errno == ECONNRESET }
        }
    }
}
