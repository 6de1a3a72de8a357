import CLinux
import Glibc

// SAFETY: bytes are handed to calls with the count that they have, for the length of the call; what a call says that it has read is
// never more than the room that it was given.

/// A client of a XenStore, by its socket: one request after the other, of which none waits longer than ten seconds.
public final class StoreClient {
    private let descriptor: Int32
    private var number: UInt32 = 0

    /// Why something was not done: what the store says, or that it says nothing.
    public enum Failure: Error, Hashable, Sendable {
        case refused(XenStoreError)
        /// An error number of the system's.
        case unreachable(Int32)
    }

    /// Connects to the store's socket.
    public init(at path: String) throws(Failure) {
        descriptor = unsafe linux_connect(path, 0)
        guard descriptor >= 0 else { throw .unreachable(-descriptor) }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        unsafe _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        unsafe _ = setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Writes a node's value, and makes it and those above it where there are none.
    public func write(_ path: String, _ value: String) throws(Failure) {
        _ = try ask(.write, Array(path.utf8) + [0] + Array(value.utf8))
    }

    /// A node's value.
    public func read(_ path: String) throws(Failure) -> [UInt8] { try ask(.read, Array(path.utf8) + [0]) }

    public func makeDirectory(_ path: String) throws(Failure) { _ = try ask(.makeDirectory, Array(path.utf8) + [0]) }

    /// Removes a node and what is below it.
    public func remove(_ path: String) throws(Failure) { _ = try ask(.remove, Array(path.utf8) + [0]) }

    /// Sets who may do what, in XenStore's words: the owner and what all others may first, as `n0`, then others by domain, as `r5`.
    public func setPermissions(_ path: String, _ permissions: [String]) throws(Failure) {
        _ = try ask(.setPermissions, Array(path.utf8) + [0] + permissions.flatMap { Array($0.utf8) + [0] })
    }

    /// Tells the store that a domain is there, by what a ring between the two would be: here domains come by sockets.
    public func introduce(_ domain: UInt16) throws(Failure) {
        _ = try ask(.introduce, ["\(domain)", "1", "1"].flatMap { Array($0.utf8) + [0] })
    }

    /// Has a domain be treated as another one besides itself, as its device model is.
    public func setTarget(of domain: UInt16, to target: UInt16) throws(Failure) {
        _ = try ask(.setTarget, Array("\(domain)".utf8) + [0] + Array("\(target)".utf8) + [0])
    }

    private func ask(_ type: MessageType, _ payload: [UInt8]) throws(Failure) -> [UInt8] {
        guard payload.count <= MessageHeader.maximumLength else { throw .refused(.tooBig) }
        number &+= 1
        var bytes: [UInt8] = []
        MessageHeader(type, request: number, length: UInt32(payload.count)).append(to: &bytes)
        try send(bytes + payload)
        let header = MessageHeader(try receive(MessageHeader.size), at: 0)
        guard header.request == number, header.length <= MessageHeader.maximumLength else { throw .unreachable(EPROTO) }
        let answer = try receive(Int(header.length))
        if header.type == type.rawValue { return answer }
        guard header.type == MessageType.error.rawValue,
            let error = XenStoreError(rawValue: String(decoding: answer.prefix { $0 != 0 }, as: UTF8.self))
        else { throw .unreachable(EPROTO) }
        throw .refused(error)
    }

    private func send(_ bytes: [UInt8]) throws(Failure) {
        let count = unsafe linux_send(descriptor, bytes, bytes.count, nil, 0)
        // A socket of bytes may take fewer; one with nothing in it takes a message of XenStore's.
        guard count == bytes.count else { throw .unreachable(count < 0 ? Int32(truncatingIfNeeded: -count) : EIO) }
    }

    private func receive(_ count: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var piece = [UInt8](repeating: 0, count: count - bytes.count)
            let received = unsafe recv(descriptor, &piece, piece.count, 0)
            if received < 0, errno == EINTR { continue }
            guard received > 0 else { throw .unreachable(received < 0 ? errno : ECONNRESET) }
            bytes += piece[..<received]
        }
        return bytes
    }
}
