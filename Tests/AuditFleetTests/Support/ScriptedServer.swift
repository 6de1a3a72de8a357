import Foundation
import Glibc
import Synchronization

// SAFETY: addresses and buffers are ours, alive for the length of a call, and given with their sizes.

/// A server on loopback that says to each connection what the test wrote down for it, and keeps what it was sent. The last answer is that to all further ones.
final class ScriptedServer: Sendable {
    enum Answer: Sendable {
        /// Once a whole HTTP request was read.
        case http([UInt8])
        /// At once, whatever is asked; then it closes its side and reads to the end.
        case bytes([UInt8])
        /// Reads and says nothing.
        case silence
        /// Neither reads nor says anything.
        case deaf
        /// Closes without a word.
        case nothing
    }

    let port: UInt16
    private let conversation: Conversation

    /// - Parameter wanted: its port; one that nobody has where that is 0.
    init(_ answers: [Answer], at wanted: UInt16 = 0) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = Self.address(wanted)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(descriptor, address, size) == 0 && listen(descriptor, 64) == 0 && getsockname(descriptor, address, &size) == 0
            }
        }
        guard descriptor >= 0, result else {
            close(descriptor)
            throw POSIXError(.EADDRNOTAVAIL)
        }
        port = UInt16(bigEndian: address.sin_port)
        let conversation = Conversation(descriptor, answers)
        self.conversation = conversation
        Thread.detachNewThread { conversation.serve() }
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return address
    }

    /// Whether somebody takes connections there.
    static func isListening(_ port: UInt16) -> Bool {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(connection) }
        var address = Self.address(port)
        return unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
    }

    func url(_ scheme: String, _ path: String = "") -> String { "\(scheme)://127.0.0.1:\(port)\(path)" }

    /// Ends it, and has what each connection was sent, in the order in which they ended.
    func finish() -> [Data] {
        conversation.end()
        return sent()
    }

    /// What connections that ended were sent.
    func sent() -> [Data] { conversation.received.withLock { $0 } }

    deinit { conversation.end() }
}

/// What threads of a server share, for as long as they take.
private final class Conversation: Sendable {
    private let listener: Int32
    private let answers: [ScriptedServer.Answer]
    let received = Mutex<[Data]>([])
    private let isOver = Mutex(false)
    private let isClosed = Mutex(false)
    private let underWay = Mutex(0)

    init(_ listener: Int32, _ answers: [ScriptedServer.Answer]) {
        self.listener = listener
        self.answers = answers
    }

    /// Takes nobody any more, and waits a little for those that are there: whom one speaks to may be gone before it has looked.
    func end() {
        isOver.withLock { $0 = true }
        isClosed.withLock { if !$0 { shutdown(listener, Int32(SHUT_RDWR)) } }
        _ = eventually(0.5) { underWay.withLock { $0 } == 0 && isClosed.withLock { $0 } }
    }

    func serve() {
        var number = 0
        while !isOver.withLock({ $0 }) {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            underWay.withLock { $0 += 1 }
            let answer = answers[min(number, answers.count - 1)]
            number += 1
            Thread.detachNewThread { [self] in
                let request = talk(connection, answer)
                received.withLock { $0.append(request) }
                close(connection)
                underWay.withLock { $0 -= 1 }
            }
        }
        // Nobody shuts down what has this number next.
        isClosed.withLock {
            close(listener)
            $0 = true
        }
    }

    private func talk(_ connection: Int32, _ answer: ScriptedServer.Answer) -> Data {
        var data = Data()
        switch answer {
        case .nothing: break
        case .deaf: while !isOver.withLock({ $0 }) { usleep(10_000) }
        case .silence: while receive(connection, &data) {}
        case .bytes(let bytes):
            send(connection, bytes)
            shutdown(connection, Int32(SHUT_WR))
            while receive(connection, &data) {}
        case .http(let bytes):
            while !Self.isWhole(data), receive(connection, &data) {}
            send(connection, bytes)
            shutdown(connection, Int32(SHUT_WR))
            while receive(connection, &data) {}
        }
        return data
    }

    private static func isWhole(_ data: Data) -> Bool {
        guard let end = data.firstRange(of: Data("\r\n\r\n".utf8)) else { return false }
        let lines = String(decoding: data[..<end.lowerBound], as: UTF8.self).lowercased().split(separator: "\r\n")
        let length = lines.first { $0.hasPrefix("content-length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
        return data.count - end.upperBound >= length
    }

    private func receive(_ connection: Int32, _ data: inout Data) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe recv(connection, &buffer, buffer.count, 0)
        if count > 0 { data += buffer[..<count] }
        return count > 0
    }

    private func send(_ connection: Int32, _ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let rest = Array(bytes[sent...])
            let count = unsafe Glibc.send(connection, rest, rest.count, Int32(MSG_NOSIGNAL))
            guard count > 0 else { return }
            sent += count
        }
    }
}
