import CLinux
import Glibc

// SAFETY: every buffer that is passed to a call is one of Swift's, alive for the length of the call, with the count that it has;
// what a call says that it has received is never more than the room that it was given.

/// An end of a socket of messages, which is closed when nobody has it any more.
public final class MessageSocket: Sendable {
    public let descriptor: Int32

    /// Takes over an open descriptor.
    public init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Connects to a path.
    convenience init(connectingTo path: String) throws(SystemError) {
        let result = unsafe linux_connect(path, 1)
        guard result >= 0 else { throw SystemError(number: -result) }
        self.init(result)
    }

    deinit {
        close(descriptor)
    }

    /// Two ends; nil when the system has no more.
    static func pair() -> (MessageSocket, MessageSocket)? {
        var ends: [Int32] = [-1, -1]
        guard unsafe linux_message_sockets(&ends) == 0 else { return nil }
        return (MessageSocket(ends[0]), MessageSocket(ends[1]))
    }

    /// The number of the process that connected it; 0 where that is not known.
    var peer: Int32 { max(0, linux_peer(descriptor)) }

    /// Two ends of a socket of bytes, for ``signal()``.
    static func signals() -> (MessageSocket, MessageSocket)? {
        var ends: [Int32] = [-1, -1]
        guard unsafe linux_byte_sockets(&ends) == 0 else { return nil }
        return (MessageSocket(ends[0]), MessageSocket(ends[1]))
    }

    /// Lets the other end be alone, whoever else has this one.
    func end() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Sends a message with descriptors; false when the other end is gone.
    func send(_ bytes: [UInt8], _ descriptors: [Int32] = []) -> Bool {
        unsafe linux_send(descriptor, bytes, bytes.count, descriptors, Int32(descriptors.count)) == bytes.count
    }

    /// Whether the other end has something left to read.
    var isUnread: Bool { linux_unread(descriptor) > 0 }

    /// Lets the other end have something to read. Never waits.
    func signal() { linux_signal(descriptor) }

    /// Takes what there is of bytes, and does not wait; false when the other end is gone.
    func takeBytes(_ buffer: inout [UInt8]) -> Bool {
        let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
    }

    /// The next message, and the descriptors that came with it, which are the receiver's to close. Waits for it. Nil when the
    /// other end is gone or the message was longer than any is.
    func receive(into buffer: inout [UInt8]) -> (bytes: [UInt8], descriptors: [Int32])? {
        var descriptors = [Int32](repeating: -1, count: 4)
        var count = Int32(descriptors.count)
        let received = unsafe linux_receive(descriptor, &buffer, buffer.count, &descriptors, &count)
        let kept = Array(descriptors[..<Int(max(0, count))])
        guard received > 0 else {
            for descriptor in kept { close(descriptor) }
            return nil
        }
        return (Array(buffer[..<received]), kept)
    }
}

/// A socket that listens at a path.
struct ListeningSocket: Sendable {
    let descriptor: Int32

    /// Throws the system's error number.
    init(path: String, mode: UInt32) throws(SystemError) {
        let result = unsafe linux_listen(path, 1, mode)
        guard result >= 0 else { throw SystemError(number: -result) }
        descriptor = result
    }

    /// The next connection, and the user and process at its other end; nil when there will be no more.
    func accept() -> (socket: MessageSocket, user: UInt32, process: Int32)? {
        while true {
            var user: uid_t = 0
            var process: pid_t = 0
            let result = unsafe linux_accept(descriptor, &user, &process)
            if result >= 0 { return (MessageSocket(result), user, process) }
            // Who is gone before he is let in, and a moment without descriptors, end nothing.
            guard [ECONNABORTED, EINTR, EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(-result) else { return nil }
            if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(-result) { usleep(10_000) }
        }
    }
}
