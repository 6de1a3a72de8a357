internal import CLinux
internal import Glibc

// SAFETY: buffers are arrays of ours, alive for the length of a call, and given with their sizes; counts that come back are compared with these. The
// descriptor is this object's own until it goes away.

/// A connection by TCP, or a place to send datagrams to, on which nothing takes longer than it may.
final class InternetConnection {
    private let descriptor: Int32

    /// Tries the host's numbers in turn.
    init(host: String, port: UInt16, isOfMessages: Bool, seconds: Int) throws(ConnectionFailure) {
        var failure = ConnectionFailure.unknownHost("no host has the name `\(host)`")
        let limit = min(max(seconds, 1), 3_600)
        for number in try HostLookup.numbers(of: host, seconds: limit) {
            let result = unsafe linux_connect_internet(number, port, isOfMessages ? 1 : 0, Int32(limit * 1_000))
            if result >= 0 {
                descriptor = result
                return
            }
            failure = -result == ETIMEDOUT ? .tooLate : .system(-result)
        }
        throw failure
    }

    deinit { close(descriptor) }

    static func deadline(_ seconds: Int) -> UInt64 { linux_nanoseconds() &+ UInt64(min(max(seconds, 1), 3_600)) * 1_000_000_000 }

    /// Sends all bytes.
    func send(_ bytes: [UInt8], deadline: UInt64) throws(ConnectionFailure) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(descriptor, buffer.baseAddress.map { unsafe $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else {
                try waitAfterError(Int16(POLLOUT), deadline)
            }
        }
    }

    /// Sends a datagram; false when it is too long for one.
    func sendMessage(_ bytes: [UInt8], deadline: UInt64) throws(ConnectionFailure) -> Bool {
        while unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) < 0 {
            if errno == EMSGSIZE { return false }
            try waitAfterError(Int16(POLLOUT), deadline)
        }
        return true
    }

    /// What has come, at least a byte.
    func receive(deadline: UInt64) throws(ConnectionFailure) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1 << 12)
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 { return Array(buffer.prefix(count)) }
            if count == 0 { throw .ended }
            try waitAfterError(Int16(POLLIN), deadline)
        }
    }

    /// Throws when the other side has ended the connection. Whether it has said something, which is dropped.
    @discardableResult
    func checkIsOpen() throws(ConnectionFailure) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 12)
        for round in 0..<64 {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 { throw .ended }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { return round > 0 }
                throw .system(errno)
            }
        }
        return true
    }

    /// Waits until the other machine says that it has everything that was sent. What becomes of it there nobody knows.
    func waitUntilTaken(deadline: UInt64) throws(ConnectionFailure) {
        while linux_unread(descriptor) > 0 {
            try checkIsOpen()
            guard linux_nanoseconds() < deadline else { throw .tooLate }
            usleep(1_000)
        }
        try checkIsOpen()
    }

    private func waitAfterError(_ events: Int16, _ deadline: UInt64) throws(ConnectionFailure) {
        if errno == EINTR { return }
        guard errno == EAGAIN else { throw .system(errno) }
        let now = linux_nanoseconds()
        guard now < deadline else { throw .tooLate }
        var waiting = pollfd(fd: descriptor, events: events, revents: 0)
        _ = unsafe poll(&waiting, 1, Int32(clamping: (deadline - now) / 1_000_000 + 1))
    }
}
